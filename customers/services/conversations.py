"""The ids of threads; what stands in them are notes and events (customers/models/notes.py)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, models

from .. import identifiers
from ..actors import Actor
from ..models import Conversation
from ..models.notes import SUBJECTS


def open_conversation(obj: Any) -> Conversation:
    """The conversation about `obj`, which the caller has seen; made when there is none yet.

    It is as old as what it is about.
    """
    found = Conversation.objects.filter(object_id=str(obj.pk)).first()
    if found is not None:
        return found
    try:
        return identifiers.insert(
            Conversation,
            "CO",
            object_type=obj._meta.model_name or "",
            object_id=str(obj.pk),
            created_at=obj.created_at,
        )
    except IntegrityError:  # somebody else opened it at this moment
        return Conversation.objects.get(object_id=str(obj.pk))


def open_conversations(object_ids: Collection[str], *, actor: Actor) -> None:
    """Open those about the objects of these ids that the actor sees; others are passed over."""
    known = Conversation.objects.filter(object_id__in=object_ids)
    missing = set(object_ids) - set(known.values_list("object_id", flat=True))
    if not missing:
        return
    for subject in SUBJECTS.values():
        rows = subject.model._default_manager.visible_to(actor).filter(pk__in=missing)
        for obj in rows:
            open_conversation(obj)


def subjects_of(
    conversations: Collection[Conversation], *, actor: Actor
) -> dict[str, models.Model]:
    """Object id -> the object it is about, with its companies, as far as the actor sees it."""
    wanted: dict[str, list[str]] = {}
    for each in conversations:
        wanted.setdefault(each.object_type, []).append(each.object_id)
    found: dict[str, Any] = {}
    for name, keys in wanted.items():
        model = SUBJECTS[name].model
        sides = [
            side
            for side in ("provider", "vendor")
            if side in {field.name for field in model._meta.fields}
        ]
        rows = model._default_manager.visible_to(actor).filter(pk__in=keys)
        found |= {row.pk: row for row in rows.select_related(*sides)}
    return found
