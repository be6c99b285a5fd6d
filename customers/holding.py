"""Segments of holding follow the states of requests; called by events.record() alone.

The segments of a request begin at its `created_at`, follow each other without gap, and end at its
`decided_at`: their sum is its age. `problems()` looks whether that is so, for check_trees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Max, Min, Q, Window
from django.db.models.functions import Lag
from django.dispatch import receiver

from .models import Holder, Holding
from .signals import consistency_check

#: The columns of segments that are written in bulk, in the order of `row()`.
COLUMNS = (
    "object_type",
    "object_id",
    "state",
    "holder",
    "partner_id",
    "account_id",
    "product_id",
    "vendor_id",
    "provider_id",
    "started_at",
    "ended_at",
)
#: State -> holder in it; in all other open states the vendor has to act.
_HOLDERS = {
    "draft": Holder.CREATOR,
    "tiers_setup": Holder.CONFIGURATION,
    "inquiring": Holder.CONTACT,
    "scheduled": Holder.DATE,
}


def follow(obj: Any, at: datetime) -> None:
    """End the open segment of `obj` and begin that of its holder of now, in one transaction.

    `obj` is a held or new-born request with `held_by()`; others are left alone. Nothing happens
    while the same one holds it in the same state. `at` counts for a change of holder within a
    state; births, changes of state and decisions have stamps of their own.
    """
    if not hasattr(obj, "held_by"):
        return
    held = obj.held_by()
    present = Holding.objects.filter(object_id=obj.pk, ended_at=None).first()
    if present is None:
        if held is not None:
            begin(obj, held, obj.created_at).save(force_insert=True)
        return
    if held is not None and _is_same(present, held, obj.state):
        return
    if held is None:
        at = obj.decided_at or at
    elif present.state != obj.state:
        at = obj.state_since
    # Clocks of several machines may differ a little; a segment never ends before its start.
    at = max(at, present.started_at)
    present.ended_at = at
    present.save(update_fields=["ended_at"])
    if held is not None:
        begin(obj, held, at).save(force_insert=True)


def begin(obj: Any, held: Any, at: datetime) -> Holding:
    """The unsaved segment that begins now."""
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


def row(
    kind: str,
    pk: str,
    state: str,
    span: tuple[datetime, datetime | None],
    *,
    product: str,
    vendor: str,
    provider: str,
    creator: str | None = None,
    asked: str | None = None,
) -> tuple[Any, ...]:
    """One segment in COLUMNS, for whoever writes requests in bulk with their history.

    `creator` is the partner that holds drafts, `asked` the account whose contact answers.
    """
    holder = _HOLDERS.get(state, Holder.VENDOR)
    partner = {Holder.VENDOR: vendor, Holder.CREATOR: creator}.get(holder)
    account = asked if holder == Holder.CONTACT else None
    about = (partner, account, product, vendor, provider)
    return (kind, pk, state, str(holder), *about, *span)


def forget(object_id: str) -> None:
    """Delete the segments of an object that is deleted itself: a draft that is given up."""
    Holding.objects.filter(object_id=object_id).delete()


@receiver(consistency_check)
def problems(sender: Any = None, **kwargs: Any) -> list[str]:
    """Where the segments of a request do not say the same as the request."""
    held = [model for model in apps.get_models() if hasattr(model, "held_by")]
    return [
        *(sentence for model in held for sentence in _of_model(model)),
        *(f"{pk}: its holders do not follow each other without gap" for pk in _gaps()),
        *(f"{pk}: held, but it is not there" for pk in _orphans(held)),
    ]


def _of_model(model: type[models.Model]) -> Iterator[str]:
    """An undecided request is held in its state; sum of the segments and age are the same."""
    spans = {
        pk: rest
        for pk, *rest in Holding.objects.filter(object_type=model._meta.model_name)
        .values_list("object_id")
        .annotate(Min("started_at"), Max("ended_at"))
        .order_by()
    }
    present = dict(
        Holding.objects.filter(object_type=model._meta.model_name, ended_at=None).values_list(
            "object_id", "state"
        )
    )
    columns = ("pk", "state", "created_at", "decided_at")
    for pk, state, born, decided in model._base_manager.values_list(*columns).iterator():
        if present.get(pk) != (None if decided else state):
            yield f"{pk}: who holds it now is not recorded"
        elif pk in spans and spans[pk][0] != born:
            yield f"{pk}: its holders are not recorded from its beginning"
        elif decided and pk in spans and spans[pk][1] != decided:
            yield f"{pk}: its holders are not recorded until its decision"


def _gaps() -> Iterable[str]:
    before = Window(Lag("ended_at"), partition_by=["object_id"], order_by=["started_at", "pk"])
    first = Window(Lag("pk"), partition_by=["object_id"], order_by=["started_at", "pk"])
    rows = Holding.objects.annotate(before=before, earlier=first).filter(
        Q(earlier__isnull=False) & (Q(before=None) | ~Q(before=F("started_at")))
    )
    return rows.order_by("object_id").values_list("object_id", flat=True)


def _orphans(held: Iterable[type[models.Model]]) -> Iterable[str]:
    rows = Holding.objects.all()
    for model in held:
        own = Q(object_type=model._meta.model_name)
        rows = rows.exclude(own & Q(object_id__in=model._base_manager.values("pk")))
    return rows.order_by("object_id").values_list("object_id", flat=True).distinct()


def _is_same(present: Holding, held: Any, state: str) -> bool:
    now = (held.holder, held.partner_id, held.account_id, state)
    return now == (present.holder, present.partner_id, present.account_id, present.state)
