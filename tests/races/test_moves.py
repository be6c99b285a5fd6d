"""Previewed moves against each other and against other writers: what was said is what is done."""

from functools import partial

import pytest

from customers import trees
from customers.lifecycle import StaleForm
from customers.models import Event, TierAccount
from customers.services.accounts import edit_account
from customers.services.moves import confirm_move, preview_move
from tests import factories
from tests.races.threads import refusals, together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 4


@pytest.fixture
def home(cast):
    return cast.partners["distributor"]


def confirmed(cast, account, parent):
    """A move that was looked at now and is confirmed later."""
    actor = cast.actor("distributor")
    effects = preview_move(account, actor=actor, parent=parent)
    return partial(confirm_move, account, actor=actor, parent=parent, expected=effects.fingerprint)


def test_two_confirm_one_preview_and_one_of_them_moves(cast, home):
    for _round in range(ROUNDS):
        target, node = factories.account(home), factories.account(home)
        factories.account(home, node, type="customer")
        [refused] = refusals(together([confirmed(cast, node, target)] * 2))
        assert getattr(refused, "code", "") in ("stale", "no_change") or "parent" in dict(refused)
        assert TierAccount.objects.get(pk=node.pk).parent == target
        assert Event.objects.filter(object_id=node.pk, verb="tieraccount.move").count() == 1
    assert trees.broken() == []


def test_two_moves_of_one_account_leave_one_winner(cast, home):
    for _round in range(ROUNDS):
        node, first, second = (factories.account(home) for _number in range(3))
        results = together([confirmed(cast, node, first), confirmed(cast, node, second)])
        [refused] = refusals(results)
        assert isinstance(refused, StaleForm)
        [winner] = [each for each in results if each is not refused]
        assert TierAccount.objects.get(pk=node.pk).parent_id == winner[0].parent_id
    assert trees.broken() == []


def test_moves_below_each_other_leave_one_winner(cast, home):
    for _round in range(ROUNDS):
        first, second = factories.account(home), factories.account(home)
        calls = [confirmed(cast, first, second), confirmed(cast, second, first)]
        assert len(refusals(together(calls))) == 1
    assert trees.broken() == []


def test_a_move_of_a_subtree_that_somebody_moves_away_beneath_it(cast, home):
    """Whoever comes second is told that the effects are others now."""
    for _round in range(ROUNDS):
        node, target = factories.account(home), factories.account(home)
        inner = factories.account(home, node)
        factories.account(home, inner, type="customer")
        calls = [confirmed(cast, node, target), confirmed(cast, inner, target)]
        refused = refusals(together(calls))
        assert len(refused) <= 1
        assert all(isinstance(each, StaleForm) for each in refused)
    assert trees.broken() == []


def test_an_edit_beside_a_move_loses_nothing(cast, home):
    for number in range(ROUNDS):
        node, target = factories.account(home), factories.account(home)
        actor = cast.actor("distributor")
        edit = partial(edit_account, node, actor=actor, data={"city": f"City {number}"})
        refused = refusals(together([confirmed(cast, node, target), edit]))
        fresh = TierAccount.objects.get(pk=node.pk)
        assert fresh.city == f"City {number}"
        assert (fresh.parent == target) is not bool(refused)
        assert fresh.version == 3 - len(refused)
    assert trees.broken() == []
