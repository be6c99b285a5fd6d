"""Create an account step by step, choose its parent by typing, edit it, move it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import trees
from customers.models import AccountVersion, TierAccount, TierAccountRequest
from customers.services.accounts import edit_account
from tests import factories
from tests.resellerportal.test_accounts import as_, show, text

pytestmark = pytest.mark.django_db
ADD = "/distributor/accounts/add/"
DATA = {
    "name": "Åkesson & Partner AB",
    "external_id": "",
    "external_uid": "",
    "tax_id": "",
    "country": "SE",
    "state": "",
    "city": "Malmö",
    "postal_code": "211 20",
    "address_line1": "Storgatan 1",
    "address_line2": "",
    "contact_last_name": "Åkesson",
    "contact_first_name": "Maja",
    "contact_email": "maja@akesson.example",
    "phone": "+46 40 123456",
}
HOSTILE = ["a\0b", "x" * 10_000, "\u200bhidden\u202e", "<script>alert(1)</script>" * 20]


def walk(client, kind="customer", parent="", add=ADD, **data):
    """Answer the three steps; the answer to the last one, followed."""
    client.post(f"{add}type/", {"type": kind})
    client.post(f"{add}parent/", {"parent": parent})
    return client.post(f"{add}data/", {**DATA, **data}, follow=True)


def test_a_distributor_creates_a_customer(client, cast):
    distributor = as_(client, cast, "distributor")
    page = walk(distributor, parent=cast.nordlicht.pk)
    assert page.redirect_chain[-1][0] == f"{ADD}summary/"
    for said in ("Customer", "Nordlicht Systemhaus GmbH", "Åkesson &amp; Partner AB", "Sweden"):
        assert said in text(page)
    assert not TierAccount.objects.filter(name=DATA["name"]).exists()
    page = distributor.post(f"{ADD}summary/", {"token": "once"}, follow=True)
    account = TierAccount.objects.get(name=DATA["name"])
    assert page.redirect_chain[-1][0] == show(account, "distributor", "created/")
    assert "Go to details" in text(page)
    assert "Create another" in text(page)
    assert account.parent == cast.nordlicht
    assert account.phone == "+46 40 123456"
    assert account.external_uid
    # The same sending again makes no second account.
    again = distributor.post(f"{ADD}summary/", {"token": "once"})
    assert again.headers["Location"] == show(account, "distributor", "created/")
    assert TierAccount.objects.filter(name=DATA["name"]).count() == 1
    assert trees.broken() == []


def test_a_reseller_may_stand_at_the_top_of_its_own_tree(client, cast):
    distributor = as_(client, cast, "distributor")
    page = walk(distributor, kind="reseller")
    assert "None: a reseller at the top of its own tree" in text(page)
    distributor.post(f"{ADD}summary/", {"token": "x"})
    account = TierAccount.objects.get(name=DATA["name"])
    assert (account.parent, account.type) == (None, "reseller")


def test_a_customer_needs_a_parent(client, cast):
    client = as_(client, cast, "distributor")
    client.post(f"{ADD}type/", {"type": "customer"})
    page = client.get(f"{ADD}parent/")
    assert "None: a reseller" not in text(page)
    page = client.post(f"{ADD}parent/", {"parent": ""})
    assert page.status_code == 422
    assert "Search for a company and choose it." in text(page)
    assert client.get(f"{ADD}data/").status_code == 302


def test_without_any_reseller_the_first_account_must_be_one(client, cast):
    lonely = factories.partner("distributor", name="Lonely")
    client.force_login(factories.user(lonely))
    page = client.get(f"{ADD}type/")
    assert "There is no reseller yet" in text(page)
    assert re.search(r'value="customer"[^>]*disabled', page.content.decode())
    page = client.post(f"{ADD}type/", {"type": "customer"})
    assert page.status_code == 422
    assert "Create a reseller first" in text(page)
    walk(client, kind="reseller")
    client.post(f"{ADD}summary/", {"token": "x"})
    assert TierAccount.objects.get(provider=lonely).name == DATA["name"]
    assert "disabled" not in client.get(f"{ADD}type/").content.decode().split("<form")[-1]


@pytest.mark.parametrize("who", ["stranger", "kirlin", "made up", "TA-\0", "' OR 1=1 --"])
def test_a_parent_that_is_not_on_offer_is_unknown(client, cast, who):
    pk = getattr(cast, who).pk if hasattr(cast, who) else who
    client = as_(client, cast, "distributor")
    client.post(f"{ADD}type/", {"type": "customer"})
    page = client.post(f"{ADD}parent/", {"parent": pk})
    assert page.status_code == 422
    assert "Unknown company" in text(page)
    assert "Stranger" not in text(page)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "This field is required."),
        ("country", "ZZ", "not one of the available choices"),
        ("contact_email", "nobody", "Enter an e-mail address"),
        ("phone", "12", "Enter a phone number"),
        ("name", "x" * 10_000, "Use at most 255 characters; this has 10000."),
        ("name", "a\0b", "Null characters are not allowed."),
        ("city", "Mal\u202emö", "unreadable character (U+202E)"),
        ("external_id", "TAKEN-1", "it must be unique"),
        ("external_uid", "taken-uid", "it must be unique"),
    ],
)
def test_wrong_data_are_said_beside_the_field_and_kept(client, cast, field, value, said):
    factories.account(cast.partners["distributor"], external_id="TAKEN-1", external_uid="taken-uid")
    client = as_(client, cast, "distributor")
    page = walk(client, parent=cast.nordlicht.pk, **{field: value})
    assert page.status_code == 422
    assert said in text(page)
    assert 'value="Storgatan 1"' in page.content.decode()
    assert f'id="div_id_{field}"' in page.content.decode()
    # The right value afterwards goes on to the summary.
    page = client.post(f"{ADD}data/", DATA, follow=True)
    assert page.redirect_chain[-1][0] == f"{ADD}summary/"


def test_an_external_id_taken_meanwhile_is_said_on_the_summary(client, cast):
    client = as_(client, cast, "distributor")
    walk(client, parent=cast.nordlicht.pk, external_id="MINE-1")
    factories.account(cast.partners["distributor"], external_id="MINE-1")
    page = client.post(f"{ADD}summary/", {"token": "x"}, follow=True)
    assert page.status_code in (200, 422)
    assert not TierAccount.objects.filter(name=DATA["name"]).exists()
    assert "it must be unique" in text(page)


def test_the_same_external_id_is_free_with_another_distributor(client, cast):
    factories.account(cast.partners["distributor2"], external_id="MINE-1")
    client = as_(client, cast, "distributor")
    walk(client, parent=cast.nordlicht.pk, external_id="MINE-1")
    client.post(f"{ADD}summary/", {"token": "x"})
    assert TierAccount.objects.get(name=DATA["name"]).external_id == "MINE-1"


def test_a_reseller_creates_below_its_own_accounts_only(client, cast):
    add = "/reseller/accounts/add/"
    client = as_(client, cast, "reseller")
    client.post(f"{add}type/", {"type": "reseller"})
    page = client.get(f"{add}parent/")
    assert re.search(rf'value="{cast.nordlicht.pk}" checked', page.content.decode())
    assert "None: a reseller" not in text(page)
    assert client.post(f"{add}parent/", {"parent": cast.umbrella.pk}).status_code == 422
    walk(client, parent=cast.nordlicht.pk, add=add)
    client.post(f"{add}summary/", {"token": "x"})
    account = TierAccount.objects.get(name=DATA["name"])
    assert (account.parent, account.provider) == (cast.nordlicht, cast.partners["distributor"])
    assert account.owner == cast.partners["reseller"]


def test_other_roles_and_viewers_create_nothing(client, cast):
    assert as_(client, cast, "vendor").get(ADD).status_code == 403
    client.force_login(factories.user(cast.partners["distributor"], level="viewer"))
    assert client.get(f"{ADD}type/").status_code == 403


# ---- typed search ----


def test_a_typed_search_works_without_javascript_and_is_no_error(client, cast):
    client = as_(client, cast, "distributor")
    client.post(f"{ADD}type/", {"type": "customer"})
    page = client.post(f"{ADD}parent/", {"parent_q": "nordl", "parent_search": "1"})
    assert f'value="{cast.nordlicht.pk}"' in page.content.decode()
    assert cast.umbrella.pk not in page.content.decode()
    assert "Nothing was saved yet" not in text(page)
    chosen = {"parent": cast.nordlicht.pk, "parent_q": "nordl", "parent_asked": "nordl"}
    # Enter in another field presses the first button, which is the one of the search.
    page = client.post(f"{ADD}parent/", {**chosen, "parent_search": "1"})
    assert page.headers["Location"] == f"{ADD}data/"


def test_a_search_offers_at_most_twenty_and_asks_for_more_letters(client, cast):
    for number in range(25):
        factories.account(cast.partners["distributor"], name=f"Reseller Nr {number:02}")
    get = as_(client, cast, "distributor").get
    query = {"scope": "parents", "field": "parent"}
    page = get("/account-search/", query)
    assert page.content.decode().count('type="radio"') == 0
    assert "Type a part of the name" in text(page)
    page = get("/account-search/", {**query, "parent_q": "reseller"})
    assert page.content.decode().count('type="radio"') == 20
    assert "More than 20 found" in text(page)
    assert "at least three letters" in text(get("/account-search/", {**query, "parent_q": "re"}))
    assert "Nothing found" in text(get("/account-search/", {**query, "parent_q": "kirlin"}))
    said = '<p id="id_parent_said" hx-swap-oob="innerHTML">%s</p>'
    page = get("/account-search/", {**query, "parent_q": "reseller nr 07"}).content.decode()
    assert said % "1 found." in page
    page = get("/account-search/", {**query, "parent_q": "kirlin"}).content.decode()
    assert said % "Nothing found." in page
    page = get("/account-search/", {**query, "parent_q": "nr 07", "parent": cast.umbrella.pk})
    assert re.findall(r"<span>([^<]+) <span", page.content.decode()) == [
        "Umbrella Hanse",
        "Reseller Nr 07",
    ]


@pytest.mark.parametrize(
    ("who", "scope", "found"),
    [
        ("distributor", "parents", {"umbrella", "nordlicht"}),
        ("distributor", "customers", {"nordlicht", "kirlin"}),
        ("reseller", "parents", {"nordlicht"}),
        ("reseller", "customers", {"nordlicht", "kirlin"}),
        ("distributor2", "parents", {"stranger"}),
        ("reseller2", "customers", set()),
        ("vendor", "parents", set()),
    ],
)
def test_only_what_the_actor_may_choose_is_offered(client, cast, who, scope, found):
    page = as_(client, cast, who).get("/account-search/", {"scope": scope, "field": "x"})
    offered = set(re.findall(r'value="(TA-[\d-]+)"', page.content.decode()))
    assert offered == {getattr(cast, name).pk for name in found}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"scope": "parents"},
        {"scope": "nonsense", "field": "parent"},
        {"scope": "parents", "field": "a b"},
        {"scope": "parents", "field": 'x" onload="'},
    ],
)
def test_a_search_for_nothing_known_is_not_found(client, cast, query):
    assert as_(client, cast, "distributor").get("/account-search/", query).status_code == 404


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_is_searched_harmlessly(client, cast, typed):
    query = {
        "scope": "parents",
        "field": "p",
        "p_q": typed,
        "p": typed,
        "but": typed,
        "empty": typed,
    }
    page = as_(client, cast, "distributor").get("/account-search/", query)
    assert page.status_code == 200
    assert "<script>" not in page.content.decode()


def test_a_search_needs_somebody_signed_in(client, cast):
    page = client.get("/account-search/", {"scope": "parents", "field": "parent"})
    assert page.status_code == 302


# ---- edit ----


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
