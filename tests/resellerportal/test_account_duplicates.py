"""The wizard and the form doubt companies that are known already, and tell nobody too much."""

import re

import pytest

from customers.models import Hub, Partner, TierAccount
from tests import factories
from tests.resellerportal.test_account_edit import form_of
from tests.resellerportal.test_account_wizard import ADD, DATA, walk
from tests.resellerportal.test_accounts import as_, show, text

pytestmark = pytest.mark.django_db
RESELLING = "/reseller/accounts/add/"


@pytest.fixture
def twin(cast):
    return factories.account(
        cast.partners["distributor"],
        cast.umbrella,
        name="Akesson and Partner",
        contact_email="anna@akesson.example",
    )


def made():
    return TierAccount.objects.filter(name=DATA["name"]).count()


def plain(page):
    """A page without what differs in every answer."""
    html = page.content.decode()
    html = re.sub(r'name="(token|csrfmiddlewaretoken)" value="[^"]*"', "", html)
    return re.sub(r'nonce="[^"]*"', "", html)


def test_the_distributor_sees_who_is_similar_and_creates_it_anyway(client, cast, twin):
    client = as_(client, cast, "distributor")
    page = walk(client, parent=cast.nordlicht.pk)
    assert "Is this company known already?" in text(page)
    assert show(twin, "distributor") in page.content.decode()
    assert "Same e-mail domain" in text(page)
    page = client.post(f"{ADD}summary/", {"token": "a"})
    assert page.status_code == 422
    assert "tick the box if it is another" in text(page)
    assert 'name="anyway"' in page.content.decode()
    assert made() == 0
    page = client.post(f"{ADD}summary/", {"token": "b", "anyway": "1"}, follow=True)
    assert "is created" in text(page)
    assert made() == 1


def test_a_company_nobody_knows_is_not_doubted(client, cast):
    client = as_(client, cast, "distributor")
    page = walk(client, parent=cast.nordlicht.pk)
    assert "known already" not in text(page)
    client.post(f"{ADD}summary/", {"token": "a"})
    assert made() == 1


def test_a_reseller_is_linked_to_its_own_accounts_only(client, cast, twin):
    own = factories.account(
        cast.partners["distributor"], cast.nordlicht, name="Own", contact_email="b@akesson.example"
    )
    page = walk(as_(client, cast, "reseller"), parent=cast.nordlicht.pk, add=RESELLING)
    assert show(own, "reseller") in page.content.decode()
    assert twin.pk not in page.content.decode()
    assert twin.name not in text(page)
    assert "known to your distributor" not in text(page)


def test_a_reseller_learns_that_a_company_is_known_only_where_policy_allows(client, cast, twin):
    Partner.objects.filter(pk=twin.provider_id).update(tells_known=True)
    client = as_(client, cast, "reseller")
    page = walk(client, parent=cast.nordlicht.pk, add=RESELLING)
    assert "This company is already known to your distributor." in text(page)
    for secret in (twin.pk, twin.name, "e-mail domain", "and more"):
        assert secret not in text(page)
    assert client.post(f"{RESELLING}summary/", {"token": "a"}).status_code == 422
    client.post(f"{RESELLING}summary/", {"token": "b", "anyway": "1"})
    assert made() == 1


def test_without_the_policy_no_byte_of_any_answer_differs(client, cast):
    client = as_(client, cast, "reseller")
    answers = []
    for known in (False, True):
        if known:
            TierAccount.objects.filter(name=DATA["name"]).delete()
            data = {name: value for name, value in DATA.items() if name != "phone"}
            factories.account(cast.partners["distributor"], cast.umbrella, **data)
        before = made()
        walked = walk(client, parent=cast.nordlicht.pk, add=RESELLING)
        sent = client.post(f"{RESELLING}summary/", {"token": f"t{known}"})
        created = client.get(sent.headers["Location"])
        pk = sent.headers["Location"].split("/")[3]
        assert made() == before + 1
        answers.append((plain(walked), sent.status_code, plain(created).replace(pk, "TA")))
    assert answers[0] == answers[1]


def test_an_edit_is_doubted_when_what_changed_is_known(client, cast, twin):
    client = as_(client, cast, "distributor")
    address = show(cast.kirlin, "distributor", "edit/")
    sent = form_of(client, address)
    page = client.post(address, {**sent, "contact_email": "it@akesson.example"})
    assert page.status_code == 422
    assert show(twin, "distributor") in page.content.decode()
    assert 'value="it@akesson.example"' in page.content.decode()
    page = client.post(address, {**sent, "contact_email": "it@akesson.example", "anyway": "1"})
    assert page.status_code == 302
    # What did not change is not doubted again.
    sent = form_of(client, address)
    assert client.post(address, {**sent, "city": "Lund"}).status_code == 302


