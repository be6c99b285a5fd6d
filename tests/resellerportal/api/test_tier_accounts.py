"""Tier accounts through the API: what each role reads, finds and writes."""

import pytest

from customers.models import Hub, TierAccount, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.decommission import decommission_account
from tests import factories

pytestmark = pytest.mark.django_db

SENT = {
    "type": "customer",
    "name": "Nordwind AG",
    "contact_info": {
        "address_line1": "Kai 1",
        "address_line2": None,
        "city": "Kiel",
        "state": "SH",
        "postal_code": "24103",
        "country": "de",
        "contact": {
            "first_name": "Ida",
            "last_name": "Sommer",
            "email": "ida@nordwind.example",
            "phone_number": {
                "country_code": "+49",
                "area_code": "",
                "phone_number": "431123456",
                "extension": "-",
            },
        },
    },
}
KEYS = {
    *("id", "version", "name", "type", "external_id", "external_uid", "tax_id", "environment"),
    *("parent", "owner", "scopes", "hub", "events", "contact_info"),
}


def names(answer):
    assert answer.status_code == 200, answer.content
    return {row["name"] for row in answer.json()}


def test_an_account_has_the_fields_of_the_field(api, cast):
    cast.order()
    row = api("distributor").get(f"/tier/accounts/{cast.kirlin.pk}").json()
    assert set(row) == KEYS
    assert row["parent"] == {
        "id": cast.nordlicht.pk,
        "name": "Nordlicht Systemhaus GmbH",
        "external_id": None,
    }
    assert (row["scopes"], row["version"]) == (["customer"], 1)
    assert row["hub"] == {"id": "HB-0000-0000", "name": "None"}
    assert row["owner"] == {"id": cast.partners["distributor"].pk, "name": "Distributor"}
    assert row["events"]["created"]["at"].endswith("+00:00")
    assert row["contact_info"]["contact"]["phone_number"] == dict.fromkeys(
        ("country_code", "area_code", "phone_number", "extension"), ""
    )
    top = api("distributor").get(f"/tier/accounts/{cast.umbrella.pk}").json()
    assert set(top) == KEYS - {"parent"}
    versions = api("distributor").get(f"/tier/accounts/{cast.kirlin.pk}/versions").json()
    assert {*versions[0]} == KEYS


def test_who_sees_which_accounts_and_how_much_of_what_is_above(api, cast):
    cast.order(product=cast.plain, customer=cast.kirlin)
    parents = {}
    for who in ("vendor", "distributor", "reseller", "parent"):
        rows = api(who).get("/tier/accounts").json()
        parents[who] = {row["name"]: row.get("parent") for row in rows}
    everything = {"Umbrella Hanse", "Nordlicht Systemhaus GmbH", "Kirlin LLC"}
    assert set(parents["distributor"]) == set(parents["parent"]) == everything
    assert set(parents["reseller"]) == everything - {"Umbrella Hanse"}
    # Above its own account a reseller reads a name and nothing else.
    assert parents["reseller"]["Nordlicht Systemhaus GmbH"] == {
        "id": cast.umbrella.pk,
        "name": "Umbrella Hanse",
    }
    for who in ("vendor2", "distributor2", "reseller2"):
        assert api(who).get(f"/tier/accounts/{cast.kirlin.pk}").status_code == 404
        assert api(who).get(f"/tier/accounts/{cast.kirlin.pk}/versions").status_code == 404
        for send in ("put", "delete"):
            assert getattr(api(who), send)(f"/tier/accounts/{cast.kirlin.pk}").status_code == 404


def unseen_parent(cast):
    """A customer of the vendor whose tiers it no longer sees, as the customer moved on."""
    aside = factories.account(cast.partners["distributor"], name="Aside Resale")
    cast.order()
    edit_account(cast.kirlin, actor=cast.actor("distributor"), data={}, parent=aside)
    return aside


def test_a_parent_that_a_vendor_does_not_see_is_neither_shown_nor_found(api, cast):
    aside = unseen_parent(cast)
    vendor = api("vendor")
    row = vendor.get(f"/tier/accounts/{cast.kirlin.pk}").json()
    assert "parent" not in row
    assert "owner" not in row
    latest = vendor.get(f"/tier/accounts/{cast.kirlin.pk}/versions/2").json()
    assert "parent" not in latest
    for query in (
        f"eq(parent.id,{aside.pk})",
        "ilike(parent.name,*aside*)",
        "search=Aside",
        f"eq(owner.id,{cast.partners['distributor'].pk})",
    ):
        assert names(vendor.get("/tier/accounts", query)) == set(), query
        assert "Kirlin LLC" in names(api("distributor").get("/tier/accounts", query)), query
    assert "Kirlin LLC" in names(vendor.get("/tier/accounts", "eq(parent.id,null())"))
    assert vendor.get("/tier/accounts", "ordering(parent.name,-owner.name)").status_code == 200


