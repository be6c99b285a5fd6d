"""Fulfillment requests through the API: how they are placed, read and found."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from resellerportal.api.shaping import stamp
from tests import factories


@pytest.fixture
def asked(cast):
    """The plain product asks for a domain and a seat key, and keeps a secret of its vendor's."""
    product = cast.plain
    factories.parameter(product, "asset", "domain", type="domain", required=True)
    factories.parameter(
        product, "asset", "tenant", phase="fulfillment", required=True, title="Tenant"
    )
    factories.template(
        product, "asset", "inquire", body="Fill in [the form]({{ activation_form_url }})"
    )
    return product


def purchase(cast, ordered=None, **asset):
    product = ordered or cast.plain
    item = product.items.first()
    return {
        "type": "purchase",
        "marketplace": {"id": cast.market.pk},
        "asset": {
            "product": {"id": product.pk, "status": "published"},
            "connection": {"id": product.connections.first().pk, "type": "production"},
            "external_id": 4711,
            "external_uid": "order-1",
            "items": [{"id": item.local_id, "quantity": "5"}],
            "params": [],
            "tiers": {"customer": {"id": cast.kirlin.pk}, "tier2": {}},
            **asset,
        },
    }


def test_an_order_is_placed_answered_filled_in_and_approved(api, cast, asked):
    buyer, vendor = api("distributor"), api("vendor")
    made = buyer.post("/requests", purchase(cast))
    assert made.status_code == 201, made.content
    request = made.json()
    address = f"/requests/{request['id']}"
    assert (request["status"], request["asset"]["status"]) == ("inquiring", "processing")
    assert request["asset"]["external_id"] == "4711"
    assert request["asset"]["items"][0]["quantity"] == "5"
    assert request["asset"]["items"][0]["old_quantity"] == "0"
    assert request["params_form_url"].count(request["id"]) == 1
    # What is filled into Markdown is escaped.
    shown = request["template"]["message"].replace("\\", "")
    assert request["params_form_url"] in shown
    theirs = vendor.get(address).json()
    assert "params_form_url" not in theirs
    assert request["params_form_url"] not in str(theirs)

    values = {"params": [{"id": "domain", "value": "kirlin.example", "value_error": ""}]}
    filled = buyer.put(address, {"asset": values, "note": "Soon, please"})
    assert (filled.status_code, filled.json()["status"]) == (200, "inquiring"), filled.content
    assert filled.json()["note"] == "Soon, please"
    pended = buyer.post(f"{address}/pend").json()
    assert (pended["status"], pended["answered"]) == ("pending", True)

    refused = vendor.post(f"{address}/approve", {"template_id": _template(cast).pk})
    assert (refused.status_code, refused.json()["error_code"]) == (400, "PR_003")
    assert refused.json()["errors"] == ["asset.params.tenant: Enter a value."]
    put = vendor.put(address, {"asset": {"params": [{"id": "tenant", "value": "t-9"}]}})
    assert _value(put.json(), "tenant") == "t-9"
    done = vendor.post(
        f"{address}/approve",
        {"template_id": _template(cast).pk, "effective_date": "2026-01-02T03:04:05+00:00"},
    )
    assert done.status_code == 200, done.content
    assert done.json()["status"] == "approved"
    assert done.json()["activation_key"] == "# Welcome\n"
    assert done.json()["effective_date"] == "2026-01-02T03:04:05+00:00"
    assert done.json()["asset"]["status"] == "active"
    assert done.json()["assignee"]["name"] == "Vendor"
    assert buyer.get(address).json()["assignee"] == ""
    assert "tenant" not in [each["id"] for each in buyer.get(address).json()["asset"]["params"]]
    again = vendor.post(f"{address}/approve", {"template_id": _template(cast).pk})
    assert (again.status_code, again.json()["error_code"]) == (400, "PR_001")


def test_the_shape_is_that_of_the_field_s_fixtures(api, cast, asked):
    factories.parameter(
        asked, "product", "region", phase="configuration", constraints={"default": "eu-1"}
    )
    order = cast.order(product=asked)
    found = api("vendor").get(f"/requests/{order.pk}").json()
    assert {
        "id",
        "type",
        "note",
        "reason",
        "created",
        "updated",
        "effective_date",
        "answered",
        "assignee",
        "activation_key",
        "marketplace",
        "status",
        "previous_approved_request",
        "asset",
        "contract",
        "template",
        "planned_date",
        "sli",
    } == set(found)
    assert (found["assignee"], found["effective_date"], found["reason"]) == ("", None, "")
    assert found["sli"] == {"zone": 0, "days": 0}
    assert set(found["template"]) == {"id", "name", "message"}
    assert found["contract"] == {"id": "CRD-00000-00000-00000", "name": "None"}
    asset = found["asset"]
    assert list(asset["tiers"]) == ["customer", "tier1", "tier2"]
    assert asset["tiers"]["tier2"]["contact_info"]["contact"]["email"]
    assert asset["connection"]["hub"]["id"].startswith("HB-")
    assert asset["configuration"]["params"][0]["value"] == "eu-1"
    assert asset["items"][0] | {"params": []} == {
        "id": "SKU1",
        "global_id": f"{asked.pk}-0001",
        "mpn": "SKU1",
        "display_name": "Seats 1",
        "quantity": "5",
        "old_quantity": "0",
        "item_type": "Reservation",
        "period": "Monthly",
        "type": "Licenses",
        "params": [],
    }
    assert [each["id"] for each in asset["params"]] == ["domain", "tenant"]
    assert asset["events"]["created"]["at"] == stamp(order.subscription.created_at)
    assert found["created"] == stamp(order.created_at)
    theirs = api("reseller").get(f"/requests/{order.pk}").json()
    assert "sli" not in theirs
    assert "hub" not in theirs["asset"]["connection"]
    assert theirs["asset"]["tiers"]["tier2"] == {"id": cast.umbrella.pk, "name": "Umbrella Hanse"}
    assert [each["id"] for each in theirs["asset"]["params"]] == ["domain"]
    for name in ("vendor2", "distributor2", "reseller2"):
        assert api(name).get(f"/requests/{order.pk}").status_code == 404
        assert api(name).get("/requests").json() == []


