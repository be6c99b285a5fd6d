"""What a reseller sees is decided when the statement runs, not when its actor first looked."""

from django.utils import timezone

from customers.models import AccountAccess, TierAccount
from customers.permissions import by_reseller
from customers.services.accounts import move_account
from tests import factories


def names(actor):
    return set(TierAccount.objects.visible_to(actor).values_list("name", flat=True))


def test_a_tree_renumbered_within_a_request_shows_nothing_foreign(cast):
    home = cast.partners["distributor"]
    top = factories.account(home, name="Top")
    left = factories.account(home, top, name="Left")
    right = factories.account(home, top, name="Right")
    factories.account(home, right, name="Own")
    AccountAccess.objects.create(
        partner=cast.partners["reseller"], account=right, kind="operates", started_at=timezone.now()
    )
    actor = cast.actor("reseller")
    before = names(actor)
    assert {"Right", "Own"} <= before
    for name in ("Secret 1", "Secret 2", "Secret 3"):
        factories.account(home, left, name=name)
    assert names(actor) <= before
    assert names(cast.actor("reseller")) == before


def test_a_subtree_that_left_its_tree_within_a_request_shows_nothing_of_that_tree(cast):
    home = cast.partners["distributor"]
    top = factories.account(home, name="Top")
    right = factories.account(home, top, name="Right")
    factories.account(home, right, name="Own")
    AccountAccess.objects.create(
        partner=cast.partners["reseller"], account=right, kind="operates", started_at=timezone.now()
    )
    actor = cast.actor("reseller")
    assert {"Right", "Own"} <= names(actor)
    move_account(right, actor=cast.actor("distributor"), parent=None)
    for name in ("Secret 1", "Secret 2", "Secret 3"):
        factories.account(home, top, name=name)
    assert not any(name.startswith(("Secret", "Top")) for name in names(actor))
    assert {"Right", "Own"} <= names(cast.actor("reseller"))


def test_an_access_that_ends_within_a_request_shows_nothing_any_more(cast):
    actor = cast.actor("reseller")
    assert names(actor)
    AccountAccess.objects.filter(partner=cast.partners["reseller"]).update(ended_at=timezone.now())
    assert names(actor) == set()


def test_a_right_is_judged_by_the_present_tree_whatever_the_object_has_loaded(cast):
    home = cast.partners["distributor"]
    top = factories.account(home, name="Top")
    left = factories.account(home, top, name="Left")
    right = factories.account(home, top, name="Right")
    own = factories.account(home, right, name="Own")
    AccountAccess.objects.create(
        partner=cast.partners["reseller"], account=right, kind="operates", started_at=timezone.now()
    )
    loaded = TierAccount.objects.get(pk=own.pk)
    assert by_reseller(loaded, cast.actor("reseller"))
    move_account(right, actor=cast.actor("distributor"), parent=None)
    move_account(own, actor=cast.actor("distributor"), parent=left)
    assert not by_reseller(loaded, cast.actor("reseller"))
