"""What this app answers to signals of the apps below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext as _

from customers.models import AccountAccess, Participation, Product
from customers.signals import access_ended, consistency_check
from tierconfig.models import Parameter, TierConfig, TierConfigRequest
from tierconfig.signals import (
    config_configured,
    holders_asked,
    open_requests_asked,
    setup_failed,
    values_wanted,
)

from .models import FulfillmentRequest, Subscription
from .services.discarding import abandon_drafts
from .services.parking import fail_waiting, release_waiting


@receiver(access_ended)
def give_up_drafts(sender: Any, access: AccountAccess, **kwargs: Any) -> None:
    if access.kind == AccountAccess.Kind.OPERATES:
        abandon_drafts(access.partner)


@receiver(config_configured)
def release_orders(sender: Any, config: TierConfig, **kwargs: Any) -> None:
    release_waiting(config)


@receiver(setup_failed)
def fail_orders(sender: Any, configs: list[TierConfig], reason: str, **kwargs: Any) -> None:
    fail_waiting(configs, reason)


@receiver(open_requests_asked)
def open_orders(
    sender: Any, product: Product, scope: str, **kwargs: Any
) -> list[QuerySet[FulfillmentRequest]]:
    if scope != Parameter.Scope.ASSET:
        return []
    rows = FulfillmentRequest.objects.filter(
        subscription__product=product, state__in=FulfillmentRequest.OPEN
    )
    return [rows.select_related("subscription")]


@receiver(holders_asked)
def holders(sender: Any, parameter: Parameter, **kwargs: Any) -> dict[str, int]:
    """Subscriptions with the value, and orders, decided ones too."""
    subscriptions = Subscription.objects.filter(
        product=parameter.product_id, params__has_key=parameter.name
    )
    orders = FulfillmentRequest.objects.filter(
        subscription__product=parameter.product_id, params__has_key=parameter.name
    )
    return {_("subscriptions"): subscriptions.count(), _("orders"): orders.count()}


@receiver(values_wanted)
def values_of(
    sender: Any, parameter: Parameter, **kwargs: Any
) -> Iterator[tuple[str, dict[str, Any]]]:
    living = Subscription.objects.filter(product=parameter.product_id).exclude(
        state=Subscription.State.TERMINATED
    )
    yield from living.values_list("pk", "params").iterator()
    opened = FulfillmentRequest.objects.filter(
        subscription__in=living, state__in=FulfillmentRequest.OPEN
    )
    yield from opened.values_list("subscription_id", "params").iterator()


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
