"""Every type of request in every way it can go: what is asked, what happens, what is left.

Types and ways are tables; each of their pairs is a story, and each story is looked at from all
sides: request, subscription, items, values, unique values, who takes part, Control Panel, holders,
events. What cannot happen to a type is refused, and named too.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction

from customers.lifecycle import StaleState
from customers.models import Event, Holding, Participation, Product
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes
from fulfillment.services import requests as orders
from fulfillment.services.orders import draft_purchase
from fulfillment.services.purchases import Purchase
from tests import factories
from tests.conftest import Cast
from tests.factories import steps
from tests.factories.steps import refusal
from tierconfig.models import UniqueValue
from tierconfig.services.uniqueness import key_of

from .desk import NEW, OLD, VALUED, Desk

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
ASKED = ("purchase", "change")
PLANNED = ("purchase", "change", "suspend", "resume", "cancel")
ALL = (*PLANNED, "adjustment")
#: Way: the steps, the states a request comes through ("due" is scheduled and the vendor's turn),
#: and the types that can go it. Without an end state the request is gone.
WAYS = {
    "approved": ("approve", "pending approved", ALL),
    "rejected": ("fail", "pending failed", ALL),
    "asked and withdrawn": ("inquire withdraw", "pending inquiring failed", ASKED),
    "asked and rejected": ("inquire fail", "pending inquiring failed", ASKED),
    "answered": ("inquire answer approve", "pending inquiring pending approved", ASKED),
    "not asked any more": ("inquire pend approve", "pending inquiring pending approved", ASKED),
    "planned, by hand": ("schedule approve", "pending scheduled approved", PLANNED),
    "planned, by itself": ("plan day", "pending scheduled approved", PLANNED),
    "planned, on its day by hand": (
        "schedule day approve",
        "pending scheduled due approved",
        PLANNED,
    ),
    "planned, with a problem": (
        "plan require day approve",
        "pending scheduled due approved",
        ASKED,
    ),
    "asked back": ("schedule revoke confirm", "pending scheduled revoking revoked", PLANNED),
    "asked back when due": (
        "schedule day revoke confirm",
        "pending scheduled due revoking revoked",
        PLANNED,
    ),
    "asked back in vain": (
        "schedule revoke approve",
        "pending scheduled revoking approved",
        PLANNED,
    ),
    "too long pending": ("expire", "pending failed", ALL),
    "too long asked": ("inquire expire", "pending inquiring failed", ASKED),
    "too long asked back": (
        "schedule revoke expire",
        "pending scheduled revoking failed",
        PLANNED,
    ),
    "a draft, sent": ("submit approve", "draft pending approved", ASKED),
    "a draft, given up": ("discard", "draft", ASKED),
    "a draft, forgotten": ("forget", "draft", ASKED),
    "a draft, too old": ("expire", "draft", ASKED),
}
#: Beginning of what the Control Panel shows while a request is in a state.
SHOWN = {"draft": "", "inquiring": "Asked: "} | dict.fromkeys(
    ("pending", "scheduled", "revoking"), "In work: "
)


@pytest.fixture
def able(cast: Cast) -> Cast:
    """The plain product with every switch on, two items, values and texts of all kinds."""
    switches = {f"schedules_{each}s": True for each in PLANNED}
    switches |= {"administrative_hold": True, "editable_ordering_parameters": True}
    Product.objects.filter(pk=cast.plain.pk).update(**switches)
    cast.plain.refresh_from_db()
    factories.parameter(cast.plain, "asset", "domain", required=True, unique=True)
    factories.parameter(cast.plain, "asset", "tenant", phase="fulfillment", required=True)
    factories.item(cast.plain)
    cast.plain.templates.update(body="Ready: {{ domain }}")
    for kind, word in (("pending", "In work"), ("inquire", "Asked")):
        factories.template(cast.plain, "asset", kind, body=f"{word}: {{{{ domain }}}}")
    return cast


def ask(cast: Cast, before: str, kind: str, *, draft: bool) -> FulfillmentRequest:
    """What the story begins with."""
    reseller, vendor = cast.actor("reseller"), cast.actor("vendor")
    one, two = cast.plain.items.order_by("pk")
    domain = {"asset": {"domain": NEW}}
    if kind == "purchase":
        place, actor = (cast.plain, cast.kirlin, {one.pk: 5}, cast.market), cast.actor("reseller")
        bought = Purchase(*place, cast.plain_connection, values=domain)
        return (
            draft_purchase(bought, actor=actor)
            if draft
            else cast.order(product=cast.plain, actor=actor, values=domain)
        )
    placed = cast.order(product=cast.plain, values={"asset": {"domain": OLD}})
    subscription = steps.fulfil(placed, vendor, values={"tenant": "t-0"}).subscription
    if before == "suspended":
        steps.fulfil(changes.request_suspend(subscription, actor=reseller), vendor)
    if kind == "change":
        given: dict[str, Any] = {"items": {one.pk: 9, two.pk: 2}, "values": {"domain": NEW}}
        return changes.request_change(subscription, actor=reseller, draft=draft, **given)
    if kind == "adjustment":
        return changes.request_adjustment(subscription, actor=vendor, values={"domain": NEW})
    made: FulfillmentRequest = getattr(changes, f"request_{kind}")(subscription, actor=reseller)
    return made


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize(("before", "kind"), TABLE)
def test_each_type_goes_each_way_and_leaves_what_the_tables_say(able, before, kind):
    for draft in (False, True):
        ways = {
            way: row
            for way, row in WAYS.items()
            if kind in row[2] and row[1].startswith("draft") is draft
        }
        with taken_back():
            request = ask(able, before, kind, draft=draft) if ways else None
            for way, (taken, path, _kinds) in ways.items():
                with taken_back():
                    tell(able, request, taken.split(), path.split(), before, way)


def tell(
    cast: Cast, request: Any, taken: list[str], path: list[str], before: str, way: str
) -> None:
    desk, kind = Desk(cast, request), request.type
    told = Event.objects.filter(object_id=request.subscription_id).count()
    states = [each for each in path if each != "due"]
    for step in taken:
        row = FulfillmentRequest.objects.get(pk=request.pk)
        domain = NEW if kind in VALUED else OLD
        assert row.template_text == (SHOWN[row.state] and SHOWN[row.state] + domain), way
        desk.take(step)
    gone = path == ["draft"]
    assert FulfillmentRequest.objects.filter(pk=request.pk).exists() is not gone, way
    if not gone:
        check_request(FulfillmentRequest.objects.get(pk=request.pk), path, way)
    check_verbs(request, taken, way)
    row = Subscription.objects.filter(pk=request.subscription_id).first()
    if gone and kind == "purchase":
        assert row is None, way
        assert not UniqueValue.objects.exists(), way
    else:
        assert row is not None
        check_subscription(row, kind, before, states[-1], way)
        moves = Event.objects.filter(object_id=row.pk).count() - told
        assert moves == moved(kind, states), way
    call_command("check_trees", stdout=io.StringIO())


def check_request(row: FulfillmentRequest, path: list[str], way: str) -> None:
    assert (row.state, row.due, bool(row.reason)) == (path[-1], False, path[-1] != "approved"), way
    held = list(Holding.objects.filter(object_id=row.pk).order_by("started_at", "pk"))
    holders = {"scheduled": "date", "inquiring": "contact", "draft": "creator"}
    assert [each.holder for each in held] == [holders.get(p, "vendor") for p in path[:-1]], way
    assert all(one.ended_at == other.started_at for one, other in pairwise(held)), way
    spans = [each.ended_at - each.started_at for each in held if each.ended_at]
    assert row.decided_at is not None
    assert sum(spans, timedelta()) == row.decided_at - row.created_at, way


def check_verbs(request: FulfillmentRequest, taken: list[str], way: str) -> None:
    """One event for each step."""
    events = Event.objects.filter(object_id=request.pk).order_by("at", "pk")
    verbs = [each.verb.removeprefix("fulfillmentrequest.") for each in events]
    words = {"plan": "schedule", "forget": "discard", "day": "due"}
    wanted = [words.get(step, step) for step in taken if step != "require"]
    if "plan" in taken and "require" not in taken:
        wanted[-1] = "approve"
    if way == "a draft, too old":
        wanted = ["discard"]
    assert [each for each in verbs if each not in ("created", "update")] == wanted, way
    assert verbs[0] == "created"


def check_subscription(row: Subscription, kind: str, before: str, end: str, way: str) -> None:
    approved, refused = TABLE[before, kind][1:]
    done = end == "approved"
    assert row.state == ((approved if done else refused) if end != "draft" else before), way
    bought = {"SKU1": 9, "SKU2": 2} if (kind, done) == ("change", True) else {"SKU1": 5}
    assert dict(row.items.values_list("item__local_id", "quantity")) == bought, way
    first = kind == "purchase"
    domain = NEW if done and kind in VALUED else ("" if first else OLD)
    assert row.params.get("domain", {}).get("value", "") == domain, way
    tenant = "t-1" if first and done else ("" if first else "t-0")
    assert row.params.get("tenant", {}).get("value", "") == tenant, way
    assert row.template_text == (domain and f"Ready: {domain}"), way
    living = Participation.objects.filter(source=row.pk, live=True).count()
    assert living == (0 if row.state == "terminated" else 3), way
    parameter = row.product.parameters.get(name="domain")
    held = set(UniqueValue.objects.filter(holder=row.pk).values_list("key", flat=True))
    assert held == ({key_of(parameter, {"value": domain})} if living else set()), way


def moved(kind: str, states: list[str]) -> int:
    """How many steps of the subscription a story is; its birth and that of a cancel are told."""
    sent = 1 if kind == "purchase" and states[0] == "draft" else 0
    ends = {"purchase": 1, "cancel": 1}.get(kind, 0)
    if kind in ("suspend", "resume"):
        ends = int(states[-1] == "approved")
    return sent + ends


@pytest.mark.parametrize(("before", "kind"), TABLE)
def test_what_cannot_happen_to_a_type_is_refused(able, before, kind):
    request = ask(able, before, kind, draft=False)
    desk = Desk(able, request)
    if kind not in ASKED:
        given = {"actor": able.actor("vendor"), "errors": {}, "message": "Why?"}
        assert refusal(orders.inquire_request, request, **given) == {"": "type"}
    if kind not in PLANNED:
        with pytest.raises(ValidationError) as raised:
            desk.take("schedule")
        assert raised.value.code == "capability"
    for step in ("withdraw", "pend", "revoke", "confirm", "submit", "discard"):
        if kind == "adjustment" and step in ("submit", "discard"):
            continue
        with pytest.raises(StaleState):
            desk.take(step)
    desk.take("approve")
    for step in ("approve", "fail"):
        with pytest.raises(StaleState):
            desk.take(step)