def test_every_filter_finds_what_it_says(api, cast):
    cast.order()
    hub = Hub.objects.first()
    acme = factories.account(
        cast.partners["distributor"],
        cast.nordlicht,
        name="Acme",
        type="customer",
        hub=hub,
        external_id="4711",
        external_uid="u-1",
        tax_id="DE1",
        contact_email="it@acme.example",
    )
    owner = cast.partners["distributor"].pk
    every = {"Acme", "Kirlin LLC", "Nordlicht Systemhaus GmbH", "Umbrella Hanse"}
    for query, wanted in {
        f"id={acme.pk}": {"Acme"},
        "ilike(name,*KIRLIN*)": {"Kirlin LLC"},
        "eq(external_id,4711)": {"Acme"},
        "eq(external_id,null())": every - {"Acme"},
        "((id=x)%7C(external_uid=u-1))": {"Acme"},
        "tax_id=DE1": {"Acme"},
        "type=RESELLER": {"Nordlicht Systemhaus GmbH", "Umbrella Hanse"},
        f"eq(hub.id,{hub.pk})": {"Acme"},
        "eq(hub.id,HB-0000-0000)": every - {"Acme"},
        "eq(hub.id,null())": every - {"Acme"},
        f"parent.id={cast.umbrella.pk}": {"Nordlicht Systemhaus GmbH"},
        "eq(parent.id,null())": {"Umbrella Hanse"},
        "ne(parent.id,null())": every - {"Umbrella Hanse"},
        "like(parent.name,Nordlicht*)&type=customer": {"Acme", "Kirlin LLC"},
        f"parent__parent__id={cast.umbrella.pk}": {"Acme", "Kirlin LLC"},
        "eq(scopes,customer)": {"Kirlin LLC"},
        "in(scopes,(tier1,tier2))": {"Nordlicht Systemhaus GmbH", "Umbrella Hanse"},
        "like(scopes,tier*)": {"Nordlicht Systemhaus GmbH", "Umbrella Hanse"},
        "eq(scopes,nothing)": set(),
        "contact_info.contact.email=it@acme.example": {"Acme"},
        "gt(version,1)": set(),
        "environment=production": every,
        "ge(events.created.at,2020-01-01T00:00:00+00:00)": every,
        "eq(events.decommissioned.at,null())": every,
        f"owner.id={owner}": every,
        "events.created.by=UR-000-000-000": set(),
        "eq(events.created.by,null())": every,
        "marketplace.id=MP-00000": every,
        "search=4711": {"Acme"},
    }.items():
        found = api("distributor").get("/tier/accounts", f"{query}&limit=100&offset=0")
        assert names(found) == wanted, query
    for name in ("name", "external_id", "parent.name", "hub.name", "owner.id", "owner.name"):
        ordered = api("distributor").get("/tier/accounts", f"ordering(-{name})")
        assert len(ordered.json()) == 4, name


def test_who_changed_an_account_is_found_by_the_id_that_is_shown(api, cast):
    distributor, reseller = api("distributor"), api("reseller")
    cast.order()
    assert distributor.put(f"/tier/accounts/{cast.kirlin.pk}", {"name": "K"}).status_code == 200
    by = distributor.get(f"/tier/accounts/{cast.kirlin.pk}").json()["events"]["updated"]["by"]
    assert by["id"].startswith("SU-")
    assert names(distributor.get("/tier/accounts", f"events.updated.by={by['id']}")) == {"K"}
    told = reseller.get(f"/tier/accounts/{cast.kirlin.pk}").json()["events"]["updated"]["by"]
    assert told["id"] == cast.partners["distributor"].pk
    assert names(reseller.get("/tier/accounts", f"events.updated.by={told['id']}")) == {"K"}
    assert names(reseller.get("/tier/accounts", f"events.updated.by={by['id']}")) == set()


def test_a_list_costs_the_same_for_one_account_and_for_many(
    api, cast, django_assert_max_num_queries
):
    client = api("distributor")
    client.get("/tier/accounts")
    counts = []
    for more in (0, 12):
        for number in range(more):
            factories.account(cast.partners["distributor"], cast.nordlicht, name=f"C {number}")
        with django_assert_max_num_queries(30) as seen:
            rows = client.get("/tier/accounts").json()
        counts.append(len(seen))
    assert len(rows) == 15
    assert counts[0] == counts[1]


