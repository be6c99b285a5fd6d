"""What is always true of subscriptions and their requests, for check_trees."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from customers.models import Participation
from tierconfig.models import TierConfig, TierConfigRequest

from .models import FulfillmentRequest, Subscription
from .services.effects import EFFECTS

State = Subscription.State


def problems() -> list[str]:
    """One sentence for each subscription or request that is not as it must be."""
    return [*_participation_problems(), *_parking_problems(), *_state_problems()]


def _participation_problems() -> list[str]:
    rows = Participation.objects.filter(kind=Participation.Kind.SUBSCRIPTION)
    counted: dict[str, set[tuple[int, str, bool]]] = {}
    for source, tier, account, live in rows.values_list("source", "tier", "account", "live"):
        counted.setdefault(source, set()).add((tier, account, live))
    found = []
    subscriptions = Subscription.objects.exclude(state=Subscription.State.DRAFT)
    columns = subscriptions.values_list("pk", "state", "customer", "tier1", "tier2")
    for pk, state, *tiers in columns.iterator():
        live = state != Subscription.State.TERMINATED
        wanted = {(tier, account, live) for tier, account in enumerate(tiers) if account}
        if counted.pop(pk, set()) != wanted:
            found.append(f"{pk}: its participations do not match its tiers and state")
    found += [f"{source}: participations of an unknown subscription" for source in counted]
    return found


def _parking_problems() -> list[str]:
    """An order may be parked while, and only while, what it waits for is being set up."""
    parked = FulfillmentRequest.objects.filter(state=FulfillmentRequest.State.TIERS_SETUP)
    awaited = TierConfig.objects.filter(waiting_requests=OuterRef("pk"), configured_at=None)
    being_set_up = TierConfigRequest.objects.filter(
        configuration=OuterRef("pk"), state__in=TierConfigRequest.OPEN
    )
    ready = parked.exclude(Exists(awaited))
    lost = parked.filter(Exists(awaited.exclude(Exists(being_set_up))))
    return [
        *(f"{pk}: parked, but it waits for nothing" for pk in ready.values_list("pk", flat=True)),
        *(
            f"{pk}: parked on a configuration that nobody sets up"
            for pk in lost.values_list("pk", flat=True)
        ),
    ]


def _state_problems() -> list[str]:
    """A subscription is in the state its open request begins in or leads to, or at rest."""
    opened = FulfillmentRequest.objects.filter(state__in=FulfillmentRequest.OPEN)
    columns = opened.values_list("pk", "type", "state", "subscription__state")
    found = [
        f"{pk}: an open {kind}, but its subscription is {state}"
        for pk, kind, own, state in columns.iterator()
        if state not in _while_open(kind, own)
    ]
    unrest = Subscription.objects.filter(
        state__in=(State.DRAFT, State.PROCESSING, State.TERMINATING)
    )
    alone = unrest.exclude(Exists(opened.filter(subscription=OuterRef("pk"))))
    found += [
        f"{pk}: {state}, but no request is open" for pk, state in alone.values_list("pk", "state")
    ]
    return found


def _while_open(kind: str, state: str) -> tuple[str, ...]:
    if kind == FulfillmentRequest.Type.PURCHASE:
        is_draft = state == FulfillmentRequest.State.DRAFT
        return (State.DRAFT if is_draft else State.PROCESSING,)
    if kind == FulfillmentRequest.Type.CANCEL:
        return (State.TERMINATING,)
    return EFFECTS[kind].begins
