"""Orders that wait for tier configurations, when one of those is approved or rejected for good."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.lifecycle import hold_all
from tierconfig.models import TierConfig
from tierconfig.services.processing import release

from ..models import FulfillmentRequest
from .births import birth_state
from .consequences import told_together
from .decisions import end_held

State = FulfillmentRequest.State


def release_waiting(config: TierConfig) -> None:
    """Move on the orders that wait for this held, just approved configuration.

    Each is judged after its own lock: of two approvals that complete an order at once, the
    second sees the first.
    """
    parked = _parked_on([config.pk])
    with told_together(parked):
        for request in parked:
            configs = list(request.required_configurations.all())
            release(request, birth_state(request, configs))


def fail_waiting(configs: list[TierConfig], reason: str) -> None:
    """End the orders parked on setups that failed."""
    quoted = _("Tier configuration was rejected: %(reason)s") % {"reason": reason}
    parked = _parked_on([config.pk for config in configs])
    with told_together(parked):
        for request in parked:
            end_held(request, "cascade", actor=Actor.system(), reason=quoted[:500])


def _parked_on(config_ids: list[str]) -> list[FulfillmentRequest]:
    """Held orders, still parked, whose required set holds one of the configurations."""
    waiting = FulfillmentRequest.objects.filter(
        required_configurations__in=config_ids, state=State.TIERS_SETUP
    ).distinct()
    held = hold_all(waiting)
    found = []
    for request in held.values():
        if isinstance(request, FulfillmentRequest) and request.state == State.TIERS_SETUP:
            request.subscription = held[request.subscription_id]
            found.append(request)
    return found
