"""Tier accounts through the API: what each role reads and finds."""

from urllib.parse import quote

import pytest

from customers.models import Hub, TierAccount
from customers.services.access import grant_access
from customers.services.accounts import edit_account
from tests import factories

pytestmark = pytest.mark.django_db

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


@pytest.mark.parametrize("role", ["vendor", "distributor", "reseller"])
def test_a_search_finds_every_word_that_is_shown_and_no_other(api, cast, role):
    cast.order()
    hub = Hub.objects.first()
    TierAccount.objects.filter(pk=cast.kirlin.pk).update(
        hub=hub, external_id="Kd. 4711", external_uid="0b7e-UID"
    )
    client = api(role)
    rows = client.get("/tier/accounts").json()
    assert rows
    words = ["kirl", "ll", "Kd. 4", "e-uid", "a-", "zz", "ta-", hub.name, hub.pk, hub.pk[1:6], "-"]
    words += [
        part[n : n + 5] for row in rows[:3] for part in (row["id"], row["name"]) for n in (0, 4)
    ]
    words += [cast.partners["distributor"].pk, "Distributor", "Vendor", cast.umbrella.name]
    for word in words:
        found = client.get("/tier/accounts", f"search={quote(word)}").json()
        wanted = [row["id"] for row in rows if word.casefold() in texts_of(row).casefold()]
        assert [row["id"] for row in found] == wanted, word


def texts_of(row):
    """What a search looks at, of an account as it is shown."""
    hub = row["hub"] if row["hub"]["id"] != "HB-0000-0000" else {}
    own = [row[name] or "" for name in ("id", "name", "external_id", "external_uid")]
    near = [each for part in ("parent", "owner") if part in row for each in two(row[part])]
    return "\n".join([*own, *two(hub), *near])


def two(shape):
    return [shape.get("id", ""), shape.get("name", "")]


def test_pages_in_any_order_are_the_whole_list(api, cast):
    for number in range(6):
        factories.account(cast.partners["distributor"], cast.nordlicht, name=f"C {number % 2}")
    client = api("distributor")
    for query in (
        "ordering(name)",
        "ordering(-parent.name,name)",
        "search=c%20",
        "",
        "type=reseller",
    ):
        whole = client.get("/tier/accounts", query).json()
        pages = [
            client.get("/tier/accounts", f"{query}&limit=2&offset={offset}").json()
            for offset in range(0, len(whole), 2)
        ]
        assert [row for page in pages for row in page] == whole, query
        assert len({row["id"] for row in whole}) == len(whole) >= 6, query


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
    # Who may operate an account is no change of it, and nothing for vendors to know.
    own = f"/tier/accounts/{cast.nordlicht.pk}"
    before = api("vendor").get(own).json()["events"]
    sees = {"partner": cast.partners["reseller2"], "kind": "sees"}
    grant_access(cast.nordlicht, actor=cast.actor("distributor"), **sees)
    assert api("vendor").get(own).json()["events"] == before
    assert names(api("reseller2").get("/tier/accounts")) == {"Stranger AG", cast.nordlicht.name}


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
