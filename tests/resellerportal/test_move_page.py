"""The page that moves an account: where to, what that does, and only then it happens."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers import trees
from customers.models import AccountAccess, Event, Membership, TierAccount, TierAccountRequest
from customers.services.accounts import create_account, edit_account
from tests import factories
from tests.factories import steps

pytestmark = pytest.mark.django_db


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def as_(client, cast, name):
    client.force_login(cast.users[name])
    return client


def move(account, role="distributor"):
    return f"/{role}/accounts/{account.pk}/move/"


def fields(page):
    """What the form of the effects sends."""
    form = page.content.decode().split('class="card p-4" novalidate>')[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def parent_of(account):
    return TierAccount.objects.get(pk=account.pk).parent


@pytest.fixture
def distributor(client, cast):
    return as_(client, cast, "distributor")


def test_from_the_button_to_the_moved_account(distributor, cast, rival):
    cast.order()
    cast.order(product=cast.plain)
    detail = distributor.get(f"/distributor/accounts/{cast.nordlicht.pk}/").content.decode()
    assert f'href="{move(cast.nordlicht)}"' in detail
    page = distributor.get(move(cast.nordlicht))
    assert f'value="{cast.umbrella.pk}" checked' in page.content.decode()
    query = {"effects": "1", "parent": cast.umbrella.pk, "parent_q": "rival", "parent_search": "1"}
    page = distributor.get(move(cast.nordlicht), query)
    assert f'value="{rival.pk}"' in page.content.decode()
    page = distributor.get(move(cast.nordlicht), {"effects": "1", "parent": rival.pk})
    said = text(page)
    for words in (
        "Parent before Umbrella Hanse after Rival Nord",
        "Tier 1 of its new orders before Umbrella Hanse after Rival Nord",
        "Tier 2 of new orders of the 1 account directly below before Umbrella Hanse",
        "moves with 1 account below it (0 resellers, 1 customer): Kirlin LLC",
        "Backup 360: a request to Vendor, pending.",
        "Mail Guard: a request to Vendor, unsupported; the vendor is not asked.",
        "No longer sees it, nor what is below it, from then on: Parent",
        "Sees it, and what is below it, from then on: Rival",
        "2 open orders of these accounts go on with the tiers they have.",
        "1 open configuration request of these accounts goes on as it is.",
    ):
        assert words in said, words
    assert parent_of(cast.nordlicht) == cast.umbrella
    sent = fields(page)
    page = distributor.post(move(cast.nordlicht), sent, follow=True)
    assert page.redirect_chain[-1][0].endswith(f"{cast.nordlicht.pk}/hierarchy/")
    assert "Nordlicht Systemhaus GmbH hangs below Rival Nord now." in text(page)
    assert "2 requests created: Backup 360 pending, Mail Guard unsupported" in text(page)
    assert "moved the account to another parent" in text(page)
    assert parent_of(cast.nordlicht) == rival
    assert trees.broken() == []
    # Sent twice, it is done once.
    assert distributor.post(move(cast.nordlicht), sent).status_code == 302
    assert TierAccountRequest.objects.count() == 2


def test_a_reseller_becomes_the_top_of_its_own_tree(distributor, cast):
    for query in ({"parent": ""}, {"effects": "1"}):  # a script leaves empty fields out
        page = distributor.get(move(cast.nordlicht), query)
        assert "Parent before Umbrella Hanse after None, top of its tree" in text(page)
        assert "Level before 2 after 1" in text(page)
    page = distributor.post(move(cast.nordlicht), fields(page), follow=True)
    assert "is the top of its own tree now. No product uses this account" in text(page)
    assert parent_of(cast.nordlicht) is None


@pytest.mark.parametrize("change", ["edit", "child", "order", "approval"])
def test_what_changed_since_is_shown_before_anything_moves(distributor, cast, rival, change):
    cast.order()
    sent = fields(distributor.get(move(cast.nordlicht), {"parent": rival.pk}))
    if change == "edit":
        edit_account(cast.nordlicht, actor=cast.actor("parent"), data={"city": "Kiel"})
    elif change == "child":
        factories.account(cast.partners["distributor"], cast.nordlicht, name="Branch")
    elif change == "order":
        cast.order(product=cast.plain)
    else:
        steps.configure(2, cast.actor("vendor"))
    page = distributor.post(move(cast.nordlicht), sent)
    assert page.status_code == 422
    assert "Nothing was moved: something changed since you looked" in text(page)
    assert parent_of(cast.nordlicht) == cast.umbrella
    if change == "child":
        assert "moves with 2 accounts below it" in text(page)
    page = distributor.post(move(cast.nordlicht), fields(page))
    assert page.status_code == 302
    assert parent_of(cast.nordlicht) == rival


@pytest.mark.parametrize("fingerprint", ["", ".", "x", "x" * 9_000, "\0"])
def test_nothing_moves_without_having_been_shown(distributor, cast, rival, fingerprint):
    sent = fields(distributor.get(move(cast.nordlicht), {"parent": rival.pk}))
    page = distributor.post(move(cast.nordlicht), {**sent, "fingerprint": fingerprint})
    assert page.status_code == 422
    assert "These are the effects as they are now" in text(page)
    assert distributor.post(move(cast.nordlicht)).status_code == 422
    assert parent_of(cast.nordlicht) == cast.umbrella


def test_looking_changes_nothing(distributor, cast, rival):
    events = Event.objects.count()
    distributor.get(move(cast.nordlicht), {"parent": rival.pk})
    assert Event.objects.count() == events
    assert parent_of(cast.nordlicht) == cast.umbrella


@pytest.mark.parametrize("target", ["nordlicht", "kirlin", "stranger"])
def test_an_account_cannot_move_below_itself_a_customer_or_strangers(distributor, cast, target):
    page = distributor.get(move(cast.umbrella), {"parent": getattr(cast, target).pk})
    assert "Unknown company" in text(page)
    assert "Nothing was moved" in text(page)
    page = distributor.post(move(cast.umbrella), {"parent": getattr(cast, target).pk})
    assert page.status_code == 422
    assert trees.broken() == []


def test_the_present_place_and_none_for_a_customer_are_refused(distributor, cast):
    page = distributor.get(move(cast.nordlicht), {"parent": cast.umbrella.pk})
    assert "This is its place already; choose another." in text(page)
    page = distributor.get(move(cast.kirlin), {"parent": ""})
    assert "Search for a company and choose it." in text(page)


@pytest.mark.parametrize("value", ["TA-\0", "<script>alert(1)</script>", "x" * 9_000, "TA-1"])
def test_hostile_parents_are_unknown(distributor, cast, value):
    for page in (
        distributor.get(move(cast.nordlicht), {"parent": value}),
        distributor.post(move(cast.nordlicht), {"parent": value, "fingerprint": "x"}),
    ):
        assert "Unknown company" in text(page)
        assert "<script>alert" not in page.content.decode()


def test_a_reseller_moves_below_its_own(client, cast):
    branch = factories.account(cast.partners["distributor"], cast.nordlicht, name="Branch")
    client = as_(client, cast, "reseller")
    page = client.get(move(cast.kirlin, "reseller"), {"parent": branch.pk})
    assert "Parent before Nordlicht Systemhaus GmbH after Branch" in text(page)
    assert client.post(move(cast.kirlin, "reseller"), fields(page)).status_code == 302
    assert parent_of(cast.kirlin) == branch
    # Neither what it operates itself, nor to places outside.
    for path in (move(cast.nordlicht, "reseller"), f"{move(cast.nordlicht, 'reseller')}?parent="):
        assert client.get(path).status_code == 403
    assert "Unknown company" in text(
        client.get(move(cast.kirlin, "reseller"), {"parent": cast.umbrella.pk})
    )
    own = f"/reseller/accounts/{cast.nordlicht.pk}/"
    assert "/move/" not in client.get(own).content.decode()


def test_viewers_and_others_do_not_move(client, cast, rival):
    for who, role, status in [
        ("vendor", "distributor", 403),
        ("reseller", "distributor", 403),
        ("distributor2", "distributor", 404),
        ("reseller2", "reseller", 404),
        ("vendor", "vendor", 404),
    ]:
        client = as_(client, cast, who)
        assert client.get(move(cast.nordlicht, role)).status_code == status, who
        assert client.post(move(cast.nordlicht, role), {"parent": rival.pk}).status_code in (
            status,
            405,
        )
    Membership.objects.filter(user=cast.users["distributor"]).update(level="viewer")
    client = as_(client, cast, "distributor")
    assert client.get(move(cast.nordlicht)).status_code == 403
    assert client.post(move(cast.nordlicht), {"parent": rival.pk}).status_code == 403
    assert parent_of(cast.nordlicht) == cast.umbrella


def test_an_account_that_its_hub_keeps_is_not_moved_here(distributor, cast, rival):
    hub = cast.connection.hub
    hub.type = "OA"
    hub.save()
    kept = factories.account(cast.partners["distributor"], rival, name="Kept", hub=hub)
    page = distributor.get(move(kept))
    assert "This account cannot be moved" in text(page)
    assert "Show the effects" not in text(page)
    page = distributor.post(move(kept), {"parent": cast.umbrella.pk, "fingerprint": "x"})
    assert page.status_code == 422
    assert parent_of(kept) == rival


def test_the_effects_cost_the_same_for_one_and_for_many(distributor, cast, rival):
    cast.order()

    def cost():
        distributor.get(move(cast.nordlicht), {"parent": rival.pk})
        with CaptureQueriesContext(connection) as queries:
            distributor.get(move(cast.nordlicht), {"parent": rival.pk})
        return len(queries)

    few = cost()
    for number in range(12):
        buyer = factories.account(
            cast.partners["distributor"], cast.nordlicht, name=f"B{number}", type="customer"
        )
        cast.order(product=cast.plain, customer=buyer)
    assert cost() == few
    assert few <= 24


def test_a_vendor_moves_its_previews_and_reads_no_names_of_resellers(client, cast):
    vendor = cast.actor("vendor")

    def preview(name, parent=None):
        return create_account(
            actor=vendor,
            provider=cast.partners["distributor"],
            parent=parent,
            environment="preview",
            data=factories.account_data(name=name),
        )

    first, second = preview("First preview"), preview("Second preview")
    moved = preview("Moved preview", first)
    AccountAccess.objects.create(
        partner=cast.partners["reseller"], account=first, kind="operates", started_at=timezone.now()
    )
    client = as_(client, cast, "vendor")
    assert move(moved, "vendor") in client.get(f"/vendor/accounts/{moved.pk}/").content.decode()
    page = client.get(move(moved, "vendor"), {"parent": second.pk})
    assert "Parent before First preview after Second preview" in text(page)
    assert "No longer sees it" not in text(page)
    page = client.post(move(moved, "vendor"), fields(page), follow=True)
    assert "Moved preview hangs below Second preview now." in text(page)
    assert parent_of(moved) == second
    TierAccount.objects.filter(pk=second.pk).update(owner=cast.partners["distributor"])
    said = text(client.get(move(moved, "vendor"), {"parent": first.pk}))
    assert "Parent before A reseller that is not named to you after First preview" in said
    assert "Second preview" not in said
