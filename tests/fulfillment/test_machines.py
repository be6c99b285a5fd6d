"""Who may do what to orders and subscriptions, in which state."""

import pytest
from django.utils import timezone

from customers.lifecycle import advance
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import requests as orders
from tests.customers.matrix import check_completeness, check_machine, rows

ORDER = (
    rows("system", "tiers_setup", "release ask cascade")
    | rows("distributor, reseller, parent, admin", "tiers_setup inquiring", "withdraw")
    | rows("vendor, admin", "pending", "approve inquire")
    | rows("vendor, admin", "pending inquiring", "fail")
    | rows("vendor, distributor, admin", "inquiring", "pend")
    | rows("reseller, parent, distributor, admin, contact", "inquiring", "answer")
)
SUBSCRIPTION = rows("system", "processing", "activate terminate")


def take_order(request, step, actor):
    template = request.subscription.product.templates.get(scope="asset")
    given = {
        "approve": {"template": template},
        "inquire": {"errors": {}, "message": "For how long?"},
        "answer": {"values": {}},
        "fail": {"reason": "Out of stock."},
        "withdraw": {"reason": "Ordered twice."},
        "pend": {},
    }
    if step in given:
        return getattr(orders, f"{step}_request")(request, actor=actor, **given[step])
    more = {"reason": "Tier 1 was rejected."} if step == "cascade" else {}
    return advance(request, step, actor=actor, **more)


@pytest.fixture
def order_in(cast):
    order = cast.order()

    def in_state(state):
        FulfillmentRequest.objects.filter(pk=order.pk).update(
            state=state,
            reason="For a reason." if state == "failed" else "",
            decided_at=timezone.now() if state in ("approved", "failed", "revoked") else None,
        )
        return FulfillmentRequest.objects.get(pk=order.pk)

    return in_state


@pytest.fixture
def subscription_in(cast):
    subscription = cast.order().subscription

    def in_state(state):
        Subscription.objects.filter(pk=subscription.pk).update(state=state)
        return Subscription.objects.get(pk=subscription.pk)

    return in_state


def test_the_matrix_of_orders(cast, order_in):
    check_machine(cast, order_in, take_order, ORDER)


def test_the_matrix_of_subscriptions(cast, subscription_in):
    check_machine(
        cast,
        subscription_in,
        lambda subscription, step, actor: advance(subscription, step, actor=actor),
        SUBSCRIPTION,
    )


def test_the_sets_name_every_transition():
    check_completeness(FulfillmentRequest, ORDER)
    check_completeness(Subscription, SUBSCRIPTION)