def test_the_reports_leave_out_what_they_do_not_read(api, cast, asked):
    cast.order(product=asked)
    query = (
        "select(-asset.items,-asset.params,-asset.configuration,-activation_key,-template)"
        "&and(ge(created,2020-01-01T00:00:00+00:00),in(status,(inquiring,pending)))"
        "&limit=1000&offset=0"
    )
    (row,) = api("distributor").get("/requests", query).json()
    assert not {"activation_key", "template"} & set(row)
    assert not {"items", "params", "configuration"} & set(row["asset"])
    assert row["asset"]["tiers"]["customer"]["name"] == "Kirlin LLC"


def test_every_list_reads_as_much_for_many_as_for_few(api, cast, asked):
    def queries(name, path):
        client = api(name)
        client.get(path)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(path, "select(pending_request)" if path == "/assets" else "").json()
        return len(counted)

    paths = [(name, path) for name in ("vendor", "reseller") for path in ("/requests", "/assets")]
    cast.order(product=asked)
    few = [queries(*each) for each in paths]
    for number in range(6):
        account = factories.account(cast.partners["distributor"], cast.nordlicht, type="customer")
        product = asked if number % 2 else cast.product
        cast.order(product=product, customer=account)
    assert [queries(*each) for each in paths] == few
    assert max(few) <= 28


FOUND = [
    "asset.product.id={plain}",
    "in(asset.product.id,({plain}))&eq(status,Pending)&limit=1000",
    "asset__product__id={plain}",
    "product_id={plain}",
    "asset.tiers.customer.id={kirlin}",
    "ilike(asset.tiers.customer.name,*KIRLIN*)",
    "asset.tier1_id={nordlicht}",
    "asset.tiers.tier2={umbrella}",
    "asset.external_id=E-1",
    "asset.external.id=E-1",
    "asset.connection.type=production",
    "asset.connection.environment=production",
    "eq(asset.connection.provider.name,Distributor)",
    "like(asset.marketplace.name,Market*)",
    "marketplace.id={market}",
    "asset.contract.id=null()",
    "contract.id=CRD-00000-00000-00000",
    "asset.status=processing",
    "asset.params.id=domain",
    "asset.params.value=kirlin.example",
    "ilike(asset.params.value,*KIRLIN*)",
    "type=purchase",
    "eq(assignee,null())&asset.external_id=E-1",
    "eq(sli.zone,0)",
    "sli.days=0",
    "lt(sli.days,3)",
    "ge(created,2020-01-01T00:00:00+00:00)",
    "search=kirlin",
    "ordering(-created,asset.product.name,-sli.days)",
]


def test_requests_are_found(api, cast, asked):
    order = cast.order(
        product=asked, external_id="E-1", values={"asset": {"domain": "kirlin.example"}}
    )
    names = {
        "plain": asked.pk,
        "kirlin": cast.kirlin.pk,
        "nordlicht": cast.nordlicht.pk,
        "umbrella": cast.umbrella.pk,
        "market": cast.market.pk,
    }
    for query in FOUND:
        found = api("vendor").get("/requests", query.format(**names))
        assert found.status_code == 200, (query, found.content)
        assert "Ignored-Filters" not in found, query
        assert [row["id"] for row in found.json()] == [order.pk], query


NOT_FOUND = [
    "asset.product.id=PRD-000-000-000",
    "asset.connection.type=test",
    "asset.connection.id=null()",
    "ne(asset.params.value,kirlin.example)",
    "asset.params.value=secret",
    "gt(sli.days,0)",
    "eq(sli.zone,2)",
    "template.id=TL-000-000-000",
    "asset.contract.id=CRD-1",
    "asset.status=new",
]


def test_others_are_not_found(api, cast, asked):
    factories.parameter(asked, "asset", "word", type="password")
    values = {"domain": "kirlin.example", "word": "secret"}
    cast.order(product=asked, values={"asset": values})
    for query in NOT_FOUND:
        found = api("distributor").get("/requests", query)
        assert (query, found.status_code, found.json()) == (query, 200, [])


def test_what_a_reader_may_not_know_finds_nothing(api, cast, asked):
    order = cast.order(product=asked, values={"asset": {"domain": "kirlin.example"}})
    address = f"/requests/{order.pk}"
    api("vendor").put(address, {"asset": {"params": [{"id": "tenant", "value": "t-9"}]}})
    api("vendor").post(f"{address}/assign")
    for query in ("asset.params.value=t-9", "asset.params.id=tenant"):
        assert len(api("vendor").get("/requests", query).json()) == 1
        assert api("distributor").get("/requests", query).json() == []
    for name, query in (
        ("distributor", "ilike(assignee.email,*nobody*)"),
        ("reseller", "ilike(asset.connection.hub.name,*nothing*)"),
        ("reseller", "sli.days=99"),
    ):
        found = api(name).get("/requests", query)
        assert len(found.json()) == 1, query
        assert found["Ignored-Filters"]
    for name, hidden in (("distributor", "assignee"), ("reseller", "-sli.days")):
        assert api(name).get("/requests", f"ordering({hidden})").status_code == 400


def _template(cast):
    return cast.plain.templates.get(type="fulfillment")


def _value(request, name):
    return next(each["value"] for each in request["asset"]["params"] if each["id"] == name)
