"""The lines of a thread: events and notes of the same objects, read by one statement."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    JSONField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

from customers.actors import Actor
from customers.models import Attachment, Event, Note, Partner
from customers.models.notes import SUBJECTS

from .. import statements
from ..statements import Slot

#: Columns of both, and then of each under the same types.
BOTH = ("id", "at", "object_type", "object_id", "user_id", "role", "key_id", "partner_id")
EVENT = ("actor_name", "verb", "reason", "from_state", "to_state", "data")
NOTE = ("author_name", "kind", "text")
_NOTHING = Value("", output_field=CharField())


def read(objects: list[Model], actor: Actor, limit: int, before: Q) -> list[Any]:
    """The latest events of objects that the actor sees, and notes on them that it may read.

    At most `limit` of each kind, fulfilling `before`, in no order. They have the fields above and
    the name of their partner; notes say whether they have files in `with_files`.
    """
    named = [obj._meta.model_name or "" for obj in objects]
    given = {f"object {place}": str(obj.pk) for place, obj in enumerate(objects)}
    slots = [Slot(name) for name in given]
    discussed = {slot: name for slot, name in zip(slots, named, strict=True) if name in SUBJECTS}

    def build() -> list[QuerySet[Any]]:
        found = [_events(slots).filter(before).order_by("-at", "-pk")[:limit]]
        if discussed:
            notes = _notes(discussed, actor).filter(before)
            found.append(notes.order_by("-at", "-pk")[:limit])
        return found

    if before:
        found = statements.run_rows(statements.build_joined(build()), given)
    else:
        found = statements.joined(("thread", limit, *named), actor, build, given)
    partners: dict[str, Partner] = {}
    return [_line(values, partners) for values in found]


def _events(keys: list[Slot]) -> QuerySet[Any]:
    rows = Event.objects.filter(object_id__in=keys)
    plain = Value(False, output_field=BooleanField())
    return rows.values_list(*BOTH, "partner__name", *EVENT, plain, plain)


def _notes(discussed: dict[Slot, str], actor: Actor) -> QuerySet[Any]:
    rows = Note.objects.visible_to(
        actor, about=list(discussed), kinds=sorted(set(discussed.values()))
    )
    data = Cast(Value(None), JSONField())
    rest = (_NOTHING, _NOTHING, data, Value(True, output_field=BooleanField()))
    files = Exists(Attachment.objects.filter(note=OuterRef("pk")))
    return rows.values_list(*BOTH, "partner__name", *NOTE, *rest, files)


def _line(values: Any, partners: dict[str, Partner]) -> Any:
    *values, said, with_files = values
    both, own = values[: len(BOTH)], values[len(BOTH) + 1 :]
    if said:
        row = _made(Note, (*BOTH, *NOTE), (*both, *own[: len(NOTE)]))
        row.with_files = bool(with_files)
    else:
        row = _made(Event, (*BOTH, *EVENT), (*both, *own))
    key = row.partner_id
    if key is not None and key not in partners:
        partners[key] = _made(Partner, ("id", "name"), (key, values[len(BOTH)]))
    row.partner = partners.get(key)
    return row


def _made(model: type[Model], names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    """An instance with these fields; Django wants them in the order of the model."""
    order, places = _order(model, names)
    return model.from_db(None, order, [values[place] for place in places])


@lru_cache
def _order(model: type[Model], names: tuple[str, ...]) -> tuple[list[str], list[int]]:
    own = [each.attname for each in model._meta.concrete_fields if each.attname in names]
    return own, [names.index(name) for name in own]