def test_a_customer_is_created_and_changed_as_its_hub_sends_it(api, cast):
    client = api("distributor")
    sent = {**SENT, "external_id": 16547, "parent": {"id": cast.nordlicht.pk}, "noise": {}}
    made = client.post("/tier/accounts", sent)
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["external_id"], row["environment"]) == ("16547", "production")
    info = row["contact_info"]
    assert (info["country"], info["address_line2"]) == ("DE", "")
    assert info["contact"]["phone_number"] == {
        "country_code": "+49",
        "area_code": "",
        "phone_number": "431123456",
        "extension": "",
    }
    address = f"/tier/accounts/{row['id']}"
    # Sent back as it was read, but for where the number is cut: no change.
    contact = {"phone_number": {"area_code": "431", "phone_number": "123456"}}
    same = {"id": row["id"], "parent": row["parent"], "contact_info": {"contact": contact}}
    assert client.put(address, same).json()["version"] == 1
    changed = client.put(address, {"contact_info": {"city": "Lübeck"}}).json()
    assert (changed["version"], changed["contact_info"]["city"]) == (2, "Lübeck")
    assert changed["contact_info"]["state"] == "SH"
    versions = client.get(f"{address}/versions").json()
    assert [each["version"] for each in versions] == [2, 1]
    assert client.get(f"{address}/versions/1").json()["contact_info"]["city"] == "Kiel"
    for number in ("3", "0", "x", "٣"):
        assert client.get(f"{address}/versions/{number}").status_code == 404
    moved = client.put(address, {"name": "Südwind AG", "parent": {"id": cast.umbrella.pk}})
    assert (moved.json()["parent"]["id"], moved.json()["version"]) == (cast.umbrella.pk, 3)
    assert client.delete(address).status_code == 204
    assert "decommissioned" in client.get(address).json()["events"]
    refused = client.put(address, {"name": "Again"})
    assert refused.status_code == 400
    assert "decommissioned" in refused.json()["errors"][0]


def test_what_is_wrong_is_named_by_where_it_is_in_the_body(api, cast):
    client = api("distributor")
    foreign = cast.stranger.pk
    for body, said in (
        ({}, "Field 'contact_info' is required."),
        ({**SENT, "type": "tier9"}, 'type: "tier9" is not a valid choice.'),
        ({**SENT, "parent": {"id": foreign}}, f"parent.id: Object `{foreign}` not found."),
        ({**SENT, "parent": {"id": "TA-1"}}, "parent.id: Object `TA-1` not found."),
        ({**SENT, "hub": {"id": "HB-1"}}, "hub.id: Object `HB-1` not found."),
        ({**SENT, "name": ["x"]}, "name: Not a valid string."),
        (SENT, "parent.id: A customer needs a reseller as its parent."),
        ({**SENT, "parent": {"index": 0}}, "parent.index: Name the place"),
        ("text", "Invalid data"),
    ):
        refused = client.post("/tier/accounts", body)
        assert refused.status_code == 400, body
        assert any(text.startswith(said) for text in refused.json()["errors"]), refused.content
    info = {"country": "Atlantis", "contact": {"email": "no", "phone_number": None}}
    refused = client.put(f"/tier/accounts/{cast.kirlin.pk}", {"contact_info": info, "name": None})
    said = " ".join(refused.json()["errors"])
    assert "contact_info.country: " in said
    assert "contact_info.contact.email: " in said
    assert "name: " in said
    circle = client.put(f"/tier/accounts/{cast.umbrella.pk}", {"parent": {"id": cast.nordlicht.pk}})
    assert circle.json()["error_code"] == "TA_001"
    gone = client.put(f"/tier/accounts/{cast.kirlin.pk}", {"parent": {"id": foreign}})
    assert gone.json()["errors"] == [f"parent.id: Object `{foreign}` not found."]
    assert TierAccount.objects.count() == 4


