"""Hubs, marketplaces, accounts, partners and users over the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import identifiers
from customers.models import Event, Hub, Marketplace, Membership
from tests import factories


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()]


def queries(client, path):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_marketplaces_name_the_hubs_the_reader_is_told_of(api, cast):
    market, hub = cast.market, cast.connection.hub
    market.countries = ["DE", "FR"]
    market.save()
    unconnected = identifiers.insert(Hub, "HB", provider=market.owner, name="Unconnected")
    row = api("distributor").get(f"/marketplaces/{market.pk}").json()
    assert row["owner"] == {"id": market.owner_id, "name": "Distributor"}
    assert {each["hub"]["id"] for each in row["hubs"]} == {hub.pk, unconnected.pk}
    assert (row["zone"], row["currency"], row["active_contracts"]) == ("EU", "EUR", 0)
    assert row["countries"][0] == {"id": "DE", "name": "Germany", "zone": "EU"}
    assert {"description", "icon", "stats"} <= set(row)
    seen = api("vendor").get("/marketplaces").json()
    assert [each["hub"]["id"] for each in seen[0]["hubs"]] == [hub.pk]
    # A reseller is told the hubs of its own accounts, which have none here.
    assert api("reseller").get("/marketplaces").json()[0]["hubs"] == []
    for stranger in ("vendor2", "distributor2", "reseller2"):
        assert ids(api(stranger).get("/marketplaces")) == []
        assert api(stranger).get(f"/marketplaces/{market.pk}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("eq(owner.name,Distributor)", True),
        ("ilike(name,*NOWHERE*)", False),
        ("eq(countries.id,DE)", True),
        ("in(countries.id,(FR,IT))", False),
        ("like(hubs.name,Hub*)", True),
        ("eq(hubs.name,Unconnected)", False),
        ("eq(currency,EUR)&ordering(-name)&search=market", True),
    ],
)
def test_marketplaces_are_found_by_what_the_reader_sees_of_them(api, cast, query, found):
    Marketplace.objects.update(countries=["DE"])
    identifiers.insert(Hub, "HB", provider=cast.market.owner, name="Unconnected")
    assert ids(api("vendor").get("/marketplaces", query)) == [cast.market.pk] * found


def test_a_hub_lists_its_connections_and_marketplaces(api, cast):
    hub, client = cast.connection.hub, api("distributor")
    rows = client.get(f"/hubs/{hub.pk}/connections", f"eq(product.id,{cast.product.pk})").json()
    assert [row["id"] for row in rows] == [cast.connection.pk]
    assert rows[0]["vendor"] == {"id": cast.partners["vendor"].pk, "name": "Vendor"}
    assert rows[0]["product"]["name"] == "Backup 360"
    markets = client.get(f"/hubs/{hub.pk}/marketplaces").json()
    assert [row["id"] for row in markets] == [cast.market.pk]
    for part in ("connections", "marketplaces"):
        assert api("distributor2").get(f"/hubs/{hub.pk}/{part}").status_code == 404


def test_the_first_account_is_the_key_s_own(api, cast):
    named = {name: partner.pk for name, partner in cast.partners.items()}
    expected = {
        "vendor": ["distributor"],
        "distributor": ["parent", "reseller", "vendor"],
        "reseller": ["distributor", "parent", "vendor"],
        "vendor2": [],
    }
    for name, others in expected.items():
        rows = api(name).get("/accounts").json()
        assert [row["id"] for row in rows] == [named[name], *(named[each] for each in others)]
        assert ids(api(name).get("/partners")) == [named[each] for each in others]
        assert api(name).get("/accounts", "limit=1&offset=0").json() == rows[:1]
        assert api(name).get(f"/accounts/{named['distributor2']}").status_code == 404
    assert rows[0]["type"] == rows[0]["role"] == "vendor"


def test_accounts_are_filtered_by_type_and_role_in_any_case(api, cast):
    cast.partners["vendor"].external_id = "V-1"
    cast.partners["vendor"].save()
    client, vendor = api("distributor"), cast.partners["vendor"].pk
    assert ids(client.get("/accounts", "type=Vendor")) == [vendor]
    assert vendor not in ids(client.get("/accounts", "eq(type,provider)"))
    assert len(ids(client.get("/accounts", "in(role,(Reseller,VENDOR))"))) == 3
    assert ids(client.get("/accounts", "type=nobody")) == []
    # The ID a company has elsewhere is its own matter.
    assert client.get(f"/accounts/{vendor}").json()["external_id"] == ""
    assert ids(client.get("/accounts", "external_id=V-1")) == []
    assert ids(api("vendor").get("/accounts", "external_id=V-1&ordering(-external_id)")) == [vendor]
    partner = client.get("/partners", "type=vendor").json()[0]
    assert (partner["status"], partner["stats"]["listings"]) == ("active", 2)


def test_members_are_shown_to_their_own_company_by_level(api, cast):
    partner = cast.partners["vendor"]
    gone = factories.user(partner, name="Gone", email="gone@people.example")
    Membership.objects.filter(user=gone).update(active=False)
    own = cast.users["vendor"]
    rows = api("vendor").get("/users").json()
    assert [(row["name"], row["status"]) for row in rows] == [
        ("Gone", "inactive"),
        ("Vendor", "active"),
    ]
    assert (rows[1]["email"], rows[1]["level"]) == (own.email, "administrator")
    assert api("vendor").get(f"/accounts/{partner.pk}/users").json() == rows
    assert api("vendor").get(f"/accounts/{partner.pk}/users/{own.pk}").json() == rows[1]
    viewer = api("vendor", {"account": "read"})
    assert ids(viewer.get("/users")) == [own.pk]
    assert not {"email", "level"} & set(viewer.get(f"/users/{own.pk}").json())
    answer = viewer.get("/users", "eq(email,nobody@people.example)")
    assert (len(answer.json()), answer["Ignored-Filters"]) == (1, "email")
    assert viewer.get(f"/users/{gone.pk}").status_code == 404
    for pk in (cast.users["distributor"].pk, "UR-000-000-000"):
        assert api("vendor").get(f"/users/{pk}").status_code == 404
    known = cast.partners["distributor"].pk
    assert api("vendor").get(f"/accounts/{known}/users").status_code == 403
    hidden = cast.partners["distributor2"].pk
    assert api("vendor").get(f"/accounts/{hidden}/users").status_code == 404


def test_lists_cost_the_same_for_many_rows(api, cast):
    client = api("distributor")
    paths = ("/marketplaces", "/accounts", "/partners", "/users", "/hubs")
    hub = f"/hubs/{cast.connection.hub_id}"
    paths += (f"{hub}/connections", f"{hub}/marketplaces")
    client.get("/hubs")
    few = {path: queries(client, path) for path in paths}
    owner = cast.partners["distributor"]
    for number in range(4):
        factories.offer(factories.product(factories.partner("vendor")), owner)
        factories.user(owner)
        identifiers.insert(Marketplace, "MP", name=f"M{number}", owner=owner)
        identifiers.insert(Hub, "HB", name=f"H{number}", provider=owner)
    assert {path: queries(client, path) for path in paths} == few


def test_a_distributor_adds_renames_and_removes_hubs(api, cast):
    client = api("distributor")
    given = {"name": "Emea", "description": "", "instance_id": None, "instance_type": "oa"}
    answer = client.post("/hubs", given)
    assert answer.status_code == 201
    where = f"/hubs/{answer.json()['id']}"
    assert client.get(where).json() == answer.json()
    assert answer.json()["instance"]["type"] == "OA"
    assert client.put(where, {"name": "Apac"}).json()["name"] == "Apac"
    fixed = client.put(where, {"name": "Other", "instance_type": "api"})
    assert fixed.json()["errors"] == ["instance_type: This cannot be changed."]
    assert client.get(where).json()["name"] == "Apac"
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    used = client.delete(f"/hubs/{cast.connection.hub_id}")
    assert used.json()["errors"] == ["The hub has accounts or connections."]
    assert client.post("/hubs", {"name": " "}).json()["errors"] == ["name: Enter a name."]
    assert client.post("/hubs", {"name": "x", "instance_type": "z"}).status_code == 400
    owner = cast.partners["distributor"]
    verbs = Event.objects.filter(provider=owner, verb__startswith="hub.").order_by("at")
    assert [each.verb for each in verbs] == ["hub.created", "hub.edit", "hub.deleted"]


def test_a_distributor_adds_changes_and_removes_marketplaces(api, cast):
    client = api("distributor")
    given = {"name": "DACH", "currency": "chf", "countries": [{"id": "ch"}, {"id": "LI"}]}
    answer = client.post("/marketplaces", given)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["currency"], made["zone"]) == ("CHF", "EU")
    where = f"/marketplaces/{made['id']}"
    assert client.get(where).json() == made
    changed = client.put(where, {"countries": [{"id": "JP"}], "owner": {"id": "PA-1"}}).json()
    assert (changed["zone"], changed["name"], changed["owner"]) == ("AS", "DACH", made["owner"])
    assert client.delete(where).status_code == 204
    assert client.delete(f"/marketplaces/{cast.market.pk}").json()["errors"] == [
        "Something was listed or sold on the marketplace."
    ]
    for bad, field in (
        ({"name": ""}, "name: "),
        ({"name": "x", "currency": "euro"}, "currency: "),
        ({"name": "x", "countries": [{"id": "Narnia"}]}, "countries: "),
    ):
        refused = client.post("/marketplaces", bad)
        assert refused.status_code == 400
        assert refused.json()["errors"][0].startswith(field)


def test_only_administrators_of_the_distributor_write_them(api, cast):
    hub, market = f"/hubs/{cast.connection.hub_id}", f"/marketplaces/{cast.market.pk}"
    for path in (hub, market):
        assert api("distributor2").put(path, {"name": "x"}).status_code == 404
        assert api("distributor2").delete(path).status_code == 404
    assert api("vendor").put(market, {"name": "x"}).status_code == 403
    assert api("reseller").delete(market).status_code == 403
    keys = [api("vendor"), api("reseller"), api("distributor", {"account": "read"})]
    agent = api("distributor")
    Membership.objects.filter(user=cast.users["distributor"]).update(level="agent")
    for key in (*keys, agent):
        for sent in ({"name": "x"}, {"name": []}, {}):
            assert key.post("/hubs", sent).status_code == 403
            assert key.post("/marketplaces", sent).status_code == 403
    for sent in ({"name": "x"}, {"name": []}):
        assert agent.put(hub, sent).status_code == 403
    assert agent.delete(market).status_code == 403


def test_accounts_and_users_are_not_written_here(api, cast):
    for path in ("/accounts", "/partners", "/users"):
        assert api("distributor").post(path, {"name": "New"}).status_code == 405
