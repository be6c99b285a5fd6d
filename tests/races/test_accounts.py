"""What happens to accounts at the same moment: to resellers of orders, to lists of new ones."""

from functools import partial

import pytest

from customers import trees
from customers.models import Participation, TierAccount
from customers.services.accounts import edit_account
from customers.services.decommission import decommission_account
from customers.services.together import NewAccount, create_accounts
from tests import factories
from tests.races.threads import refusals, together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def end(account, actor):
    return decommission_account(account, actor=actor)


def demote(account, actor):
    return edit_account(account, actor=actor, data={"type": "customer"})


@pytest.mark.parametrize("step", [end, demote])
def test_a_reseller_is_a_tier_or_no_reseller_never_both(cast, step):
    home, distributor = cast.partners["distributor"], cast.actor("distributor")
    for _round in range(6):
        reseller = factories.account(home, cast.umbrella)
        buyer = factories.account(home, reseller, type="customer")
        move = partial(
            edit_account, buyer, actor=cast.actor("distributor"), data={}, parent=cast.umbrella
        )
        order = partial(cast.order, product=cast.plain, customer=buyer)
        together([move, order, partial(step, reseller, distributor)])
        after = TierAccount.objects.get(pk=reseller.pk)
        sold = Participation.objects.filter(account=reseller, live=True).exists()
        assert not (sold and (after.decommissioned_at or after.type == "customer"))


def test_an_account_is_sold_to_or_decommissioned_never_both(cast):
    home, distributor = cast.partners["distributor"], cast.actor("distributor")
    for _round in range(6):
        buyer = factories.account(home, cast.nordlicht, type="customer")
        results = together(
            [
                partial(cast.order, product=cast.plain, customer=buyer),
                partial(decommission_account, buyer, actor=distributor),
            ]
        )
        [refused] = refusals(results)
        assert "subscription" in str(refused) or "decommissioned" in str(refused)


def test_two_people_decommission_once(cast):
    leaf = factories.account(cast.partners["distributor"])
    actors = [cast.actor("distributor"), cast.actor("admin")]
    results = together([partial(decommission_account, leaf, actor=actor) for actor in actors])
    assert len(refusals(results)) == 1


def test_lists_of_new_accounts_in_opposite_order_do_not_wait_for_each_other(cast):
    home, before = cast.partners["distributor"], TierAccount.objects.count()
    parents = [cast.umbrella, factories.account(home)]

    def create(order):
        for _number in range(4):
            wanted = [
                NewAccount(provider=home, data=factories.account_data(), parent=parent)
                for parent in order
            ]
            create_accounts(wanted, actor=cast.actor("distributor"))

    together([partial(create, parents), partial(create, parents[::-1])])
    assert TierAccount.objects.count() == before + 1 + 2 * 4 * 2
    assert trees.broken() == []
