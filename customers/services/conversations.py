"""Threads as they are asked for from outside, under an id of their own.

What stands in them are notes and events (customers/models/notes.py). They are no rows: everything
that is discussed has one, its id is made of the digits of its object's, and it is as old as that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, models
from django.db.models import CharField, F, Value

from ..actors import Actor
from ..identifiers import digits
from ..models import Partner
from ..models.notes import SUBJECTS

PREFIX: Final = "CO-"


@dataclass(frozen=True)
class Conversation:
    """The thread of one object; `updated_at` is the object's. `vendor_id` is None where vendors
    have no part in it."""

    object_type: str
    object_id: str
    created_at: datetime
    updated_at: datetime
    provider_id: str
    vendor_id: str | None

    @property
    def pk(self) -> str:
        return PREFIX + digits(self.object_id)


def object_of(pk: str) -> tuple[str, str] | None:
    """Model name and id of what the thread of this id is about, if there is such an object.

    No two kinds of ids have equally many and large groups of digits.
    """
    if not pk.startswith(PREFIX):
        return None
    for name, subject in SUBJECTS.items():
        if subject.pattern.fullmatch(found := f"{subject.prefix}-{digits(pk)}"):
            return name, found
    return None


def visible(name: str, actor: Actor) -> models.QuerySet[Any]:
    """The objects of one of SUBJECTS whose threads the actor may read, in no order."""
    rows: models.QuerySet[Any] = SUBJECTS[name].model._default_manager.visible_to(actor)
    return rows.order_by()


def conversation(pk: str, *, actor: Actor) -> Conversation | None:
    """The thread of this id, or of the object of this id; None for what the actor does not see."""
    about = object_of(pk)
    for name, subject in SUBJECTS.items():
        if about is None and subject.pattern.fullmatch(pk):
            about = name, pk
    if about is None:
        return None
    found = page({about[0]: visible(about[0], actor).filter(pk=about[1])}, limit=1)
    return found[0] if found else None


def page(
    rows: dict[str, models.QuerySet[Any]],
    *,
    limit: int,
    offset: int = 0,
    oldest_first: bool = False,
) -> list[Conversation]:
    """Threads of `rows`, objects by their name in SUBJECTS, by age in one statement for all."""
    order = ("created_at" if oldest_first else "-created_at", "pk")
    parts = [_columns(name, each) for name, each in rows.items()]
    if not parts:
        return []
    if len(parts) > 1 and connection.features.supports_slicing_ordering_in_compound:
        # Of each kind only so many are sorted, and indexes have them in this order.
        parts = [each.order_by(*order)[: offset + limit] for each in parts]
    first, *others = parts
    whole = (first.union(*others, all=True) if others else first).order_by(*order)
    return [
        Conversation(kind, pk, created, updated, provider, vendor)
        for pk, created, updated, provider, vendor, kind in whole[offset : offset + limit]
    ]


def _columns(name: str, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    vendors = SUBJECTS[name].with_vendors
    told = rows.order_by().annotate(
        seller=F("vendor_id") if vendors else Value(None, CharField()),
        kind=Value(name, CharField()),
    )
    return told.values_list("pk", "created_at", "updated_at", "provider_id", "seller", "kind")


def sides_of(conversations: Collection[Conversation]) -> dict[str, Partner]:
    """The distributors and vendors that take part, by id, in one query."""
    keys = {pk for each in conversations for pk in (each.provider_id, each.vendor_id) if pk}
    return Partner.objects.in_bulk(keys)


def subject_of(found: Conversation, *, actor: Actor) -> Any:
    """The object itself, None when the actor does not see it (any more)."""
    return visible(found.object_type, actor).filter(pk=found.object_id).first()
