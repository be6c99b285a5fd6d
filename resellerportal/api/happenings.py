"""`events` of the API, from the audit log (decision 8): what happened last of each kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from customers.actors import RESELLER, SYSTEM, Actor
from customers.models import Event

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
    "at",
    "verb",
    "object_type",
    "object_id",
    "user",
    "partner",
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
        rows = Event.objects.about(*objects).select_related("partner").order_by("at", "pk")
        if verbs:
            rows = rows.filter(verb__in=verbs)
        events = list(rows.only(*READ, "partner__name"))
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
        last = None
        for event in self.by_object.get(obj.pk, ()):
            _model, _dot, step = event.verb.partition(".")
            last = event
            if step.startswith(("creat", "draft", "import")) and "created" not in found:
                found["created"] = self._one(event)
                if event.to_state == "inquiring":
                    found["inquired"] = self._one(event)
            elif step in STEPS:
                found[STEPS[step]] = self._one(event)
        found["created"] = _at(found.get("created"), obj.created_at)
        found["updated"] = _at(
            self._one(last) if last is not None else None, updated or obj.updated_at
        )
        return found

    def _one(self, event: Any) -> Happening:
        by = self.by(event)
        return {"at": stamp(event.at), "by": by} if by else {"at": stamp(event.at)}

    def company(self, event: Any) -> Ref | None:
        """For whom it was done, as far as the reader may know."""
        if event.partner is None or event.pk not in self.known:
            return None
        return {"id": event.partner_id, "name": event.partner.name}

    def by(self, event: Any) -> Ref | None:
        """Who did it, as far as the reader may know: a key, a user, else only the company."""
        if event.role == SYSTEM or event.pk not in self.known:
            return None
        foreign = self.actor.role == RESELLER and event.partner_id != self.actor.partner_id
        if foreign or not event.user_id:
            return {"id": event.partner_id, "name": event.partner.name} if event.partner else None
        return {"id": event.key_id or event.user_id, "name": event.actor_name}


def _at(happening: Happening | None, at: Any) -> Happening:
    if happening is not None and "by" in happening:
        return {"at": stamp(at), "by": happening["by"]}
    return {"at": stamp(at)}
