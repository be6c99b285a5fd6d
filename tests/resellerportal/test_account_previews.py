"""Preview accounts on the pages of vendors and distributors: invented, cleared, typed over."""

import re

import pytest

from customers.models import Event, TierAccount
from tests import factories
from tests.resellerportal.test_account_edit import form_of
from tests.resellerportal.test_account_wizard import DATA
from tests.resellerportal.test_accounts import as_, names, show, text

pytestmark = pytest.mark.django_db
ADD = "/vendor/accounts/add/"


@pytest.fixture
def market(cast):
    cast.market.countries = ["SE"]
    cast.market.save()
    return cast.market


def begin(client, cast, kind="reseller", add=ADD, **answer):
    """The steps before the data."""
    client.post(f"{add}type/", {"type": kind, **answer})
    client.post(f"{add}marketplace/", {"marketplace": cast.market.pk})
    return client.post(f"{add}parent/", {"parent": answer.get("parent", "")}, follow=True)


def test_a_vendor_creates_an_invented_company_of_its_marketplace(client, cast, market):
    client = as_(client, cast, "vendor")
    assert "Add preview account" in text(client.get("/vendor/accounts/"))
    page = client.get(f"{ADD}type/")
    assert "Environment" not in text(page).split("What do you add?")[1]
    assert "2 Marketplace 3 Parent account" in text(page)
    begin(client, cast)
    sent = form_of(client, f"{ADD}data/")
    assert sent["country"] == "SE"
    assert sent["contact_email"].endswith(".example")
    page = client.post(f"{ADD}data/", {**sent, "name": "Prov AB"}, follow=True)
    assert "Preview" in text(page)
    page = client.post(f"{ADD}summary/", {"token": "x"}, follow=True)
    assert "Prov AB is created" in text(page)
    account = TierAccount.objects.get(name="Prov AB")
    assert (account.environment, account.owner) == ("preview", cast.partners["vendor"])
    assert account.provider == cast.partners["distributor"]
    assert names(client.get("/vendor/accounts/")) == {"Prov AB"}
    page = client.get(show(account, "vendor"))
    assert show(account, "vendor", "edit/") in page.content.decode()
    assert names(as_(client, cast, "vendor2").get("/vendor/accounts/")) == set()
    assert client.get(show(account, "vendor")).status_code == 404
    assert client.get(show(account, "vendor", "edit/")).status_code == 404


def test_randomize_invents_anew_and_clear_empties_without_an_error(client, cast, market):
    client = as_(client, cast, "vendor")
    begin(client, cast)
    seen = set()
    for _number in range(4):
        page = client.post(f"{ADD}data/", {**DATA, "randomize": "1"}, follow=True)
        assert page.status_code == 200
        seen.add(form_of(client, f"{ADD}data/")["name"])
    assert len(seen) > 1
    assert DATA["name"] not in seen
    page = client.post(f"{ADD}data/", {**DATA, "clear": "1"}, follow=True)
    assert "Nothing was saved yet" not in text(page)
    assert form_of(client, f"{ADD}data/")["name"] == ""
    # What is cleared stays cleared, and is not taken for an answer.
    assert client.get(f"{ADD}summary/").headers["Location"] == f"{ADD}data/"
    page = client.post(f"{ADD}data/", DATA, follow=True)
    assert page.redirect_chain[-1][0] == f"{ADD}summary/"


def test_only_previews_are_invented(client, cast):
    client = as_(client, cast, "distributor")
    add = "/distributor/accounts/add/"
    client.post(f"{add}type/", {"type": "reseller"})
    client.post(f"{add}parent/", {"parent": ""})
    page = client.get(f"{add}data/")
    assert "Randomize" not in text(page)
    page = client.post(f"{add}data/", {"randomize": "1"})
    assert page.status_code == 422


def test_another_environment_asks_for_the_parent_afresh(client, cast, market):
    client = as_(client, cast, "distributor")
    add = "/distributor/accounts/add/"
    client.post(f"{add}type/", {"type": "reseller", "environment": "production"})
    client.post(f"{add}parent/", {"parent": cast.umbrella.pk})
    client.post(f"{add}type/", {"type": "reseller", "environment": "test"})
    assert cast.umbrella.pk in client.get(f"{add}parent/").content.decode()
    client.post(f"{add}type/", {"type": "reseller", "environment": "preview"})
    client.post(f"{add}marketplace/", {"marketplace": market.pk})
    page = client.get(f"{add}parent/")
    assert "Unknown company" not in text(page)
    assert cast.umbrella.pk not in page.content.decode()