def test_a_tax_id_of_another_form_is_saved_with_a_warning(client, cast):
    client = as_(client, cast, "distributor")
    address = show(cast.kirlin, "distributor", "edit/")
    page = client.post(address, {**form_of(client, address), "tax_id": "DE1"}, follow=True)
    assert text(page).count("does not look like a tax ID of Germany") == 2
    page = client.get(show(cast.kirlin, "distributor"))
    assert "does not look like a tax ID of Germany" in text(page)
    page = walk(client, parent=cast.nordlicht.pk, tax_id="SE1")
    assert "does not look like a tax ID of Sweden" in text(page)
    page = client.post(f"{ADD}summary/", {"token": "a"}, follow=True)
    assert "does not look like a tax ID of Sweden" in text(page)


# ---- generated ids ----


def test_ids_are_made_by_a_button_and_nothing_typed_is_lost(client, cast):
    client = as_(client, cast, "distributor")
    client.post(f"{ADD}type/", {"type": "customer"})
    client.post(f"{ADD}parent/", {"parent": cast.nordlicht.pk})
    page = client.post(
        f"{ADD}data/", {"name": "Half typed", "generate": "external_uid"}, follow=True
    )
    assert page.status_code == 200
    assert "Nothing was saved yet" not in text(page)
    sent = form_of(client, f"{ADD}data/")
    assert sent["name"] == "Half typed"
    assert re.fullmatch(r"[0-9a-f-]{36}", sent["external_uid"])
    client.post(f"{ADD}data/", {**sent, "generate": "external_id"})
    again = form_of(client, f"{ADD}data/")
    assert re.fullmatch(r"C-[A-Z2-9]{8}", again["external_id"])
    assert again["external_uid"] == sent["external_uid"]


def test_the_form_of_an_account_makes_ids_too_and_keeps_its_version(client, cast):
    client = as_(client, cast, "distributor")
    address = show(cast.kirlin, "distributor", "edit/")
    sent = form_of(client, address)
    page = client.post(address, {**sent, "city": "Lund", "generate": "external_id"})
    assert page.status_code == 200
    html = page.content.decode()
    assert 'value="Lund"' in html
    assert re.search(r'name="external_id" value="C-[A-Z2-9]{8}"', html)
    assert re.search(r'name="revision" value="1"', html)
    assert TierAccount.objects.get(pk=cast.kirlin.pk).city == "Hamburg"


def test_a_form_that_was_refused_keeps_the_version_it_was_opened_with(client, cast):
    client = as_(client, cast, "distributor")
    address = show(cast.kirlin, "distributor", "edit/")
    mine = form_of(client, address)
    client.post(address, {**mine, "city": "Lund"})
    page = client.post(address, {**mine, "name": "", "token": "b"})
    assert page.status_code == 422
    assert 'name="revision" value="1"' in page.content.decode()
    page = client.post(address, {**mine, "tax_id": "1", "token": "c"})
    assert "Somebody changed this in the meantime" in text(page)
    assert TierAccount.objects.get(pk=cast.kirlin.pk).city == "Lund"


def test_the_hub_is_chosen_at_creation_among_ones_own_that_allow_it(client, cast):
    home, away = cast.partners["distributor"], cast.partners["distributor2"]
    own = Hub.objects.get(provider=home)
    master = Hub.objects.create(pk="HB-9000-0001", name="Master", type="OA", provider=home)
    foreign = Hub.objects.create(pk="HB-9000-0002", name="Foreign", provider=away)
    client = as_(client, cast, "distributor")
    for hub in (master, foreign):
        page = walk(client, parent=cast.nordlicht.pk, hub=hub.pk)
        assert page.status_code == 422
        assert hub.name not in text(page)
    page = walk(client, parent=cast.nordlicht.pk, hub=own.pk)
    assert own.name in text(page)
    client.post(f"{ADD}summary/", {"token": "a"})
    account = TierAccount.objects.get(name=DATA["name"])
    assert account.hub == own
    assert "hub" not in form_of(client, show(account, "distributor", "edit/"))


def test_an_account_of_a_master_hub_says_so_and_offers_no_change(client, cast):
    hub = Hub.objects.get(provider=cast.partners["distributor"])
    Hub.objects.filter(pk=hub.pk).update(type="OA")
    account = factories.account(cast.partners["distributor"], hub=hub)
    page = as_(client, cast, "distributor").get(show(account, "distributor"))
    assert "The hub is the master of this account; change it there." in text(page)
    for step in ("edit/", "decommission/"):
        assert show(account, "distributor", step) not in page.content.decode()
