"""Who follows what, and who hears of an event because of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet

from ..actors import Actor
from ..models import Event, Membership, Note, TierAccount, Watch
from ..models.notes import SUBJECTS

#: Events that watchers are not told: of births nobody can watch yet, and of who has access.
UNTOLD = {
    "tieraccount.create",
    "tieraccount.grant",
    "tieraccount.end_access",
    "tieraccountrequest.created",
}


@dataclass(frozen=True)
class Listener:
    """A member who is to hear of an event: mentioned by a colleague, or following, or both."""

    actor: Actor
    mentioned: bool
    watch: Watch | None


@dataclass(frozen=True)
class Hearing:
    """What happened to which object (`note`: what was said about it), and who is to hear it."""

    obj: Any
    note: Note | None
    listeners: list[Listener]


def watch(obj: models.Model, *, actor: Actor) -> Watch:
    """Follow `obj` for the acting partner; following twice is following once.

    Raises PermissionDenied for viewers, for who acts for no partner, and for what is not seen.
    """
    if actor.user is None or actor.partner is None or not actor.may_act or not sees(actor, obj):
        raise PermissionDenied
    found, _created = Watch.objects.get_or_create(
        user=actor.user,
        partner=actor.partner,
        object_id=str(obj.pk),
        defaults={"object_type": obj._meta.model_name or ""},
    )
    return found


def unwatch(obj: models.Model, *, actor: Actor) -> int:
    """Stop following `obj`, whatever the level; how many watches ended, 0 when there was none."""
    if actor.user is None or actor.partner is None:
        return 0
    rows = Watch.objects.filter(user=actor.user, partner=actor.partner, object_id=str(obj.pk))
    return rows.delete()[0]


def watched_by(rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    """`rows` with `watched`: whether the actor follows them."""
    own = Watch.objects.filter(user=actor.user, partner=actor.partner, object_id=OuterRef("pk"))
    return rows.annotate(watched=Exists(own))


def sees(actor: Actor, obj: models.Model) -> bool:
    """Whether `obj` is discussed at all and the actor sees it now."""
    subject = SUBJECTS.get(obj._meta.model_name or "")
    if subject is None:
        return False
    found: bool = subject.model._default_manager.visible_to(actor).filter(pk=obj.pk).exists()
    return found


def hearing(event: Event) -> Hearing | None:
    """Who hears of `event` at this moment; None when nobody may.

    Judged as of now: memberships that ended, sight that was lost by a move and notes that are not
    for the listener's side call for nothing. Never who did it; nobody twice.
    """
    if event.verb in UNTOLD:
        return None
    note = _note(event)
    obj = _subject(note or event)
    if obj is None:
        return None
    listeners: dict[Any, Listener] = {}
    sight: dict[str, bool] = {}
    for listener in _candidates(obj, note):
        user, partner = listener.actor.user, listener.actor.partner_id or ""
        if user is None or user.pk == event.user_id or user.pk in listeners:
            continue
        if partner not in sight:
            sight[partner] = _in_sight(listener.actor, obj, note)
        if sight[partner]:
            listeners[user.pk] = listener
    return Hearing(obj, note, list(listeners.values())) if listeners else None


def _in_sight(actor: Actor, obj: Any, note: Note | None) -> bool:
    if note is None:
        return sees(actor, obj)
    return Note.objects.visible_to(actor, about=[obj.pk]).filter(pk=note.pk).exists()


def hearing_of_import(event: Event) -> list[tuple[Listener, list[TierAccount]]]:
    """Who watches accounts that an applied import changed, each with those it still sees.

    The events of an import's rows are not told one by one; the one of the batch tells of all.
    """
    if event.verb != "importbatch.apply":
        return []
    rows = Event.objects.filter(
        verb__in=["tieraccount.edit", "tieraccount.move"], data__batch=event.object_id
    )
    touched = Exists(rows.filter(object_id=OuterRef("object_id")))
    watches: dict[tuple[str, str], list[Watch]] = {}
    for watch in Watch.objects.filter(touched):
        watches.setdefault((watch.user_id, watch.partner_id), []).append(watch)
    keys = {watch.object_id for found in watches.values() for watch in found}
    authors = set(rows.filter(object_id__in=keys).values_list("user", flat=True)) if keys else set()
    members = Membership.objects.usable().filter(user__in={user for user, _partner in watches})
    heard: dict[str, tuple[Listener, list[TierAccount]]] = {}
    for member in members.select_related("user", "partner").order_by("pk"):
        own = watches.get((member.user_id, member.partner_id), [])
        if not own or member.user_id in authors or member.user_id in heard:
            continue
        listener = Listener(Actor.of(member), False, own[0])
        accounts = TierAccount.objects.visible_to(listener.actor)
        accounts = accounts.filter(pk__in=[watch.object_id for watch in own])
        if seen := list(accounts.order_by("name", "pk")):
            heard[member.user_id] = (listener, seen)
    return list(heard.values())


def _note(event: Event) -> Note | None:
    if event.object_type != "note":
        return None
    return Note.objects.filter(pk=event.object_id).first()


def _subject(row: Event | Note) -> Any:
    subject = SUBJECTS.get(row.object_type)
    if subject is None:
        return None
    return subject.model._default_manager.filter(pk=row.object_id).first()


def _candidates(obj: Any, note: Note | None) -> Iterable[Listener]:
    """Mentioned colleagues first; then who watches the object, or what it is about."""
    above = SUBJECTS[obj._meta.model_name].above
    over = getattr(obj, above) if above else None
    rows = Watch.objects.filter(object_id__in=[obj.pk, over])
    watches = {(row.user_id, row.partner_id): row for row in rows if row.object_id == over}
    watches |= {(row.user_id, row.partner_id): row for row in rows if row.object_id == obj.pk}
    mentioned = set(note.mentioned.values_list("pk", flat=True)) if note else set()
    users = mentioned.union(user for user, _partner in watches)
    if not users:
        return []
    found = []
    members = Membership.objects.usable().filter(user__in=users)
    for member in members.select_related("user", "partner").order_by("pk"):
        named = note is not None and member.partner_id == note.partner_id
        named = named and member.user_id in mentioned
        followed = watches.get((member.user_id, member.partner_id))
        if named or followed:
            found.append(Listener(Actor.of(member), named, followed))
    return sorted(found, key=lambda each: not each.mentioned)
