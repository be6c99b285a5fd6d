"""Who may do what to orders and subscriptions, in which state."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.lifecycle import advance
from customers.models import Participation, Product
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import drafts
from fulfillment.services import requests as orders
from tests.customers.matrix import check_completeness, check_machine, rows

ORDER = (
    # The order is the distributor's own, so that it alone submits its draft.
    rows("distributor, admin", "draft", "submit")
    | rows("system", "draft", "submit_and_ask submit_and_park")
    | rows("system", "tiers_setup", "release ask cascade")
    | rows("distributor, reseller, parent, admin", "tiers_setup inquiring", "withdraw")
    | rows("vendor, admin, system", "pending scheduled revoking", "approve")
    | rows("vendor, admin", "pending", "inquire schedule")
    | rows("distributor, admin", "scheduled", "revoke")
    | rows("vendor, admin", "revoking", "confirm")
    | rows("system", "pending inquiring revoking", "expire")
    | rows("vendor, admin", "pending inquiring", "fail")
    | rows("vendor, distributor, admin", "inquiring", "pend")
    | rows("reseller, parent, distributor, admin, contact", "inquiring", "answer")
)
SUBSCRIPTION = (
    rows("system", "draft", "process")
    | rows("system", "processing suspended terminating", "activate")
    | rows("system", "active terminating", "suspend")
    | rows("system", "active suspended", "begin_termination")
    | rows("system", "processing terminating", "terminate")
)
OTHERS = {"submit": drafts.submit_request}


def take_order(request, step, actor):
    template = request.subscription.product.templates.get(scope="asset")
    given = {
        "approve": {"template": template},
        "inquire": {"errors": {}, "message": "For how long?"},
        "answer": {"values": {}},
        "fail": {"reason": "Out of stock."},
        "withdraw": {"reason": "Ordered twice."},
        "pend": {},
        "submit": {},
        "schedule": {"planned_date": timezone.now() + timedelta(days=3)},
        "revoke": {"reason": "Not needed yet."},
        "confirm": {},
    }
    if step in given:
        service = OTHERS.get(step) or getattr(orders, f"{step}_request")
        return service(request, actor=actor, **given[step])
    more = {"reason": "It took too long."} if step in ("cascade", "expire") else {}
    return advance(request, step, actor=actor, **more)


@pytest.fixture
def order_in(cast):
    Product.objects.filter(pk=cast.plain.pk).update(schedules_purchases=True)
    order = cast.order(product=cast.plain)
    subscription = Subscription.objects.filter(pk=order.subscription_id)

    def in_state(state):
        now = timezone.now()
        FulfillmentRequest.objects.filter(pk=order.pk).update(
            state=state,
            reason="For a reason." if state in ("failed", "revoking", "revoked") else "",
            planned_date=now if state in ("scheduled", "revoking") else None,
            decided_at=now if state in ("approved", "failed", "revoked") else None,
        )
        subscription.update(state="draft" if state == "draft" else "processing")
        if state == "draft":
            Participation.objects.filter(source=order.subscription_id).delete()
            order.subscription.items.all().delete()
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
