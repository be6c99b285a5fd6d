"""Any two steps on one order at the same moment end as if one had come after the other.

What either order of the two leads to is tried first and taken back; then both run at once, and
what they answer, and everything they leave, has to be one of the two. Who is refused without
having been too late (his form was older, what he read was going) has changed nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import combinations_with_replacement
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from customers.lifecycle import StaleState
from customers.models import Event, Holding, Product
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes, discarding, drafts, endings, many, nudges, schedule
from fulfillment.services import requests as orders
from fulfillment.services.orders import draft_purchase
from fulfillment.services.purchases import Purchase
from tests import factories
from tests.conftest import Cast
from tests.factories import steps
from tests.fulfillment import desk
from tests.races.threads import POLITE, together
from tierconfig.models import ServiceLevel, UniqueValue

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

#: A run takes every so-manieth pair; RACE_EVERY=1 takes all, which is a matter of minutes.
EVERY = int(os.environ.get("RACE_EVERY", "23"))
LATER = timedelta(days=40)
STEPS = {
    "draft": "submit submit_seen edit edit_seen discard forget overdue change cancel",
    "new draft": "submit edit discard forget overdue",
    "pending": "approve fail inquire plan update overdue many_approve many_fail nudge cancel",
    "inquiring": "answer pend withdraw fail renew update overdue many_fail",
    "scheduled": "approve revoke day many_approve cancel",
    "revoking": "approve confirm overdue many_approve",
    "cancelling": "approve fail plan overdue change",
    "free": "change change_seen cancel suspend adjust draft_change",
}
PAIRS = [
    (base, one, other)
    for base, names in STEPS.items()
    for one, other in combinations_with_replacement(names.split(), 2)
]
#: Steps that lead a pending change to each base.
WAYS = {"inquiring": "inquire", "scheduled": "plan", "revoking": "plan revoke"}


class Desk(desk.Desk):
    """An order in a state, or a subscription without an open one, and what all sides may do."""

    def __init__(self, cast: Cast, base: str) -> None:
        self.cast, self.base, self.now = cast, base, timezone.now()
        self.reseller, self.distributor, self.vendor = map(
            cast.actor, ("reseller", "distributor", "vendor")
        )
        self.item = cast.plain.items.get().pk
        self.text = cast.plain.templates.get(type="fulfillment")
        self.tag = f"{Event.objects.count()}.example"
        if base == "new draft":
            self.request = draft_purchase(self.bought(3), actor=self.reseller)
            self.subscription = self.request.subscription
        else:
            self.subscription = steps.subscribe(cast, values={"asset": {"domain": self.tag}})
            self.begin()
        ServiceLevel.objects.update(terminate=None)
        state = "pending" if base == "cancelling" else base.removeprefix("new ")
        ServiceLevel.objects.filter(state=state).update(terminate=30)

    def begin(self) -> None:
        if self.base == "cancelling":
            self.request = changes.request_cancel(self.subscription, actor=self.reseller)
        elif self.base != "free":
            self.request = self.changed(draft=self.base == "draft")
            for step in WAYS.get(self.base, "").split():
                self.take(step)
            self.request = steps.order(self.request.pk)
        self.subscription = Subscription.objects.get(pk=self.subscription.pk)

    def call(self, name: str) -> Callable[[], Any]:
        """The step as something to call; those of the subscription or the worker need no order."""
        if own := getattr(self, f"do_{name}", None):
            return own
        return partial(getattr(self, name), self.request)

    def bought(self, quantity: int) -> Purchase:
        return Purchase(
            product=self.cast.plain,
            customer=self.cast.kirlin,
            items={self.item: quantity},
            marketplace=self.cast.market,
            connection=self.cast.plain_connection,
            values={"asset": {"domain": f"{quantity}.{self.tag}"}},
        )

    def changed(self, **more: Any) -> FulfillmentRequest:
        given = {"items": {self.item: 9}, "values": {"domain": f"new.{self.tag}"}}
        return changes.request_change(self.subscription, actor=self.reseller, **given, **more)

    def do_draft_change(self) -> Any:
        return self.changed(draft=True)

    def do_change(self, **more: Any) -> Any:
        given = {"actor": self.distributor, "items": {self.item: 12}}
        return changes.request_change(self.subscription, **given, **more)

    def do_change_seen(self) -> Any:
        return self.do_change(revision=self.subscription.revision)

    def do_cancel(self) -> Any:
        return changes.request_cancel(self.subscription, actor=self.distributor)

    def do_suspend(self) -> Any:
        return changes.request_suspend(self.subscription, actor=self.distributor)

    def do_adjust(self) -> Any:
        given = {"values": {"tenant": "t-9"}, "template": self.text, "apply": True}
        return changes.request_adjustment(self.subscription, actor=self.vendor, **given)

    def do_overdue(self) -> int:
        return endings.end_overdue(now=self.now + LATER)

    def do_day(self) -> int:
        return schedule.planned_dates(now=self.now + LATER)

    def do_forget(self) -> int:
        return discarding.expire_drafts(now=self.now + 100 * LATER)

    def do_many_approve(self) -> int:
        return self.many("approve", templates={many.need_of(self.request): self.text})

    def do_many_fail(self) -> int:
        return self.many("fail", reason="No.")

    def many(self, step: str, **more: Any) -> int:
        found = many.decide_orders([self.request], actor=self.vendor, step=step, **more)
        return len(found.decided)

    def submit_seen(self, order: Any) -> Any:
        return drafts.submit_request(order, actor=self.reseller, revision=order.revision)

    def edit(self, order: Any, **more: Any) -> Any:
        if order.type == "purchase":
            more["purchase"] = self.bought(7)
        given = {"items": {self.item: 7}, "values": {"domain": f"other.{self.tag}"}, **more}
        return drafts.edit_draft(order, actor=self.reseller, **given)

    def edit_seen(self, order: Any) -> Any:
        return self.edit(order, revision=order.revision)

    def answer(self, order: Any) -> None:
        values = {"domain": f"answer.{self.tag}"}
        orders.answer_request(order, actor=self.reseller, values=values)

    def renew(self, order: Any) -> Any:
        return orders.renew_request(order, actor=self.vendor)

    def update(self, order: Any) -> Any:
        return orders.update_request(order, actor=self.vendor, values={"tenant": "t-1"})

    def nudge(self, order: Any) -> None:
        nudges.nudge_request(order, actor=self.reseller)

    def left(self) -> Any:
        """All there is of the order and its subscription, but for the times."""
        rows = FulfillmentRequest.objects.filter(subscription=self.subscription.pk).order_by("pk")
        sold = Subscription.objects.filter(pk=self.subscription.pk)
        ids = {*rows.values_list("pk", flat=True), self.subscription.pk}
        ids |= {self.request.pk} if self.base != "free" else set()
        stays = Holding.objects.filter(object_id__in=ids).order_by("object_id", "pk")
        columns = ("pk", "state", "due", "reason", "revision", "inquiry_number", "params")
        return [
            list(rows.values_list(*columns)),
            list(sold.values_list("state", "revision", "params", "items__quantity")),
            sorted(Event.objects.filter(object_id__in=ids).values_list("object_id", "verb")),
            list(stays.values_list("object_id", "state", "holder")),
            sorted(UniqueValue.objects.filter(holder=self.subscription.pk).values_list("key")),
        ]

    def clear_away(self) -> None:
        """Nothing stays that the worker would find in the next race."""
        ServiceLevel.objects.update(terminate=30)
        for chore in (self.do_day, self.do_overdue, self.do_forget):
            chore()
        assert not FulfillmentRequest.objects.filter(state__in=FulfillmentRequest.OPEN).exists()


def said(result: Any) -> str:
    """What a step answered: late or not, a number of the worker's, or that it is done."""
    if isinstance(result, (StaleState, ObjectDoesNotExist)):
        return "late"
    if isinstance(result, PermissionDenied):
        return "denied"
    if isinstance(result, ValidationError):
        return "refused"
    return str(result) if isinstance(result, int) else "done"


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tried(call: Callable[[], Any]) -> str:
    try:
        with transaction.atomic():
            return said(call())
    except POLITE as refusal:
        return said(refusal)


