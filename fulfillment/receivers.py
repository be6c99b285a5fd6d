"""What this app answers to signals of the apps below.

The receivers of tierconfig are connected before these: where both answer, configurations are held
before orders (lifecycle.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext as _

from customers.models import AccountAccess, Product
from customers.signals import access_ended, consistency_check
from tierconfig import receivers as _before  # noqa: F401
from tierconfig.models import Parameter, TierConfig
from tierconfig.signals import (
    config_configured,
    holders_asked,
    open_requests_asked,
    setup_failed,
    values_wanted,
)

from . import consistency
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
    """Subscriptions with the value, and orders, decided ones too unless they came to nothing."""
    subscriptions = Subscription.objects.filter(
        product=parameter.product_id, params__has_key=parameter.name
    )
    orders = FulfillmentRequest.objects.filter(
        subscription__product=parameter.product_id, params__has_key=parameter.name
    ).exclude(state__in=(FulfillmentRequest.State.FAILED, FulfillmentRequest.State.REVOKED))
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
    return consistency.problems()
