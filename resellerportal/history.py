"""Events as sentences: one thread per object, with who, for whom, when and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model, Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.actors import CONTACT, RESELLER, SYSTEM, VENDOR, Actor
from customers.models import Event, Note, ServiceUser
from customers.visibility import strangers

from . import reasons
from .cells import age
from .sentences import sentence
from .texts import linked

#: Who may operate an account is between its distributor and the reseller.
NOT_FOR_VENDORS = ("tieraccount.grant", "tieraccount.end_access")


EVERY = Q()

#: What `thread` reads of an event, which need not be a model.
OF_THREAD = (
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
    "reason",
    "data",
)


@dataclass(frozen=True)
class Entry:
    """A line of the thread; `who` is empty when the platform acted by itself.

    Of a note, `note` is its kind and `body` what it says.
    """

    who: str
    text: str
    partner: str
    when: SafeString
    reason: str
    mine: bool
    note: str = ""
    body: str = ""
    #: Files of a note, as notes/files.py names them.
    files: tuple[Any, ...] = ()


def events_of(*objects: Model, limit: int = 50, before: Q = EVERY) -> list[Event]:
    """Latest events of objects whose visibility the caller has established, newest first.

    `before` narrows them: to those before a moment, or to some verbs.
    """
    rows = Event.objects.about(*objects).filter(before).select_related("partner")
    return list(rows.order_by("-at", "-pk")[:limit])


def change_of(account: Model, version: int) -> Event | None:
    """The event by which an account, visible to the caller's actor, came to a version."""
    rows = Event.objects.about(account).filter(
        data__version=version, verb__startswith="tieraccount."
    )
    return rows.select_related("partner").order_by("at").first()


def thread(events: Iterable[Any], actor: Actor) -> list[Entry]:
    """The events as `actor` may read them, each with OF_THREAD, and notes that it may read.

    Resellers see no names of people of the other sides, nor of resellers they have nothing to do
    with, from whom an account may have come to them. Vendors see no names of the resellers who
    changed an account or an order: they may operate a parent that is not named to the vendor
    (decision 4). Configurations are answered by the reseller they are of. Keys of the API act
    under their own name, those of the reader's company with the name of their owner.
    """
    events = told(events, actor)
    unnamed, owners = _strangers(events, actor), _owners(events, actor)
    return [_entry(event, actor, unnamed, owners) for event in events]


def told(rows: Iterable[Any], actor: Actor) -> list[Any]:
    """Those of the events and notes of one thread that `actor` is told of."""
    return [
        row
        for row in rows
        if actor.role != VENDOR or isinstance(row, Note) or row.verb not in NOT_FOR_VENDORS
    ]


def _entry(row: Any, actor: Actor, unnamed: Collection[Any], owners: Mapping[str, str]) -> Entry:
    entry = Entry(
        who=_who(row, actor, unnamed, owners),
        text=sentence(row),
        partner=_partner(row, actor, unnamed),
        when=age(row.at),
        reason="",
        mine=bool(row.user_id and actor.user and row.user_id == actor.user.pk),
    )
    if isinstance(row, Note):
        files = tuple(getattr(row, "files", ()))
        return replace(entry, note=row.kind, body=linked(row.text), files=files)
    return replace(entry, reason=reasons.given(row, actor.role))


def who(event: Event | Note, actor: Actor) -> str:
    """The name under which `actor` may know who did it."""
    return _who(event, actor, _strangers([event], actor), _owners([event], actor))


def names(events: Iterable[Event], actor: Actor) -> dict[Any, str]:
    """As `who`, by event; one query for all of them, one more where keys of the API acted."""
    events = list(events)
    unnamed, owners = _strangers(events, actor), _owners(events, actor)
    return {event.pk: _who(event, actor, unnamed, owners) for event in events}


def nameable(events: Iterable[Event], actor: Actor) -> set[Any]:
    """Keys of the events whose doer, or at least the company, `actor` may know."""
    events = list(events)
    unnamed = _strangers(events, actor)
    return {event.pk for event in events if not _nameless(event, actor, unnamed)}


def _who(
    event: Event | Note, actor: Actor, unnamed: Collection[Any], owners: Mapping[str, str]
) -> str:
    if event.role == SYSTEM:
        return "Tierdesk"
    own = bool(event.user_id and actor.user and event.user_id == actor.user.pk)
    if owner := owners.get(getattr(event, "key_id", "")):
        return f"{event.actor_name} ({_('you') if own else owner})"
    if own:
        return _("You")
    if _nameless(event, actor, unnamed):
        return _("A reseller")
    if actor.role == RESELLER and event.role == CONTACT:
        return _("The technical contact")
    if actor.role == RESELLER and event.partner_id != actor.partner_id:
        return event.partner.name if event.partner else _("Tierdesk")
    return event.actor_name


def _partner(event: Event | Note, actor: Actor, unnamed: Collection[Any]) -> str:
    if event.partner is None or _nameless(event, actor, unnamed):
        return ""
    return event.partner.name


def _nameless(event: Event | Note, actor: Actor, unnamed: Collection[Any]) -> bool:
    if event.role != RESELLER:
        return False
    if actor.role == VENDOR:
        # Who nudges may wait in another company than the one that is configured.
        nudges = getattr(event, "verb", "").endswith(".nudge")
        return nudges or event.object_type not in ("tierconfig", "tierconfigrequest")
    return event.partner_id in unnamed


def _owners(events: list[Any], actor: Actor) -> dict[str, str]:
    """Names of the owners of the keys that acted, of those the actor may see."""
    keys = {key for event in events if (key := getattr(event, "key_id", ""))}
    if not keys:
        return {}
    rows = ServiceUser.objects.visible_to(actor).filter(pk__in=keys)
    return dict(rows.values_list("pk", "owner__name"))


def _strangers(events: list[Any], actor: Actor) -> set[str]:
    if actor.role != RESELLER:
        return set()
    acting = {event.partner_id for event in events if event.role == RESELLER}
    return strangers({pk for pk in acting if pk and pk != actor.partner_id}, actor)
