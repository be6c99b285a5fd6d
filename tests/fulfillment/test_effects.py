"""Subscriptions fit their open requests; what each type does to them is told in the stories."""

from __future__ import annotations

from fulfillment import consistency
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes
from tests.factories import steps


def test_check_trees_names_subscriptions_that_do_not_fit_their_request(cast):
    placed = cast.order(product=cast.plain)
    cancelled = changes.request_cancel(steps.subscribe(cast), actor=cast.actor("reseller"))
    lost = steps.subscribe(cast)
    FulfillmentRequest.objects.filter(pk=placed.pk).update(state="draft")
    Subscription.objects.filter(pk=cancelled.subscription_id).update(state="active")
    Subscription.objects.filter(pk=lost.pk).update(state="terminating")
    assert sorted(consistency.problems()) == sorted(
        [
            f"{placed.pk}: an open purchase, but its subscription is processing",
            f"{cancelled.pk}: an open cancel, but its subscription is active",
            f"{lost.pk}: terminating, but no request is open",
        ]
    )