def one_by_one(desk: Desk, *names: str) -> tuple[list[tuple[str, str]], Any]:
    with taken_back():
        return sorted((name, tried(desk.call(name))) for name in names), desk.left()


def race(cast: Cast, base: str, one: str, other: str) -> str:
    """What went wrong, or nothing."""
    desk = Desk(cast, base)
    expected = [one_by_one(desk, one, other), one_by_one(desk, other, one)]
    alone = [one_by_one(desk, one), one_by_one(desk, other)]
    results = together([desk.call(one), desk.call(other)])
    answers = [(one, said(results[0])), (other, said(results[1]))]
    left = desk.left()
    desk.clear_away()
    heard = [each for each in answers if each[1] not in ("late", "refused")]
    if (sorted(answers), left) in expected or (heard, left) in alone:
        return ""
    return f"{base}: {answers} left {left}; expected {expected}"


@pytest.fixture
def able(cast: Cast) -> Cast:
    switches = {f"schedules_{each}s": True for each in ("purchase", "change", "cancel")}
    switches |= {"administrative_hold": True, "editable_ordering_parameters": True}
    Product.objects.filter(pk=cast.plain.pk).update(**switches)
    cast.plain.refresh_from_db()
    factories.parameter(cast.plain, "asset", "domain", required=True, unique=True)
    factories.parameter(cast.plain, "asset", "tenant", phase="fulfillment")
    for kind in ("pending", "inquire"):
        factories.template(cast.plain, "asset", kind)
    rule = {"partner": cast.partners["vendor"], "entity": ServiceLevel.Entity.ORDER}
    for state in ("draft", "pending", "inquiring", "revoking"):
        ServiceLevel.objects.create(**rule, state=state, late=1, overdue=2)
    return cast


def test_two_steps_at_once_end_as_one_after_the_other(
    able: Cast, consistent: Callable[[], None]
) -> None:
    wrong = [problem for pair in PAIRS[::EVERY] if (problem := race(able, *pair))]
    assert not wrong, "\n".join(wrong)
    consistent()
