"""What every type of request does to its subscription, however it ends (domain 3.7)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from customers.actors import Actor
from customers.lifecycle import hold
from customers.models import Participation, Product
from fulfillment import consistency
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes, decisions
from fulfillment.services import requests as orders
from tests.conftest import Cast
from tests.factories import steps

#: (the subscription before, what is asked): (while it is open, when approved, when not).
TABLE = {
    ("", "purchase"): ("processing", "active", "terminated"),
    ("active", "change"): ("active", "active", "active"),
    ("active", "suspend"): ("active", "suspended", "active"),
    ("suspended", "resume"): ("suspended", "active", "suspended"),
    ("active", "cancel"): ("terminating", "terminated", "active"),
    ("suspended", "cancel"): ("terminating", "terminated", "suspended"),
    ("active", "adjustment"): ("active", "active", "active"),
}
SWITCHES = ("purchases", "changes", "suspends", "resumes", "cancels")


class Desk:
    """Takes a request to its end in the given way."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.vendor = cast, cast.actor("vendor")
        self.buyer = cast.actor("distributor")

    def approve(self, request: FulfillmentRequest) -> FulfillmentRequest:
        return steps.fulfil(request, self.vendor)

    def fail(self, request: FulfillmentRequest) -> FulfillmentRequest:
        return orders.fail_request(request, actor=self.vendor, reason="No.")

    def expire(self, request: FulfillmentRequest) -> FulfillmentRequest:
        with transaction.atomic():
            held = decisions.hold_order(request)
            return decisions.end_held(held, "expire", actor=Actor.system(), reason="Too late.")

    def withdraw(self, request: FulfillmentRequest) -> FulfillmentRequest:
        asked = orders.inquire_request(request, actor=self.vendor, errors={}, message="Why?")
        return orders.withdraw_request(asked, actor=self.buyer, reason="Never mind.")

    def schedule(self, request: FulfillmentRequest) -> FulfillmentRequest:
        tomorrow = timezone.now() + timedelta(days=1)
        return orders.schedule_request(request, actor=self.vendor, planned_date=tomorrow)

    def revoke(self, request: FulfillmentRequest) -> FulfillmentRequest:
        return orders.revoke_request(self.schedule(request), actor=self.buyer, reason="Wait.")

    def approve_scheduled(self, request: FulfillmentRequest) -> FulfillmentRequest:
        return self.approve(self.schedule(request))

    def approve_revoking(self, request: FulfillmentRequest) -> FulfillmentRequest:
        return self.approve(self.revoke(request))

    def confirm(self, request: FulfillmentRequest) -> FulfillmentRequest:
        return orders.confirm_request(self.revoke(request), actor=self.vendor)

    def ends(self, kind: str) -> dict[str, Callable[[Any], Any]]:
        """Ways to end a request of this type, by the state they lead to and a word for them."""
        found = {"approved": self.approve, "failed": self.fail, "failed by time": self.expire}
        if kind in ("purchase", "change"):
            found["failed as withdrawn"] = self.withdraw
        if kind != "adjustment":
            found["approved later"] = self.approve_scheduled
            found["approved although asked back"] = self.approve_revoking
            found["revoked"] = self.confirm
        return found


def ask(cast: Cast, before: str, kind: str) -> FulfillmentRequest:
    """A pending request of this type."""
    if kind == "purchase":
        return cast.order(product=cast.plain)
    buyer, vendor = cast.actor("distributor"), cast.actor("vendor")
    subscription = steps.subscribe(cast)
    if before == "suspended":
        steps.fulfil(changes.request_suspend(subscription, actor=buyer), vendor)
    if kind == "change":
        wanted = {subscription.items.get().item_id: 9}
        return changes.request_change(subscription, actor=buyer, items=wanted)
    if kind == "adjustment":
        text = cast.plain.templates.get()
        return changes.request_adjustment(subscription, actor=vendor, values={}, template=text)
    return getattr(changes, f"request_{kind}")(subscription, actor=buyer)


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


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


@pytest.mark.parametrize(("before", "kind"), TABLE)
def test_a_request_does_to_its_subscription_what_the_table_says(cast, before, kind):
    switches = {f"schedules_{each}": True for each in SWITCHES}
    Product.objects.filter(pk=cast.plain.pk).update(administrative_hold=True, **switches)
    cast.plain.refresh_from_db()
    request = ask(cast, before, kind)
    row = Subscription.objects.get(pk=request.subscription_id)
    during, approved, refused = TABLE[before, kind]
    assert (request.state, row.state) == ("pending", during)
    for way, end in Desk(cast).ends(kind).items():
        with taken_back():
            done = end(steps.order(request.pk))
            row = hold(row)
            assert done.state == way.split()[0], way
            assert row.state == (approved if done.state == "approved" else refused), way
            bought = 9 if (kind, done.state) == ("change", "approved") else 5
            assert row.items.get().quantity == bought, way
            living = Participation.objects.filter(source=row.pk, live=True).exists()
            assert living == (row.state != "terminated"), way
            call_command("check_trees", stdout=io.StringIO())
