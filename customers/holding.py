"""Segments of holding follow the states of requests; called by events.record() alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .models import Holding


def follow(obj: Any, at: datetime) -> None:
    """End the open segment of `obj` and begin that of its holder of now, in one transaction.

    `obj` is a held or new-born request with `held_by()`; others are left alone. Nothing happens
    while the same one holds it in the same state.
    """
    if not hasattr(obj, "held_by"):
        return
    held = obj.held_by()
    present = Holding.objects.filter(object_id=obj.pk, ended_at=None).first()
    if present is not None:
        if held is not None and _is_same(present, held, obj.state):
            return
        # Clocks of several machines may differ a little; a segment never ends before its start.
        at = max(at, present.started_at)
        present.ended_at = at
        present.save(update_fields=["ended_at"])
    if held is not None:
        begin(obj, held, at).save(force_insert=True)


def begin(obj: Any, held: Any, at: datetime) -> Holding:
    """The unsaved segment that begins now; for bulk writers, which save it themselves."""
    return Holding(
        object_type=obj._meta.model_name or "",
        object_id=obj.pk,
        state=obj.state,
        holder=held.holder,
        partner_id=held.partner_id,
        account_id=held.account_id,
        product_id=obj.held_product_id(),
        vendor_id=obj.vendor_id,
        provider_id=obj.provider_id,
        started_at=at,
    )


def forget(object_id: str) -> None:
    """Delete the segments of an object that is deleted itself: a draft that is given up."""
    Holding.objects.filter(object_id=object_id).delete()


def _is_same(present: Holding, held: Any, state: str) -> bool:
    now = (held.holder, held.partner_id, held.account_id, state)
    return now == (present.holder, present.partner_id, present.account_id, present.state)
