"""What stays parked though it waits for nothing goes on.

An approval releases what waits for it in its own transaction, so there is nothing to do here unless
rows came into the database by other ways: a backup of a part of it, SQL by hand, a server whose
transactions did not see each other. `check_trees` names such requests; this is what ends it.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from customers import chores
from customers.lifecycle import hold_all
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import requests as setups
from tierconfig.services.processing import release

from ..models import FulfillmentRequest
from .births import birth_state
from .decisions import hold_order

logger = logging.getLogger(__name__)
#: The same state of both machines.
PARKED = TierConfigRequest.State.TIERS_SETUP


def release_left_behind(*, limit: int = 100) -> int:
    """Move on what is parked though all it waits for is configured; how many. A chore."""
    awaited = TierConfig.objects.filter(waiting_requests=OuterRef("pk"), configured_at=None)
    orders = FulfillmentRequest.objects.filter(state=PARKED).exclude(Exists(awaited))
    below = TierConfigRequest.objects.filter(
        state=PARKED, parent_configuration__configured_at__isnull=False
    )
    found = chores.each(below.order_by("pk")[:limit], _setup_goes_on)
    return found + chores.each(orders.order_by("pk")[:limit], _order_goes_on)


@transaction.atomic
def _setup_goes_on(row: TierConfigRequest) -> bool:
    held = hold_all([row])
    request: TierConfigRequest = held[row.pk]
    request.configuration = held[request.configuration_id]
    return _goes_on(request, setups.birth_state(request))


@transaction.atomic
def _order_goes_on(row: FulfillmentRequest) -> bool:
    request = hold_order(row)
    return _goes_on(request, birth_state(request, request.required_configurations.all()))


def _goes_on(held: Any, state: str) -> bool:
    """Whether the held request was parked still, and waits for nothing."""
    if held.state != PARKED or state == PARKED:
        return False
    logger.error("%s was parked, but it waits for nothing; it goes on", held.pk)
    release(held, state)
    return True
