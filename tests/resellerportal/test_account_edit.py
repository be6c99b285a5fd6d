"""An account is edited: what the form says, keeps and refuses."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import AccountVersion, TierAccountRequest
from customers.services.accounts import edit_account
from tests import factories
from tests.resellerportal.test_account_wizard import HOSTILE
from tests.resellerportal.test_accounts import as_, show, text

pytestmark = pytest.mark.django_db


def form_of(client, address):
    """What a browser would send back from the form as it is shown."""
    page = client.get(address).content.decode().split('<form method="post" class="card')[1]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if "radio" in tag and "checked" not in tag:
            continue
        sent[name[1]] = value[1].replace("&amp;", "&") if value else ""
    for select, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[select] = chosen[1] if chosen else ""
    return {name: value for name, value in sent.items() if not name.endswith("_search")}


@pytest.fixture
def ordered(cast):
    cast.order()
    cast.order(product=cast.plain)
    return cast


def test_an_edit_says_which_requests_it_created(client, ordered):
    cast = ordered
    client = as_(client, cast, "distributor")
    address = show(cast.nordlicht, "distributor", "edit/")
    page = text(client.get(address))
    assert "asks the vendor of this product to look at it: Backup 360." in page
    assert "nobody is asked: Mail Guard." in page
    sent = form_of(client, address)
    assert sent["country"] == "DE"
    page = client.post(address, {**sent, "city": "Kiel"}, follow=True)
    assert page.redirect_chain[-1][0] == show(cast.nordlicht, "distributor", "changes/2/")
    assert "2 requests created: Backup 360 pending, Mail Guard unsupported" in text(page)
    for request in TierAccountRequest.objects.all():
        assert f"/distributor/account-requests/{request.pk}/" in page.content.decode()
    cast.nordlicht.refresh_from_db()
    assert (cast.nordlicht.city, cast.nordlicht.version) == ("Kiel", 2)
    # The same sending again changes nothing.
    assert client.post(address, {**sent, "city": "Kiel"}).status_code == 302
    assert TierAccountRequest.objects.count() == 2


def test_an_edit_of_an_account_nobody_uses_says_so(client, cast):
    client = as_(client, cast, "reseller")
    address = show(cast.kirlin, "reseller", "edit/")
    page = client.post(address, {**form_of(client, address), "tax_id": "DE 1"}, follow=True)
    assert "no vendor was asked" in text(page)


def test_nothing_changed_is_no_change(client, cast):
    client = as_(client, cast, "distributor")
    address = show(cast.nordlicht, "distributor", "edit/")
    page = client.post(address, form_of(client, address), follow=True)
    assert "Nothing was changed." in text(page)
    assert AccountVersion.objects.filter(account=cast.nordlicht).count() == 1


def test_an_old_form_keeps_the_input_and_shows_what_changed(client, cast):
    client = as_(client, cast, "distributor")
    address = show(cast.nordlicht, "distributor", "edit/")
    sent = {**form_of(client, address), "city": "Kiel"}
    edit_account(cast.nordlicht, actor=cast.actor("parent"), data={"tax_id": "DE42"})
    page = client.post(address, sent)
    assert page.status_code == 422
    assert "Somebody changed this in the meantime" in text(page)
    assert "Tax ID before – after DE42" in text(page)
    assert 'value="Kiel"' in page.content.decode()
    # What the other one did is in the form now, so that sending it again does not undo it.
    assert 'value="DE42"' in page.content.decode()
    cast.nordlicht.refresh_from_db()
    assert cast.nordlicht.city == "Hamburg"
    again = {**sent, "revision": "2", "token": "new", "tax_id": "DE42"}
    assert client.post(address, again).status_code == 302
    cast.nordlicht.refresh_from_db()
    assert (cast.nordlicht.city, cast.nordlicht.tax_id) == ("Kiel", "DE42")


def test_an_old_form_keeps_what_both_have_entered_as_the_sender_entered_it(client, cast):
    client = as_(client, cast, "distributor")
    address = show(cast.nordlicht, "distributor", "edit/")
    sent = {**form_of(client, address), "city": "Kiel", "phone": ""}
    theirs = {"city": "Bonn", "phone": "+49 40 30221188"}
    edit_account(cast.nordlicht, actor=cast.actor("distributor"), data=theirs, parent=None)
    page = client.post(address, sent)
    assert 'value="Kiel"' in page.content.decode()
    assert 'value="+49 40 30221188"' in page.content.decode()
    assert "Parent before Umbrella Hanse after" in text(page)


@pytest.mark.parametrize("revision", ["", "0", "x", "²", "9" * 400, "-1"])
def test_a_form_without_its_version_is_an_old_form(client, cast, revision):
    client = as_(client, cast, "distributor")
    address = show(cast.nordlicht, "distributor", "edit/")
    sent = {**form_of(client, address), "city": "Kiel", "revision": revision}
    assert client.post(address, sent).status_code == 422
    cast.nordlicht.refresh_from_db()
    assert cast.nordlicht.city == "Hamburg"


def test_an_edit_moves_nothing_and_leads_to_the_page_that_does(client, cast):
    client = as_(client, cast, "distributor")
    address = show(cast.nordlicht, "distributor", "edit/")
    assert show(cast.nordlicht, "distributor", "move/") in client.get(address).content.decode()
    sent = {**form_of(client, address), "city": "Kiel", "parent": ""}
    assert client.post(address, sent).status_code == 302
    cast.nordlicht.refresh_from_db()
    assert (cast.nordlicht.city, cast.nordlicht.parent) == ("Kiel", cast.umbrella)


def test_a_parent_cannot_become_a_customer(client, cast):
    client = as_(client, cast, "distributor")
    address = show(cast.nordlicht, "distributor", "edit/")
    page = client.post(address, {**form_of(client, address), "type": "customer"})
    assert page.status_code == 422
    assert "1 account hangs below this reseller; move it to another one first." in text(page)


def test_a_reseller_edits_its_own_account_but_does_not_move_it(client, cast):
    client = as_(client, cast, "reseller")
    own = show(cast.nordlicht, "reseller", "edit/")
    assert "/move/" not in client.get(own).content.decode()
    assert client.post(own, {**form_of(client, own), "city": "Kiel"}).status_code == 302
    cast.nordlicht.refresh_from_db()
    assert (cast.nordlicht.city, cast.nordlicht.parent) == ("Kiel", cast.umbrella)


def test_an_account_of_a_hub_that_is_its_master_is_edited_there(client, cast):
    hub = cast.connection.hub
    hub.type = "OA"
    hub.save()
    account = factories.account(cast.partners["distributor"], name="Mastered", hub=hub)
    client = as_(client, cast, "distributor")
    assert "/edit/" not in client.get(show(account, "distributor")).content.decode()
    address = show(account, "distributor", "edit/")
    page = client.post(address, {**form_of(client, address), "city": "Kiel"})
    assert "The hub is the master of this account" in text(page)


@pytest.mark.parametrize("field", ["name", "city", "phone", "external_id", "country", "type"])
@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_input_is_an_error_of_the_form(client, cast, field, value):
    client = as_(client, cast, "distributor")
    address = show(cast.kirlin, "distributor", "edit/")
    page = client.post(address, {**form_of(client, address), field: value})
    assert page.status_code == 422
    assert "<script>alert" not in page.content.decode()
    cast.kirlin.refresh_from_db()
    assert cast.kirlin.version == 1


@pytest.mark.parametrize(
    ("who", "role", "status"),
    [
        ("vendor", "distributor", 403),
        ("reseller", "distributor", 403),
        ("distributor2", "distributor", 404),
        ("reseller2", "reseller", 404),
        ("vendor", "vendor", 404),
    ],
)
def test_nobody_else_edits(client, cast, who, role, status):
    client = as_(client, cast, who)
    address = show(cast.nordlicht, role, "edit/")
    assert client.get(address).status_code == status
    assert client.post(address, {"name": "Mine"}).status_code in (status, 405)


def test_the_form_costs_the_same_with_many_accounts(client, cast):
    client = as_(client, cast, "distributor")
    address = show(cast.nordlicht, "distributor", "edit/")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(40):
        factories.account(cast.partners["distributor"], cast.nordlicht, name=f"R{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)
    assert len(few) <= 14
