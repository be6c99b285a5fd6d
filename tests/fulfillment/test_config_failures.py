"""Setups and orders that fail, are withdrawn, or whose reseller moves away meanwhile."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.lifecycle import StaleState
from customers.models import Product, TierAccount
from customers.services.accounts import move_account
from customers.services.decommission import decommission_account
from fulfillment.services import requests as orders
from tests import factories
from tests.factories import steps
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import requests as setups
from tierconfig.services.configs import begin_setup, request_change
from tierconfig.services.drafts import discard_request, submit_request


def test_a_failed_tier_1_setup_fails_the_orders_and_a_new_one_begins_again(cast, vendor):
    order = cast.order()
    steps.configure(2, vendor)
    setups.fail_request(steps.setup(1), actor=cast.actor("distributor"), reason="Not our reseller")
    order = steps.order(order.pk)
    assert (order.state, order.subscription.state) == ("failed", "terminated")
    assert "Not our reseller" in order.reason
    assert steps.states() == {2: ("active", "approved"), 1: ("processing", "failed")}
    again = cast.order()
    assert steps.setup(1).pk.endswith("-002")
    assert steps.setup(1).state == "inquiring"
    steps.configure(1, vendor)
    assert steps.order(again.pk).state == "pending"
    assert steps.config(1).requests.count() == 2


def test_a_failed_tier_2_setup_takes_tier_1_and_the_order_along_and_restarts(cast, vendor):
    order = cast.order()
    configs = set(TierConfig.objects.values_list("pk", flat=True))
    setups.fail_request(steps.setup(2), actor=vendor, reason="No contract")
    order, tier1 = steps.order(order.pk), steps.setup(1)
    found = (tier1.state, order.state, order.subscription.state)
    assert found == ("failed", "failed", "terminated")
    assert "No contract" in tier1.reason
    assert "No contract" in order.reason
    assert not steps.config(2).configured
    again = cast.order()
    assert again.state == "tiers_setup"
    assert set(TierConfig.objects.values_list("pk", flat=True)) == configs
    assert [steps.setup(k).pk[-4:] for k in (1, 2)] == ["-002", "-002"]
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    assert steps.order(again.pk).state == "pending"


def test_a_failure_spares_orders_that_do_not_wait_for_it(cast, vendor):
    plain = cast.order(product=cast.plain)
    sibling = factories.account(cast.partners["distributor"], cast.umbrella, name="Sibling")
    buyer = factories.account(cast.partners["distributor"], sibling, type="customer")
    steps_order = cast.order()
    other = cast.order(customer=buyer)
    steps.configure(2, vendor)
    nordlicht = steps.setup(1, configuration__account=cast.nordlicht)
    setups.fail_request(nordlicht, actor=vendor, reason="No contract")
    found = [steps.order(each.pk).state for each in (plain, steps_order, other)]
    assert found == ["pending", "failed", "tiers_setup"]


def test_a_moved_reseller_waits_for_both_parents_setups(cast, vendor):
    """The parked tier 1 setup follows the tier 2 it was born below, the new order needs both."""
    first = cast.order()
    rival = factories.account(cast.partners["distributor"], name="Rival")
    move_account(cast.nordlicht, actor=cast.actor("distributor"), parent=rival)
    second = cast.order()
    assert set(second.required_configurations.values_list("account__name", flat=True)) == {
        "Rival",
        "Nordlicht Systemhaus GmbH",
    }
    steps.configure(2, vendor, configuration__account=rival)
    assert steps.setup(1).state == "tiers_setup"
    steps.configure(2, vendor, configuration__account=cast.umbrella)
    steps.configure(1, vendor)
    assert {steps.order(each.pk).state for each in (first, second)} == {"pending"}


def test_a_rejected_old_parent_takes_along_what_is_parked_below_it(cast, vendor):
    """The second order needs the tier 1 setup that waits for the first parent, so it ends too."""
    first = cast.order()
    rival = factories.account(cast.partners["distributor"], name="Rival")
    move_account(cast.nordlicht, actor=cast.actor("distributor"), parent=rival)
    second = cast.order()
    old = steps.setup(2, configuration__account=cast.umbrella)
    setups.fail_request(old, actor=vendor, reason="No contract")
    assert {steps.order(each.pk).state for each in (first, second)} == {"failed"}
    assert steps.setup(2, configuration__account=rival).state == "inquiring"
    third = cast.order()
    steps.configure(2, vendor, configuration__account=rival)
    steps.configure(1, vendor)
    assert steps.order(third.pk).state == "pending"


def test_a_failed_update_leaves_values_and_orders_alone(cast, vendor):
    waiting = cast.order()
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    request_change(steps.config(2), actor=cast.actor("parent"), values={"tier2_vat": "DE9"})
    setups.fail_request(steps.setup(2), actor=vendor, reason="Wrong number")
    assert steps.states()[2] == ("active", "failed")
    assert steps.config(2).params["tier2_vat"]["value"] == "value of tier2_vat"
    assert steps.order(waiting.pk).state == "pending"


@pytest.mark.parametrize("who", ["distributor", "reseller", "parent"])
def test_a_withdrawn_order_leaves_the_setups_going_on(cast, vendor, who):
    order = cast.order()
    order = orders.withdraw_request(order, actor=cast.actor(who), reason="Ordered twice.")
    assert (order.state, order.subscription.state) == ("failed", "terminated")
    assert steps.states() == {2: ("processing", "inquiring"), 1: ("processing", "tiers_setup")}
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    assert steps.order(order.pk).state == "failed"
    assert cast.order().state == "pending"


def test_withdrawing_needs_a_reason_and_the_right_moment(cast, vendor):
    parked = cast.order()
    with pytest.raises(ValidationError):
        orders.withdraw_request(parked, actor=cast.actor("distributor"), reason=" ")
    pending = cast.order(product=cast.plain)
    with pytest.raises(StaleState):
        orders.withdraw_request(pending, actor=cast.actor("distributor"), reason="Twice.")
    with pytest.raises(PermissionDenied):
        orders.withdraw_request(parked, actor=vendor, reason="Twice.")


@pytest.mark.parametrize("field", ["account", "product", "tier_level"])
def test_a_draft_that_could_not_be_begun_any_more_is_not_submitted(cast, field):
    Product.objects.update(validates_setups=True)
    idle = factories.account(cast.partners["distributor"], name="Idle")
    actor = cast.actor("distributor")
    draft = begin_setup(
        product=Product.objects.get(pk=cast.product.pk),
        account=idle,
        tier_level=1,
        connection=cast.connection,
        marketplace=cast.market,
        actor=actor,
    )
    if field == "account":
        decommission_account(TierAccount.objects.get(pk=idle.pk), actor=actor)
    elif field == "product":
        Product.objects.update(state=Product.State.END_OF_SALE)
    else:
        Product.objects.update(authorization_level=0)
    with pytest.raises(ValidationError) as refused:
        submit_request(TierConfigRequest.objects.get(pk=draft.pk), actor=actor)
    assert set(refused.value.error_dict) == {field}
    discard_request(TierConfigRequest.objects.get(pk=draft.pk), actor=actor)
    assert not TierConfig.objects.exists()
