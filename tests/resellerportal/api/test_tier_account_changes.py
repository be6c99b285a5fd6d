"""Tier accounts through the API: what each role creates, changes and takes out of use."""

import pytest

from customers.models import TierAccount, TierAccountRequest
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
        ({**SENT, "type": "tier9"}, 'type: "tier9" is not a valid choice; there are: '),
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


def test_resellers_are_let_see_a_new_account_by_its_distributor_only(api, cast):
    friend = cast.partners["reseller2"].pk
    sent = {**SENT, "parent": {"id": cast.nordlicht.pk}, "access": [{"id": friend}]}
    made = api("distributor").post("/tier/accounts", sent).json()
    seen = api("reseller2").get("/tier/accounts", "ordering(name)").json()
    assert [row["name"] for row in seen] == ["Nordwind AG", "Stranger AG"]
    assert seen[0]["parent"] == {"id": cast.nordlicht.pk, "name": cast.nordlicht.name}
    assert api("reseller2").put(f"/tier/accounts/{made['id']}", {"name": "x"}).status_code == 403
    for pk in ("PA-000-000", cast.partners["distributor2"].pk):
        refused = api("distributor").post("/tier/accounts", {**sent, "access": [{"id": pk}]})
        assert refused.json()["errors"][0].startswith("access: No reseller has this ID")
    assert api("reseller").post("/tier/accounts", sent).status_code == 403
    assert TierAccount.objects.filter(name="Nordwind AG").count() == 1


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
