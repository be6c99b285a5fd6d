"""What becomes of subscriptions: changed, held, ended, planned for later; and drafts of orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from customers import jobs
from customers.actors import Actor
from customers.models import Event, TierAccount
from customers.services.attachments import File
from customers.services.notes import add_note
from customers.services.saved_views import save_view

from ..models import FulfillmentRequest, Subscription
from ..reporting.asking import request_report
from ..reporting.scheduling import schedule_report
from ..services import changes, schedule
from ..services import requests as orders
from ..services.nudges import nudge_request
from ..services.orders import draft_purchase
from . import accounts, stories
from .channel import person
from .clock import Agenda, Story
from .world import World

#: What is asked, and what happens to it then.
STORIES = (
    ("change", "approve"),
    ("change", ""),
    ("suspend", "approve"),
    ("suspend", "approve resume approve"),
    ("suspend", "approve resume"),
    ("suspend", ""),
    ("cancel", "approve"),
    ("cancel", ""),
    ("cancel", "plan"),
    ("change", "plan due"),
    ("change", "plan revoke"),
    ("change", "plan revoke confirm"),
    ("change", "fail"),
    ("adjustment", "approve"),
    ("adjustment", ""),
)
SEATS = "Mailbox;Department\ninfo;Office\nlager;Warehouse\nversand;Warehouse\n"
#: When the planned date of what is due came, before the end of the story.
CAME = timedelta(hours=30)


def schedule_all(world: World, agenda: Agenda) -> None:
    for key in world.markets:
        agenda.add(6, _spawn(world, agenda, key))
    agenda.add(3.9, _planned_purchase(world))
    agenda.add(2.2, _drafts(world))
    agenda.add(1.9, _previews(world))
    agenda.add(0.6, _desks(world))


def _spawn(world: World, agenda: Agenda, key: str) -> Story:
    """Each story happens to another active subscription; those of the README are left alone."""
    yield timedelta(minutes=1)
    named = (accounts.ELBKONTOR, accounts.REEDEREI, accounts.ALSTERBLICK)
    active = Subscription.objects.filter(
        provider=world.partners[key],
        state=Subscription.State.ACTIVE,
        product__in=[world.products["mail"], world.products["meeting"]],
    )
    rows = active.exclude(customer__in=named).select_related("customer", "product")
    for (kind, steps), row in zip(STORIES, rows.order_by("pk"), strict=False):
        days = 5.5 if steps and "plan" not in steps else 4 - 2.5 * (not steps)
        agenda.add(days, _live(world, row, kind, steps.split()))


def _live(world: World, subscription: Subscription, kind: str, steps: list[str]) -> Story:
    order = _ask(world, subscription, kind)
    for step in steps:
        yield _pause(step)
        if step == "resume":
            order = _ask(world, subscription, step)
        else:
            _STEPS[step](world, FulfillmentRequest.objects.get(pk=order.pk))


def _pause(step: str) -> timedelta:
    """What is planned four days before the end is due at CAME."""
    return {"plan": timedelta(hours=3), "due": timedelta(days=4, hours=-3) - CAME}.get(
        step, timedelta(hours=7)
    )


def _ask(world: World, subscription: Subscription, kind: str) -> FulfillmentRequest:
    row = Subscription.objects.select_related("product").get(pk=subscription.pk)
    if kind == "adjustment":
        own = row.product.parameters.filter(scope="asset", phase="fulfillment")[0]
        values = {own.name: world.other_value(own, row.customer)}
        return changes.request_adjustment(row, actor=world.vendor_of(row), values=values)
    actor = world.operator_of(row.tier1) or world.distributor_of(row)
    if kind == "change":
        items = {line.item_id: line.quantity + 5 for line in row.items.all()}
        note = "Five more people start next month."
        return changes.request_change(row, actor=actor, items=items, note=note)
    made: FulfillmentRequest = getattr(changes, f"request_{kind}")(row, actor=actor)
    return made


def _approve(world: World, order: FulfillmentRequest) -> None:
    orders.approve_request(order, actor=world.vendor_of(order), template=_text(world, order))


def _fail(world: World, order: FulfillmentRequest) -> None:
    reason = "The contract lets no more than is there already."
    orders.fail_request(order, actor=world.vendor_of(order), reason=reason)


def _plan(world: World, order: FulfillmentRequest) -> None:
    orders.schedule_request(
        order,
        actor=world.vendor_of(order),
        planned_date=timezone.now() + timedelta(days=9),
        template=_text(world, order),
        automatic=order.type != FulfillmentRequest.Type.CHANGE,
    )


def _due(world: World, order: FulfillmentRequest) -> None:
    """The planned date is one of the calendar, which came meanwhile."""
    came = world.now - timedelta(minutes=20) - CAME
    FulfillmentRequest.objects.filter(pk=order.pk).update(planned_date=came)
    planned = Event.objects.get(object_id=order.pk, verb="fulfillmentrequest.schedule")
    planned.data["planned_date"] = came.isoformat()
    planned.save(update_fields=["data"])
    schedule.planned_dates()


def _revoke(world: World, order: FulfillmentRequest) -> None:
    reason = "The customer moves to another office first."
    orders.revoke_request(order, actor=world.distributor_of(order), reason=reason)


def _confirm(world: World, order: FulfillmentRequest) -> None:
    orders.confirm_request(order, actor=world.vendor_of(order))


_STEPS = {
    "approve": _approve,
    "fail": _fail,
    "plan": _plan,
    "due": _due,
    "revoke": _revoke,
    "confirm": _confirm,
}


def _text(world: World, order: FulfillmentRequest) -> Any:
    return world.template(order.subscription.product_id, "asset", "fulfillment")


def _planned_purchase(world: World) -> Story:
    """Accepted for later; the worker approves it then."""
    customer = TierAccount.objects.get(pk=accounts.REEDEREI)
    actor = world.distributor_of(customer)
    bought = stories.purchase(world, "mail", customer, ("asset",))
    order = stories.create_purchase(bought, actor=actor)
    yield timedelta(hours=4)
    _plan(world, FulfillmentRequest.objects.get(pk=order.pk))


def _drafts(world: World) -> Story:
    """Both the distributor and the reseller began something."""
    for who, partner, pk in (
        ("distributor", "hanse", accounts.ELBKONTOR),
        ("reseller", "nordlicht", accounts.ALSTERBLICK),
    ):
        yield timedelta(hours=1)
        customer = TierAccount.objects.get(pk=pk)
        bought = stories.purchase(world, "mail", customer, ())
        draft_purchase(bought, actor=person(who, partner))


def _previews(world: World) -> Story:
    """The vendor tries its product out; one of two orders waits still."""
    vera = person("vendor", "kestrel")
    customer = TierAccount.objects.get(environment="preview", type="customer", owner=vera.partner)
    for pending in (False, True):
        bought = stories.purchase(world, "mail", customer, ("asset",), preview=True)
        order = stories.create_purchase(bought, actor=vera)
        yield timedelta(hours=2)
        if not pending:
            _approve(world, FulfillmentRequest.objects.get(pk=order.pk))


def _desks(world: World) -> Story:
    """What people keep: views of lists, a report, a reminder of what lies, a file."""
    vera, tomas, dirk = (
        person(*who)
        for who in (("vendor", "kestrel"), ("tomas", "kestrel"), ("distributor", "hanse"))
    )
    hanse, mail = world.partners["hanse"].pk, world.products["mail"].pk
    new = {"list": "order", "query": f"tab=mine&product={mail}", "title": "Mail Guard, new"}
    save_view(actor=vera, shared=True, **new)
    ours = {"list": "order", "query": f"tab=mine&provider={hanse}", "title": "From Hanse"}
    save_view(actor=tomas, **ours)
    asked = {"list": "order", "query": "tab=others&state=pending", "title": "With the vendors"}
    save_view(actor=dirk, shared=True, **asked)
    yield timedelta(minutes=9)
    request_report("subscriptions", actor=dirk, format="xlsx")
    jobs.run_pending()
    rows = FulfillmentRequest.objects.filter(
        state="pending", provider=hanse, vendor=vera.partner_id
    )
    oldest = rows.filter(environment="production").order_by("created_at")[0]
    yield timedelta(minutes=20)
    list_of_boxes = SEATS.encode()
    add_note(
        oldest,
        actor=dirk,
        kind="message",
        text="These are the mailboxes; please begin with the first ten.",
        files=[File("mailboxes.csv", len(list_of_boxes), lambda: list_of_boxes)],
    )
    yield timedelta(hours=3)
    nudge_request(oldest, actor=dirk)
    schedule_report("orders", actor=dirk, format="xlsx", repeat="weekly", recent=True)


def crowd(world: World, customers: Iterator[TierAccount], count: int) -> Story:
    """Orders that nobody has looked at yet, a few in each hour of the last two days."""
    placed = 0
    for each in customers:
        if placed == count:
            return
        customer = TierAccount.objects.select_related("parent__parent").get(pk=each.pk)
        if customer.decommissioned_at is not None or customer.parent is None:
            continue
        actor: Actor = world.distributor_of(customer)
        bought = stories.purchase(world, "mail", customer, ("asset",))
        stories.create_purchase(bought, actor=actor)
        placed += 1
        yield timedelta(hours=2 * world.rng.uniform(0.5, 1.4))
