"""Fulfillment requests through the API: how they are placed, read and found."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import TierAccount
from fulfillment.models import FulfillmentRequest
from tests import factories
from tierconfig.models import TierConfigRequest

NULL_CONNECTION = {"id": "CT-0000-0000-0000", "type": "preview"}


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


def full(name, uid, **changes):
    """An account as clients send it with an order."""
    return {
        "name": name,
        "type": "customer",
        "external_uid": uid,
        "contact_info": {
            "address_line1": "Way 1",
            "address_line2": None,
            "city": "Bremen",
            "postal_code": "28195",
            "country": "de",
            "contact": {
                "first_name": "Ada",
                "last_name": "Berg",
                "email": "ada@new.example",
                "phone_number": {"country_code": "", "area_code": "", "phone_number": ""},
            },
        },
    } | changes


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
    assert asset["events"]["created"]["at"] == found["created"]
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


def test_an_order_brings_accounts_that_are_not_known_yet(api, cast, asked):
    tiers = {
        "customer": full("New AG", "c-1", external_id=77),
        "tier1": full("New Reseller", "r-1", type="tier1"),
        "tier2": full("New Parent", "p-1", type="tier2"),
    }
    made = api("distributor").post("/requests", purchase(cast, tiers=tiers))
    assert made.status_code == 201, made.content
    asset = made.json()["asset"]
    assert [asset["tiers"][name]["name"] for name in tiers] == [
        "New AG",
        "New Reseller",
        "New Parent",
    ]
    assert [asset["tiers"][name]["type"] for name in tiers] == ["customer", "reseller", "reseller"]
    before = TierAccount.objects.count()
    again = purchase(cast, tiers=tiers, external_uid="order-2", external_id="4712")
    found = api("distributor").post("/requests", again).json()
    assert found["asset"]["tiers"]["customer"]["id"] == asset["tiers"]["customer"]["id"]
    below = {"customer": full("Other AG", "c-2"), "tier1": {"external_uid": "r-1"}, "tier2": {}}
    other = purchase(cast, tiers=below, external_uid="order-3", external_id="")
    found = api("distributor").post("/requests", other).json()
    assert found["asset"]["tiers"]["tier2"]["name"] == "New Parent"
    assert TierAccount.objects.count() == before + 1


WRONG = [
    ({"tiers": {}}, "Field 'asset.tiers.customer' is required."),
    (
        {"tiers": {"customer": {"id": "TA-0"}}},
        "asset.tiers.customer.id: Object `TA-0` not found.",
    ),
    (
        {"tiers": {"customer": {"id": "{stranger}"}}},
        "asset.tiers.customer.id: Object `{stranger}` not found.",
    ),
    (
        {"tiers": {"customer": {"id": "{kirlin}"}, "tier1": {"id": "{umbrella}"}}},
        "asset.tiers.tier1: This is not the account at this place of the hierarchy.",
    ),
    (
        {"tiers": {"customer": {"external_uid": "nobody"}}},
        "asset.tiers.customer.external_uid: Object `nobody` not found.",
    ),
    ({"product": {"id": "PRD-0"}}, "asset.product.id: Object `PRD-0` not found."),
    ({"connection": {"id": "CT-1"}}, "asset.connection.id: Object `CT-1` not found."),
    ({"items": []}, "asset.items: Order at least one item."),
    ({"items": [{"id": "nothing", "quantity": 1}]}, "asset.items: Object `nothing` not found."),
    ({"items": [{"quantity": 1}]}, "Field 'asset.items[0].id' is required."),
    (
        {"items": [{"id": "SKU1", "quantity": "many"}]},
        "asset.items[0].quantity: A whole number is expected.",
    ),
    (
        {"params": [{"id": "domain", "value": "no domain"}]},
        "asset.params.domain: Enter a domain such as company.example.",
    ),
    (
        {"params": [{"id": "tenant", "value": "t"}]},
        "asset.params.tenant: There is no such parameter here.",
    ),
]


def test_the_product_is_that_of_the_connection_or_of_the_item(api, cast, asked):
    cast.plain.items.update(local_id="SEAT-1")
    client, connection = api("distributor"), {"id": cast.plain_connection.pk}
    item, pk = {"id": "SEAT-1", "quantity": 1}, cast.plain.items.get().pk
    for number, (meant, said) in enumerate(
        (
            ({"connection": connection, "items": [item]}, ""),
            ({"connection": None, "items": [{"global_id": pk, "quantity": 1}]}, ""),
            ({"connection": None, "items": [{"id": pk, "quantity": 1}]}, ""),
            ({"connection": None, "items": [item]}, "Field 'asset.product.id' is required."),
            ({"connection": {"id": "CT-1"}, "items": [item]}, "Field 'asset.product.id' is requ"),
        )
    ):
        body = purchase(cast, external_uid=f"o-{number}", external_id=number, **meant)
        del body["asset"]["product"]
        answer = client.post("/requests", body)
        if said:
            assert answer.json()["errors"][0].startswith(said)
        else:
            assert answer.json()["asset"]["product"]["id"] == cast.plain.pk, answer.content
    body["asset"] |= {"connection": connection}
    assert api("distributor2").post("/requests", body).status_code == 400


def test_what_is_wrong_with_an_order_is_said_with_its_field(api, cast, asked):
    ids = {
        "{stranger}": cast.stranger.pk,
        "{kirlin}": cast.kirlin.pk,
        "{umbrella}": cast.umbrella.pk,
    }
    for changes, error in WRONG:
        text = json.dumps(changes)
        for name, pk in ids.items():
            text, error = text.replace(name, pk), error.replace(name, pk)
        refused = api("distributor").post("/requests", purchase(cast, **json.loads(text)))
        assert (refused.status_code, refused.json()["errors"]) == (400, [error])
    assert not FulfillmentRequest.objects.exists()


def test_an_order_that_is_there_already_is_named_to_who_sees_it(api, cast, asked):
    made = api("distributor").post("/requests", purchase(cast)).json()
    refused = api("distributor").post("/requests", purchase(cast))
    assert refused.status_code == 409
    assert refused.json()["params"] == {
        "request_status": "inquiring",
        "asset_status": "processing",
        "request_id": made["id"],
        "asset_id": made["asset"]["id"],
    }
    other = factories.account(cast.partners["distributor"], cast.umbrella, name="Elsewhere")
    buyer = factories.account(cast.partners["distributor"], other, type="customer")
    cast.kirlin.subscriptions.update(customer=buyer, tier1=other)
    refused = api("reseller").post("/requests", purchase(cast))
    assert (refused.status_code, "params" in refused.json()) == (409, False)


def test_orders_need_no_more_than_the_portal_asks(api, cast, asked):
    """A reseller names its customer and an item; what there is one of is taken."""
    body = {
        "type": "purchase",
        "asset": {
            "items": [{"global_id": asked.items.first().pk, "quantity": 2}],
            "tiers": {"customer": {"id": cast.kirlin.pk}},
            "params": [{"id": "domain", "value": "kirlin.example"}],
        },
    }
    made = api("reseller").post("/requests", body)
    assert made.status_code == 201, made.content
    assert made.json()["status"] == "pending"
    assert made.json()["asset"]["connection"]["type"] == "production"
    viewer = api("reseller", {"subscriptions": "read"})
    assert viewer.post("/requests", body).status_code == 403


def test_values_for_tiers_travel_with_the_order(api, cast):
    body = purchase(cast, cast.product)
    body["asset"]["params"] = [
        {"id": "tier1_vat", "value": "DE1"},
        {"id": "tier2_vat", "value": "DE2"},
    ]
    made = api("distributor").post("/requests", body)
    assert made.json()["status"] == "tiers_setup", made.content
    said = TierConfigRequest.objects.order_by("-configuration__tier_level")
    assert [each.params for each in said] == [
        {"tier2_vat": {"value": "DE2"}},
        {"tier1_vat": {"value": "DE1"}},
    ]
    body["asset"] |= {"external_uid": "order-2", "external_id": ""}
    refused = api("reseller").post("/requests", body)
    assert refused.json()["errors"] == ["asset.params.tier2_vat: There is no such parameter here."]


def test_the_vendor_orders_previews(api, cast, asked):
    tiers = {"customer": full("Try AG", "c-9"), "tier1": full("Try Reseller", "r-9")}
    body = purchase(cast, tiers=tiers, connection=NULL_CONNECTION)
    made = api("vendor").post("/requests", body)
    assert made.status_code == 201, made.content
    asset = made.json()["asset"]
    assert asset["connection"]["id"] == "CT-0000-0000-0000"
    assert asset["connection"]["hub"] == {"id": "HB-0000-0000", "name": "None"}
    assert asset["tiers"]["customer"]["environment"] == "preview"
    found = api("vendor").get("/requests", "asset.connection.type=preview")
    assert len(found.json()) == 1
    foreign = purchase(cast, connection=NULL_CONNECTION, external_uid="o-2", external_id="2")
    assert api("vendor").post("/requests", foreign).status_code == 400


def _template(cast):
    return cast.plain.templates.get(type="fulfillment")


def _value(request, name):
    return next(each["value"] for each in request["asset"]["params"] if each["id"] == name)
