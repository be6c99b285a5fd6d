"""How members hear of news: each at once, in one mail a day, or not at all.

A kind is a name of the web app's own. What a member has not chosen is told at once. Of what is
told once a day an entry waits; at settings.DIGEST_HOUR of the member's time zone the worker binds
the entries of a member to one event, "user.digest", which is told like any other.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from ..actors import Actor
from ..events import record
from ..models import DigestEntry, Event, Membership, NotificationPreference, User
from ..moments import zone

logger = logging.getLogger(__name__)
Mode = NotificationPreference.Mode

#: Kind of the daily mail itself: no preference of its own; who stops it stops all it gathers.
DIGEST = "digest"
#: Members whose daily mail is begun in one look.
MOST = 500


@dataclass(frozen=True)
class Hearer:
    """A member who is told something, and what he chose about single kinds."""

    member: Membership
    chosen: Mapping[str, str]

    def mode(self, kind: str) -> str:
        return self.chosen.get(kind, Mode.EACH)


def hearers(addresses: Collection[str], partners: Collection[str]) -> dict[tuple[str, str], Hearer]:
    """Members who count now, by address (small letters) and partner; two queries."""
    if not addresses or not partners:
        return {}
    found = Membership.objects.usable().filter(
        user__email__in={each.lower() for each in addresses}, partner__in=partners
    )
    members = list(found.select_related("user", "partner"))
    chosen: dict[tuple[str, str], dict[str, str]] = {}
    rows = NotificationPreference.objects.filter(
        user__in={member.user_id for member in members}, partner__in=partners
    )
    for user, partner, kind, mode in rows.values_list("user", "partner", "kind", "mode"):
        chosen.setdefault((user, partner), {})[kind] = mode
    return {
        (member.user.email, member.partner_id): Hearer(
            member, chosen.get((member.user_id, member.partner_id), {})
        )
        for member in members
    }


def member(pk: int) -> Membership | None:
    """A membership that counts now."""
    return Membership.objects.usable().filter(pk=pk).select_related("user", "partner").first()


def choices_of(member: Membership) -> dict[str, str]:
    """What the member chose, by kind; kinds told at once are missing."""
    rows = NotificationPreference.objects.filter(user=member.user_id, partner=member.partner_id)
    return dict(rows.values_list("kind", "mode"))


@transaction.atomic
def choose(member: Membership, modes: Mapping[str, str]) -> None:
    """Keep how the member hears of some kinds; what he chose about others stays."""
    for kind, mode in modes.items():
        NotificationPreference.objects.update_or_create(
            user=member.user, partner=member.partner, kind=kind, defaults={"mode": mode}
        )


@transaction.atomic
def stop(member: Membership, kind: str) -> None:
    """The member hears no more of a kind; of DIGEST, of nothing that is told once a day."""
    if kind != DIGEST:
        choose(member, {kind: Mode.OFF})
        return
    rows = NotificationPreference.objects.filter(
        user=member.user_id, partner=member.partner_id, mode=Mode.DIGEST
    )
    rows.update(mode=Mode.OFF)


def put_by(event: Event, entries: Iterable[tuple[Membership, str]]) -> None:
    """Keep the event, under a kind, for the next daily mail of each member; once, however often
    it is told."""
    rows = [
        DigestEntry(user=member.user, partner=member.partner, event=event, kind=kind)
        for member, kind in entries
    ]
    DigestEntry.objects.bulk_create(rows, ignore_conflicts=True)


def begin_digests(now: datetime | None = None) -> int:
    """Begin the daily mail of every member for whom something waits; returns how many.

    What was put by before the last DIGEST_HOUR of the member; so a worker that was away begins
    one mail for all days, and nobody gets two of a day. Any number of workers may look at once.
    """
    now = now or timezone.now()
    waiting = DigestEntry.objects.filter(sent_in=None)
    zones = waiting.order_by().values_list("user__time_zone", flat=True).distinct()
    hours = {name: last_hour(now, zone(name)) for name in zones}
    if not hours:
        return 0
    due = reduce(or_, (Q(user__time_zone=name, at__lt=until) for name, until in hours.items()))
    found = waiting.filter(due).order_by("user", "partner")
    rows = list(found.values_list("user", "partner", "user__time_zone").distinct()[:MOST])
    return sum(_begin(user, partner, hours[name]) for user, partner, name in rows)


def last_hour(now: datetime, zone: tzinfo) -> datetime:
    """The latest DIGEST_HOUR of the zone that is not after `now`, in UTC.

    Each day of the zone has one: where clocks are put back over the hour, the first of the two;
    where they are put forward over it, the moment of that.
    """
    local = now.astimezone(zone)
    today = local.replace(hour=settings.DIGEST_HOUR, minute=0, second=0, microsecond=0, fold=0)
    # Of one zone, times are compared and subtracted by what clocks show; moments are meant.
    if today.astimezone(UTC) > now:
        today -= timedelta(days=1)
    return today.astimezone(UTC)


def entries_of(event: Event) -> list[DigestEntry]:
    """What a daily mail gathers, oldest first."""
    rows = DigestEntry.objects.filter(sent_in=event).select_related("event", "user", "partner")
    return list(rows.order_by("at", "pk"))


def _begin(user: str, partner: str, until: datetime) -> bool:
    """Bind the entries to a new event, unless another worker did it first."""
    rows = DigestEntry.objects.filter(sent_in=None, at__lt=until, user=user, partner=partner)
    try:
        with transaction.atomic():
            about = User.objects.get(pk=user)
            event = record("user.digest", about, actor=Actor.system(), data={"partner": partner})
            if rows.update(sent_in=event):
                return True
            transaction.set_rollback(True)
    except DatabaseError:
        # Another worker holds the rows; what it leaves is due still the next time.
        logger.exception("the daily mail of %s is put off", user)
    return False
