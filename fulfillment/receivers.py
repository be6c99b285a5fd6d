"""What this app answers to signals of the apps below."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.dispatch import receiver

from customers.models import Participation
from customers.signals import consistency_check
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.signals import config_configured, setup_failed

from .models import FulfillmentRequest, Subscription
from .services.requests import fail_waiting, release_waiting


@receiver(config_configured)
def release_orders(sender: Any, config: TierConfig, **kwargs: Any) -> None:
    release_waiting(config)


@receiver(setup_failed)
def fail_orders(sender: Any, configs: list[TierConfig], reason: str, **kwargs: Any) -> None:
    fail_waiting(configs, reason)


@receiver(consistency_check)
def check_subscriptions(sender: Any, **kwargs: Any) -> list[str]:
    """Participation says the same as the subscriptions, and no order is parked for ever."""
    return [*_participation_problems(), *_parking_problems()]


def _participation_problems() -> list[str]:
    rows = Participation.objects.filter(kind=Participation.Kind.SUBSCRIPTION)
    counted: dict[str, set[tuple[int, str, bool]]] = {}
    for source, tier, account, live in rows.values_list("source", "tier", "account", "live"):
        counted.setdefault(source, set()).add((tier, account, live))
    problems = []
    subscriptions = Subscription.objects.exclude(state=Subscription.State.DRAFT)
    columns = subscriptions.values_list("pk", "state", "customer", "tier1", "tier2")
    for pk, state, *tiers in columns.iterator():
        live = state != Subscription.State.TERMINATED
        wanted = {(tier, account, live) for tier, account in enumerate(tiers) if account}
        if counted.pop(pk, set()) != wanted:
            problems.append(f"{pk}: its participations do not match its tiers and state")
    problems += [f"{source}: participations of an unknown subscription" for source in counted]
    return problems


def _parking_problems() -> list[str]:
    State = FulfillmentRequest.State
    parked = FulfillmentRequest.objects.filter(state=State.TIERS_SETUP)
    waiting = parked.filter(
        required_configurations__configured_at=None,
        required_configurations__requests__state__in=TierConfigRequest.OPEN,
    ).values("pk")
    ready = parked.annotate(needs=Count("required_configurations")).exclude(pk__in=waiting)
    return [
        f"{pk}: parked, but nothing it waits for is open"
        for pk in ready.values_list("pk", flat=True)
    ]
