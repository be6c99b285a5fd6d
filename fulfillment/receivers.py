"""What this app answers to signals of the apps below."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
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