def test_a_list_is_created_whole_or_not_at_all(api, cast):
    client = api("distributor")
    reseller = {**SENT, "type": "reseller", "name": "Top"}
    below = {**SENT, "parent": {"index": 0}}
    made = client.post("/tier/accounts", [reseller, below])
    assert made.status_code == 201, made.content
    top, customer = made.json()
    assert customer["parent"]["id"] == top["id"]
    count = TierAccount.objects.count()
    for listed, said in (
        ([reseller, {**below, "name": ""}], "[1].name: "),
        ([{**reseller, "external_id": "7"}] * 2, "[1].external_id: "),
        ([reseller, {**below, "parent": {"index": 1}}], "[1].parent.index: "),
        ([reseller, {"name": "x"}], "Field '[1].type' is required."),
        ([reseller] * 501, "At most 500 accounts"),
    ):
        refused = client.post("/tier/accounts", listed)
        assert refused.status_code == 400
        assert any(text.startswith(said) for text in refused.json()["errors"]), refused.content
    assert client.post("/tier/accounts", []).json() == []
    assert TierAccount.objects.count() == count


def test_a_reseller_writes_below_its_own_account_and_moves_nothing_of_its_own(api, cast):
    client = api("reseller")
    made = client.post("/tier/accounts", {**SENT, "parent": {"id": cast.nordlicht.pk}})
    assert made.status_code == 201, made.content
    assert client.post("/tier/accounts", SENT).json()["errors"] == [
        "Field 'parent.id' is required."
    ]
    above = client.post("/tier/accounts", {**SENT, "parent": {"id": cast.umbrella.pk}})
    assert above.json()["errors"] == [f"parent.id: Object `{cast.umbrella.pk}` not found."]
    own = f"/tier/accounts/{cast.nordlicht.pk}"
    # The parent that it is told, sent back, is no move.
    same = client.put(own, {"name": "Nordlicht", "parent": {"id": cast.umbrella.pk}})
    assert (same.status_code, same.json()["version"]) == (200, 2)
    assert client.put(own, {"parent": None}).status_code == 403
    assert client.delete(f"/tier/accounts/{made.json()['id']}").status_code == 403
    cast.nordlicht.refresh_from_db()
    assert cast.nordlicht.parent == cast.umbrella


def test_vendors_write_previews_of_their_own_and_nothing_else(api, cast):
    cast.order()
    client = api("vendor")
    top = client.post("/tier/accounts", {**SENT, "type": "reseller"})
    assert top.status_code == 201, top.content
    assert top.json()["environment"] == "preview"
    assert top.json()["owner"]["id"] == cast.partners["vendor"].pk
    below = client.post("/tier/accounts", {**SENT, "parent": {"id": top.json()["id"]}})
    assert below.json()["environment"] == "preview"
    assert client.put(f"/tier/accounts/{below.json()['id']}", {"name": "P"}).json()["name"] == "P"
    assert client.delete(f"/tier/accounts/{below.json()['id']}").status_code == 204
    real = {**SENT, "type": "reseller", "environment": "production"}
    assert client.post("/tier/accounts", real).status_code == 403
    assert client.put(f"/tier/accounts/{cast.kirlin.pk}", {"name": 1}).status_code == 403
    assert client.delete(f"/tier/accounts/{cast.kirlin.pk}").status_code == 403
    nobody = api("vendor2").post("/tier/accounts", {**SENT, "type": "reseller"})
    assert nobody.json()["errors"] == ["Field 'marketplace.id' is required."]


def test_a_key_that_may_read_writes_nothing(api, cast):
    reads = api("distributor", {"customers": "read"})
    assert reads.get(f"/tier/accounts/{cast.kirlin.pk}").status_code == 200
    for send in (
        reads.post("/tier/accounts", SENT),
        reads.put(f"/tier/accounts/{cast.kirlin.pk}", {"name": "x"}),
        reads.delete(f"/tier/accounts/{cast.kirlin.pk}"),
    ):
        assert (send.status_code, send.json()["error_code"]) == (403, "PER_001")
    none = api("distributor", {"products": "write"})
    assert none.get("/tier/accounts").status_code == 403


def test_an_account_in_use_is_not_decommissioned(api, cast):
    cast.order()
    refused = api("distributor").delete(f"/tier/accounts/{cast.kirlin.pk}")
    assert refused.status_code == 400
    assert "live subscription" in refused.json()["errors"][0]
    free = factories.account(cast.partners["distributor"])
    decommission_account(free, actor=cast.actor("distributor"))
    assert api("distributor").delete(f"/tier/accounts/{free.pk}").status_code == 400


def test_a_change_through_the_api_raises_what_the_portal_would(api, cast):
    cast.order()
    cast.order(product=cast.plain)
    api("distributor").put(f"/tier/accounts/{cast.kirlin.pk}", {"name": "Kirlin Inc"})
    raised = TierAccountRequest.objects.values_list("product", "state", "changed")
    assert sorted(raised) == sorted(
        [(cast.product.pk, "pending", ["name"]), (cast.plain.pk, "unsupported", ["name"])]
    )