def test_the_parents_of_a_preview_are_ones_own_previews(client, cast, market):
    client = as_(client, cast, "vendor")
    page = client.post(f"{ADD}type/", {"type": "customer"})
    assert "Create a reseller first" in text(page)
    begin(client, cast)
    client.post(f"{ADD}data/", {**DATA, "name": "Top AB"})
    client.post(f"{ADD}summary/", {"token": "x"})
    top = TierAccount.objects.get(name="Top AB")
    client.post(f"{ADD}type/", {"type": "customer"})
    client.post(f"{ADD}marketplace/", {"marketplace": market.pk})
    page = client.get(f"{ADD}parent/").content.decode()
    assert set(re.findall(r'value="(TA-[\d-]+)"', page)) == {top.pk}
    for foreign in (cast.nordlicht, cast.stranger):
        page = client.post(f"{ADD}parent/", {"parent": foreign.pk})
        assert "Unknown company" in text(page)
    page = client.get("/account-search/", {"scope": "previews", "field": "parent"})
    assert set(re.findall(r'value="(TA-[\d-]+)"', page.content.decode())) == {top.pk}
    assert client.get("/account-search/", {"scope": "parents", "field": "p"}).status_code == 404


def test_a_foreign_marketplace_is_unknown(client, cast, market):
    away = factories.product(cast.partners["vendor2"])
    foreign, _connection = factories.offer(away, cast.partners["distributor2"])
    client = as_(client, cast, "vendor")
    client.post(f"{ADD}type/", {"type": "reseller"})
    page = client.post(f"{ADD}marketplace/", {"marketplace": foreign.pk})
    assert page.status_code == 422
    assert foreign.name not in text(page)
    cast.users["vendor"].memberships.update(level="viewer")
    assert client.get(f"{ADD}type/").status_code == 403


def test_a_distributor_has_test_accounts_and_previews_too(client, cast, market):
    client = as_(client, cast, "distributor")
    add = "/distributor/accounts/add/"
    begin(client, cast, add=add, environment="preview")
    client.post(f"{add}data/", {**DATA, "name": "Prov AB"})
    client.post(f"{add}summary/", {"token": "x"})
    client.post(f"{add}type/", {"type": "reseller", "environment": "test"})
    client.post(f"{add}parent/", {"parent": cast.nordlicht.pk})
    page = client.post(f"{add}data/", {**DATA, "name": "Test AB"}, follow=True)
    assert "Test" in text(page)
    client.post(f"{add}summary/", {"token": "y"})
    made = dict(TierAccount.objects.values_list("name", "environment"))
    assert (made["Prov AB"], made["Test AB"]) == ("preview", "test")


def test_an_administrator_in_the_portal_of_a_vendor_makes_previews_only(client, cast, market):
    client = as_(client, cast, "admin")
    assert "Environment" not in text(client.get(f"{ADD}type/"))
    begin(client, cast, environment="production")
    client.post(f"{ADD}data/", {**DATA, "name": "Prov AB"})
    client.post(f"{ADD}summary/", {"token": "x"})
    assert TierAccount.objects.get(name="Prov AB").environment == "preview"


def test_a_reseller_makes_no_previews(client, cast):
    client = as_(client, cast, "reseller")
    page = client.get("/reseller/accounts/add/type/")
    assert "Test: to try out" in text(page)
    assert "Preview" not in text(page)
    page = client.post(
        "/reseller/accounts/add/type/", {"type": "customer", "environment": "preview"}
    )
    assert page.status_code == 422


def test_a_vendor_edits_moves_and_ends_its_previews(client, cast, market):
    client = as_(client, cast, "vendor")
    begin(client, cast)
    client.post(f"{ADD}data/", {**DATA, "name": "Prov AB"})
    client.post(f"{ADD}summary/", {"token": "x"})
    account = TierAccount.objects.get(name="Prov AB")
    address = show(account, "vendor", "edit/")
    client.post(address, {**form_of(client, address), "city": "Lund"})
    assert TierAccount.objects.get(pk=account.pk).city == "Lund"
    client.post(show(account, "vendor", "decommission/"), {"revision": "2"})
    assert Event.objects.filter(object_id=account.pk, verb="tieraccount.decommission").exists()
    cast.order()
    for page in ("edit/", "decommission/", "move/"):
        assert client.get(show(cast.kirlin, "vendor", page)).status_code == 403
        assert client.post(show(cast.kirlin, "vendor", page)).status_code == 403
