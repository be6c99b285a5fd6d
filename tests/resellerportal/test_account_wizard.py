"""Create an account step by step, and choose its parent by typing."""

import re

import pytest

from customers import trees
from customers.models import TierAccount
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
