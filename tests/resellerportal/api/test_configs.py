"""Tier configurations over the API: what each role reads, and by what lists are narrowed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import steps


@pytest.fixture
def configured(cast):
    """Both tiers are configured; tier 1 has a secret and a value for the vendor's eyes only."""
    factories.parameter(cast.product, "tier1", "pin", type="password")
    factories.parameter(cast.product, "tier1", "rank", phase="fulfillment")
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    steps.answer(steps.setup(1), tier1_vat="DE 5*", pin="sesame")
    steps.approve(steps.setup(1), cast.actor("vendor"), values={"rank": "gold"})
    return steps.config(1)


def test_a_configuration_has_the_shape_clients_read(api, cast, configured):
    found = api("vendor").get(f"/tier/configs/{configured.pk}").json()
    assert found["name"] == f"Configuration of {cast.nordlicht.pk}"
    assert (found["status"], found["tier_level"]) == ("active", 1)
    assert found["account"]["id"] == cast.nordlicht.pk
    assert found["account"]["contact_info"]["contact"]["phone_number"].keys() == {
        "country_code",
        "area_code",
        "phone_number",
        "extension",
    }
    assert found["product"]["status"] == "published"
    way = found["connection"]
    assert (way["type"], way["status"]) == ("production", "approved")
    assert way["hub"]["id"] == cast.connection.hub_id
    assert found["marketplace"]["id"] == cast.market.pk
    assert found["contract"]["id"] == "CRD-00000-00000-00000"
    assert found["template"]["representation"]
    assert found["template"]["name"]
    assert found["tiers"]["tier1"]["id"] == cast.nordlicht.pk
    assert found["tiers"]["tier2"]["id"] == cast.umbrella.pk
    assert found["events"]["created"]["at"].endswith("+00:00")
    assert "open_request" not in found
    assert {each["id"]: each.get("value") for each in found["params"]} == {
        "tier1_vat": "DE 5*",
        "pin": "sesame",
        "rank": "gold",
    }


def params(answer):
    return {each["id"]: each.get("value") for each in answer.json()["params"]}


def test_each_role_reads_the_values_its_pages_show(api, cast, configured):
    path = f"/tier/configs/{configured.pk}"
    masked = {"tier1_vat": "DE 5*", "pin": "*******"}
    assert params(api("distributor").get(path)) == masked
    told = api("reseller").get(path)
    assert params(told) == masked
    assert "hub" not in told.json()["connection"]
    assert set(told.json()["tiers"]["tier2"]) == {"id", "name"}
    for name in ("parent", "vendor2", "distributor2", "reseller2"):
        assert api(name).get(path).status_code == 404
    assert api("vendor", {"customers": "write"}).get(path).status_code == 403


def test_the_text_of_the_control_panel_is_markdown(api, cast, configured):
    answer = api("reseller").get(f"/tier/configs/{configured.pk}/render")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer["Connect-Localization"] == "EN"
    assert answer.content.decode() == configured.template_text
    assert api("reseller2").get(f"/tier/configs/{configured.pk}/render").status_code == 404


#: What clients send, and the tiers it finds; None for a query that is refused.
QUERIES = [
    ("status=active", {1, 2}),
    ("in(status,(PROCESSING,active))&tier_level=1", {1}),
    ("tier_level=abc", None),
    ("gt(tier_level,1)", {2}),
    ("ilike(account.company_name,*umbrella*)", {2}),
    ("account__company_name=Umbrella%20Hanse", {2}),
    ("ne(account.external_uid,x)&eq(connection.type,Production)", {1, 2}),
    ("eq(connection.type,preview)", set()),
    ("connection.id=CT-0000-0000-0000", set()),
    ("ne(connection.id,null())&ne(marketplace.id,MP-00000)", {1, 2}),
    ("contract.id=null()", {1, 2}),
    ("ne(contract.id,CRD-00000-00000-00000)", set()),
    ("contract.id=CRD-1", set()),
    ("params.id=rank", {1}),
    ("like(params.id,tier*_vat)", {1, 2}),
    ("params.value=gold", {1}),
    ("params.value=sesame", {1}),
    ("eq(params.value,DE%205*)", {1}),
    ("like(params.value,DE%205\\*)", {1}),
    ("ilike(params.value,*TIER2_VAT)", {2}),
    ("in(params.value,(gold,none))", {1}),
    ("like(params.value,*a**)", None),
    ("ge(created,2020-01-01T00:00:00+00:00)&le(updated,2020-01-01T00:00:00+00:00)", set()),
    ("ge(events.created.at,2020-01-01)&ordering(-created)", {1, 2}),
    ("ne(connection.product_version_type,staging)", {1, 2}),
    ("select(-configuration,-params)&template.id=null()", set()),
    ("ordering(account.company_name,-tier_level,contract.id)", {1, 2}),
    ("search=umbrella", {2}),
]
UNREADABLE = [
    ("distributor", "params.value=gold", set()),
    ("distributor", "params.id=rank", set()),
    ("distributor", "params.value=sesame", set()),
    ("distributor", "like(params.value,DE*)", {1}),
    ("reseller", "params.value=sesame", set()),
    ("reseller", "params.value=gold", set()),
    ("reseller", "like(params.value,DE*)&params.id=pin", {1}),
    ("reseller", "tier_level=2", set()),
]


def test_lists_are_narrowed_as_clients_ask(api, cast, configured):
    client = api("vendor")
    for query, tiers in QUERIES:
        answer = client.get("/tier/configs", query)
        if tiers is None:
            assert answer.status_code == 400, query
        else:
            assert {row["tier_level"] for row in answer.json()} == tiers, query


def test_nobody_finds_by_what_it_does_not_read(api, cast, configured):
    for name, query, tiers in UNREADABLE:
        answer = api(name).get("/tier/configs", query)
        assert {row["tier_level"] for row in answer.json()} == tiers, query


def test_a_long_list_costs_what_a_short_one_does(api, cast, configured):
    client = api("vendor")
    assert client.get("/tier/configs", "limit=1").status_code == 200
    with CaptureQueriesContext(connection) as one:
        client.get("/tier/configs", "limit=1")
    for number in range(6):
        root = factories.account(cast.partners["distributor"], name=f"Root {number}")
        cast.order(customer=factories.account(cast.partners["distributor"], root, type="customer"))
    with CaptureQueriesContext(connection) as many:
        assert len(client.get("/tier/configs").json()) == 8
    assert len(many) == len(one)
