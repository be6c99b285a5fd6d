"""Ordering while others approve, reject, edit and move: nothing is parked for ever."""

import time
from functools import partial
from threading import Thread

import pytest
from django.db import connection, transaction

from customers.services.accounts import move_account
from fulfillment.models import FulfillmentRequest
from tests import factories
from tests.factories import steps
from tests.races.threads import PATIENCE, refusals, together, until_blocked
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import requests as setups

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 4


@pytest.fixture
def offered(cast):
    def make(*scopes):
        product = factories.product(cast.partners["vendor"], authorization_level=2)
        factories.offer(product, cast.partners["distributor"])
        factories.item(product)
        for scope in scopes:
            factories.parameter(product, scope)
            factories.template(product, scope)
        return product

    return make


def place(cast, product, **more):
    return cast.order(product=product, items={product.items.get().pk: 1}, **more)


def several(cast, product, count=4):
    return [place(cast, product) for _number in range(count)]


def alone(call, *arguments):
    """For a thread: the call, on a connection that is closed after it."""
    try:
        call(*arguments)
    finally:
        connection.close()


def states(product):
    rows = FulfillmentRequest.objects.filter(subscription__product=product)
    return sorted(set(rows.values_list("state", flat=True)))


def test_approving_tier_2_while_ordering(cast, offered, consistent):
    vendor = cast.actor("vendor")
    for _round in range(ROUNDS):
        product = offered("tier1", "tier2")
        place(cast, product)
        request = steps.setup(2, configuration__product=product)
        together(
            [
                partial(several, cast, product),
                partial(several, cast, product),
                partial(steps.approve, request, vendor),
            ]
        )
        consistent()
        assert states(product) == ["tiers_setup"]
        steps.configure(1, vendor, configuration__product=product)
        assert states(product) == ["pending"]


def test_approving_tier_2_while_new_resellers_order(cast, offered, consistent):
    """Each order begins a tier 1 setup below the tier 2 that is being approved."""
    vendor, home = cast.actor("vendor"), cast.partners["distributor"]
    resellers = [factories.account(home, cast.umbrella) for _number in range(6)]
    buyers = [factories.account(home, each, type="customer") for each in resellers]
    for number in range(ROUNDS + 2):
        product = offered("tier1", "tier2")
        place(cast, product)
        request = steps.setup(2, configuration__product=product)

        def approve(request=request, pause=number / 100):
            time.sleep(pause)
            steps.approve(request, vendor)

        results = together(
            [
                approve,
                *[partial(place, cast, product, customer=buyer) for buyer in buyers],
            ]
        )
        assert refusals(results) == []
        consistent()
        for tier1 in TierConfigRequest.objects.filter(
            configuration__product=product, configuration__tier_level=1
        ):
            steps.approve(tier1, vendor)
        assert states(product) == ["pending"]


@pytest.mark.parametrize("scopes", [("tier1",), ("tier2",), ("tier1", "tier2")])
def test_an_approval_that_waits_for_an_order_releases_it(cast, offered, consistent, scopes):
    """The order is written when the approval has begun already, and does not see it yet."""
    vendor, product = cast.actor("vendor"), offered(*scopes)
    place(cast, product)
    for level in (2, 1):
        if f"tier{level}" not in scopes:
            continue
        request = steps.setup(level, configuration__product=product)
        approval = Thread(target=alone, args=[steps.approve, request, vendor], daemon=True)
        with transaction.atomic():
            place(cast, product)
            approval.start()
            assert until_blocked(approval)
        approval.join(PATIENCE)
        assert TierConfig.objects.get(pk=request.configuration_id).configured
    assert states(product) == ["pending"]
    consistent()


def test_approving_the_only_tier_while_ordering(cast, offered, consistent):
    for scope, level in (("tier1", 1), ("tier2", 2)) * 2:
        product = offered(scope)
        place(cast, product)
        request = steps.setup(level, configuration__product=product)
        together(
            [
                partial(several, cast, product),
                partial(several, cast, product),
                partial(steps.approve, request, cast.actor("vendor")),
            ]
        )
        assert states(product) == ["pending"]
    consistent()


def test_rejecting_tier_2_while_ordering(cast, offered, consistent):
    vendor = cast.actor("vendor")
    for _round in range(ROUNDS):
        product = offered("tier1", "tier2")
        place(cast, product)
        request = steps.setup(2, configuration__product=product)
        together(
            [
                partial(several, cast, product),
                partial(several, cast, product),
                partial(setups.fail_request, request, actor=vendor, reason="No contract."),
            ]
        )
        consistent()
        place(cast, product)
        for level in (2, 1):
            steps.configure(level, vendor, configuration__product=product)
        assert set(states(product)) <= {"failed", "pending"}
        consistent()


def awaiting_both(cast, offered, number):
    """Pending requests of tier 2 and tier 1 that do not wait for each other, but an order for both.

    The reseller has moved: its setup began below another parent.
    """
    vendor, distributor = cast.actor("vendor"), cast.actor("distributor")
    reseller = factories.account(cast.partners["distributor"], cast.umbrella)
    buyer = factories.account(cast.partners["distributor"], reseller, type="customer")
    product = offered("tier1", "tier2")
    own = {"configuration__product": product}
    place(cast, product, customer=buyer)
    steps.configure(2, vendor, **own)
    rival = factories.account(cast.partners["distributor"], name=f"Rival {number}")
    move_account(reseller, actor=distributor, parent=rival)
    order = place(cast, product, customer=buyer)
    tier2 = steps.setup(2, configuration__account=rival, **own)
    tier1 = steps.setup(1, **own)
    assert (tier2.state, tier1.state, order.state) == ("pending", "pending", "tiers_setup")
    return product, tier2, tier1


def test_approving_tier_2_of_two_parents_and_tier_1_at_once(cast, offered, consistent):
    """An order that needs two approvals is released by whichever comes second."""
    vendor = cast.actor("vendor")
    for number in range(ROUNDS + 2):
        product, *both = awaiting_both(cast, offered, number)
        together([partial(steps.approve, each, vendor) for each in both])
        assert states(product) == ["pending"]
    consistent()


def test_of_two_approvals_that_complete_an_order_the_second_sees_the_first(
    cast, offered, consistent
):
    vendor = cast.actor("vendor")
    for number in range(2):
        product, *both = awaiting_both(cast, offered, number)
        first, second = both if number else reversed(both)
        late = Thread(target=alone, args=[steps.approve, second, vendor], daemon=True)
        with transaction.atomic():
            steps.approve(first, vendor)
            late.start()
            assert until_blocked(late)
        late.join(PATIENCE)
        assert states(product) == ["pending"]
    consistent()


def test_orders_that_begin_the_same_configurations(cast, offered, consistent):
    for _round in range(ROUNDS):
        product = offered("tier1", "tier2")
        results = together([partial(place, cast, product)] * 4)
        assert refusals(results) == []
        assert TierConfig.objects.filter(product=product).count() == 2
        assert TierConfigRequest.objects.filter(configuration__product=product).count() == 2
        assert states(product) == ["tiers_setup"]
    consistent()


def test_preview_orders_that_begin_the_same_configurations(cast, offered):
    product = offered("tier1", "tier2")
    together([partial(place, cast, product, connection=None)] * 4)
    assert TierConfig.objects.filter(product=product).count() == 2
