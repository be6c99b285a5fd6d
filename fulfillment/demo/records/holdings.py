"""Who held the recorded requests, as far as their recorded stamps tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef

from customers import holding
from customers.bulk import write
from customers.models import Event, Holding, TierAccountRequest
from tierconfig.models import TierConfigRequest

from ...models import FulfillmentRequest

Span = tuple[str, datetime, datetime | None]


def complete() -> None:
    """Give every request that has no segments those that its events tell."""
    for model in (TierAccountRequest, TierConfigRequest, FulfillmentRequest):
        known = Holding.objects.filter(object_id=OuterRef("pk"))
        rows = list(model._base_manager.exclude(Exists(known)).exclude(state="unsupported"))
        write(Holding, holding.COLUMNS, list(_rows(model, rows)))


def _rows(model: type[models.Model], requests: list[Any]) -> Iterator[tuple[Any, ...]]:
    for request in requests:
        events = Event.objects.filter(object_id=request.pk).exclude(to_state="").order_by("at")
        asked = getattr(request, "asked_account_id", lambda: None)()
        for state, start, end in _spans(request, list(events.values_list("to_state", "at"))):
            yield holding.row(
                model._meta.model_name or "",
                request.pk,
                state,
                (start, end),
                product=request.held_product_id(),
                vendor=request.vendor_id,
                provider=request.provider_id,
                creator=getattr(request, "creator_id", None),
                asked=asked,
            )


def _spans(request: Any, moves: list[tuple[str, datetime]]) -> Iterator[Span]:
    """Without events of states in between, who holds it now did so from its creation on."""
    decided = request.decided_at
    opened = moves[:-1] if decided else moves
    last = "pending" if decided else request.state
    points = [(state, at) for state, at in opened if not decided or at < decided]
    if not points or (not decided and points[-1][0] != last):
        points.append((last, request.state_since))
    stamps = [request.created_at, *(at for _state, at in points[1:])]
    for index, (state, _at) in enumerate(points):
        end = stamps[index + 1] if index + 1 < len(stamps) else decided
        yield state, stamps[index], end
