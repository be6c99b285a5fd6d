"""`events` of the API, from the audit log (decision 8): what happened last of each kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from customers.actors import RESELLER, SYSTEM, Actor
from customers.models import Event
from customers.models.events import EventQuerySet

from .. import history
from .shaping import Events, Happening, Ref, stamp

#: Step of a machine -> name of its event in the API (domain 2.0.1).
STEPS: Mapping[str, str] = {
    "accept": "accepted",
    "ignore": "ignored",
    "inquire": "inquired",
    "ask": "inquired",
    "submit_and_ask": "inquired",
    "pend": "pended",
    "release": "pended",
    "answer": "pended",
    "approve": "approved",
    "fail": "failed",
    "decommission": "decommissioned",
    "publish": "published",
    "end_sale": "saleended",
    "schedule": "scheduled",
    "revoke": "revoking",
    "confirm": "revoked",
}
READ = (
    "pk",
    "at",
    "verb",
    "object_type",
    "object_id",
    "user_id",
    "partner_id",
    "partner__name",
    "role",
    "actor_name",
    "key_id",
    "to_state",
)


class Happenings:
    """What happened to some objects that the actor sees, read in one query.

    With `verbs` only these are read. Who did it is named by the rule of the portal's threads; who
    may not be named is left out.
    """

    def __init__(
        self, objects: Sequence[Any], actor: Actor, *, verbs: Collection[str] = ()
    ) -> None:
        self.actor = actor
        self.by_object: dict[str, list[Any]] = {}
        if not objects:
            return
        events = list(_rows(tuple(verbs)).about(*objects))
        self.known = history.nameable(events, actor)
        for event in events:
            self.by_object.setdefault(event.object_id, []).append(event)

    @classmethod
    def of_rows(cls, rows: Sequence[Any], actor: Actor) -> Happenings:
        """For events and notes that are read already, with their partner: who is behind each."""
        made = cls((), actor)
        made.known = history.nameable(rows, actor)
        return made

    def of(self, obj: Any, *, updated: Any = None) -> Events:
        """Its events; `created` and `updated` always, by the object's own columns."""
        found: Events = {}
        first = last = None
        for event in self.by_object.get(obj.pk, ()):
            _model, _dot, step = event.verb.partition(".")
            last = event
            if first is None and step.startswith(("creat", "draft", "import")):
                first = event
                if event.to_state == "inquiring":
                    found["inquired"] = self._one(event)
            elif step in STEPS:
                found[STEPS[step]] = self._one(event)
        found["created"] = self._at(obj.created_at, first)
        found["updated"] = self._at(updated or obj.updated_at, last)
        return found

    def _one(self, event: Any) -> Happening:
        return self._at(event.at, event)

    def _at(self, at: Any, event: Any) -> Happening:
        by = self.by(event) if event is not None else None
        return {"at": stamp(at), "by": by} if by else {"at": stamp(at)}

    def company(self, event: Any) -> Ref | None:
        """For whom it was done, as far as the reader may know."""
        if event.partner_id is None or event.pk not in self.known:
            return None
        return {"id": event.partner_id, "name": _partner_name(event)}

    def by(self, event: Any) -> Ref | None:
        """Who did it, as far as the reader may know: a key, a user, else only the company."""
        if event.role == SYSTEM or event.pk not in self.known:
            return None
        foreign = self.actor.role == RESELLER and event.partner_id != self.actor.partner_id
        if foreign or not event.user_id:
            return self.company(event)
        return {"id": event.key_id or event.user_id, "name": event.actor_name}


@cache
def _rows(verbs: tuple[str, ...]) -> EventQuerySet:
    """Events as they are read here; begun once, because each list would begin with it.

    Rows of values: a model for each event would cost more than all the rest of a list.
    """
    wanted = {"verb__in": verbs} if verbs else {}
    rows = Event.objects.filter(**wanted)
    return rows.order_by("at", "pk").values_list(*READ, named=True)  # type: ignore[return-value]


def _partner_name(event: Any) -> str:
    """Of a row of READ, or of an event or note with its partner."""
    return str(event.partner__name if hasattr(event, "partner__name") else event.partner.name)
