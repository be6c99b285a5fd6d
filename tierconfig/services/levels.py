"""How long requests should stay in a state: levels by vendor, and the zone of a request.

A zone follows from whole days in the present state (domain 2.15, 2.19): 0 on time, 1 late, 2
overdue. States without a level, the decided ones, have none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.events import record
from customers.models import Partner
from customers.services.partners import may_set

from ..models import ServiceLevel

Entity = ServiceLevel.Entity
#: More days than these are a mistake of typing.
MOST = 3650


class Zone(IntEnum):
    ON_TIME = 0
    LATE = 1
    OVERDUE = 2


@dataclass(frozen=True)
class Level:
    """Late after `late` whole days in the state, overdue after `overdue`; ended by the platform
    after `terminate`, never without it (fulfillment/services/endings.py)."""

    late: int
    overdue: int
    terminate: int | None = None

    @property
    def numbers(self) -> list[int]:
        """As events tell them."""
        return [self.late, self.overdue, *([] if self.terminate is None else [self.terminate])]


#: States in which requests may be ended by time. What is parked or planned is not.
ENDED_BY_TIME = ("draft", "inquiring", "pending", "revoking")


#: By (entity, state).
Levels = Mapping[tuple[str, str], Level]


@dataclass(frozen=True)
class Stay:
    """How long something has been in its state, in whole days, and what its vendor says to it."""

    days: int
    zone: Zone
    since: datetime


def defaults() -> dict[tuple[str, str], Level]:
    """The levels of settings.SERVICE_LEVELS, for whoever has set none."""
    return {
        (entity, state): Level(*days)
        for entity, states in settings.SERVICE_LEVELS.items()
        for state, days in states.items()
    }


def levels(partners: Collection[str]) -> dict[str, Levels]:
    """The levels of each of these vendors, by its id; one query."""
    usual = defaults()
    found = {pk: dict(usual) for pk in partners}
    columns = ("partner_id", "entity", "state", "late", "overdue", "terminate")
    for partner, entity, state, *days in _own(found).values_list(*columns):
        if (entity, state) in usual:
            found[partner][entity, state] = Level(*days)
    return dict(found)


def stay(
    own: Levels, entity: str, state: str, since: datetime, now: datetime | None = None
) -> Stay | None:
    """How long a request is in `state`, measured by the levels of its vendor."""
    level = own.get((entity, state))
    if level is None:
        return None
    days = max(0, ((now or timezone.now()) - since).days)
    zone = Zone.ON_TIME
    if days >= level.late:
        zone = Zone.OVERDUE if days >= level.overdue else Zone.LATE
    return Stay(days, zone, since)


def in_zone(entity: str, zone: Zone, partners: Collection[str] | None = None) -> Q:
    """The requests that are in a zone at this moment; fields `vendor`, `state`, `state_since`.

    `partners` are the vendors whose requests are asked for, None for all that have levels of
    their own; one query.
    """
    now, usual = timezone.now(), defaults()
    own: dict[str, dict[str, Level]] = {}
    for row in _own(partners).filter(entity=entity):
        own.setdefault(row.state, {})[row.partner_id] = Level(row.late, row.overdue)
    found = Q(pk__in=[])
    for (kind, state), level in usual.items():
        if kind != entity:
            continue
        apart = own.get(state, {})
        found |= Q(state=state) & _within(level, zone, now) & ~Q(vendor__in=list(apart))
        for partner, each in apart.items():
            found |= Q(state=state, vendor=partner) & _within(each, zone, now)
    return found


def measured(rows: QuerySet[Any], entity: str) -> QuerySet[Any]:
    """Requests with `level_late` and `level_overdue`, None where their vendor has set nothing for
    their state."""
    own = ServiceLevel.objects.filter(
        partner=OuterRef("vendor"), entity=entity, state=OuterRef("state")
    )
    return rows.annotate(
        level_late=Subquery(own.values("late")[:1]),
        level_overdue=Subquery(own.values("overdue")[:1]),
    )


@transaction.atomic
def save_levels(
    partner: Partner, *, actor: Actor, levels: Mapping[tuple[str, str], Level]
) -> Partner:
    """Store a vendor's levels; those that are as the settings have them are not kept.

    Locks the partner's row. Raises PermissionDenied, and ValidationError by
    "<entity>-<state>-late", "-overdue" or "-terminate". Storing the present ones again changes
    nothing.
    """
    held = Partner._base_manager.select_for_update(of=("self",), no_key=True).get(pk=partner.pk)
    if held.role != Partner.Role.VENDOR or not may_set(held, actor):
        raise PermissionDenied
    usual = defaults()
    wanted = {key: level for key, level in levels.items() if key in usual}
    check_levels(wanted)
    rows = {(row.entity, row.state): row for row in ServiceLevel.objects.filter(partner=held)}
    changes: dict[str, list[list[int]]] = {}
    for key, level in wanted.items():
        row = rows.get(key)
        before = Level(row.late, row.overdue, row.terminate) if row else usual[key]
        if before == level:
            continue
        changes["-".join(key)] = [before.numbers, level.numbers]
        if level == usual[key]:
            ServiceLevel.objects.filter(partner=held, entity=key[0], state=key[1]).delete()
            continue
        ServiceLevel.objects.update_or_create(
            partner=held,
            entity=key[0],
            state=key[1],
            defaults={
                "late": level.late,
                "overdue": level.overdue,
                "terminate": level.terminate,
                "changed_by": actor.user,
            },
        )
    if changes:
        record("partner.service_levels", held, actor=actor, data={"changes": changes})
    return held


def _own(partners: Collection[str] | None) -> QuerySet[ServiceLevel]:
    rows = ServiceLevel.objects.all()
    return rows if partners is None else rows.filter(partner__in=list(partners))


def _within(level: Level, zone: Zone, now: datetime) -> Q:
    late = now - timedelta(days=level.late)
    overdue = now - timedelta(days=level.overdue)
    if zone == Zone.OVERDUE:
        return Q(state_since__lte=overdue)
    if zone == Zone.LATE:
        return Q(state_since__lte=late, state_since__gt=overdue)
    return Q(state_since__gt=late)


def check_levels(wanted: Levels) -> None:
    """Raise ValidationError as save_levels() does for days that make no sense."""
    errors = {}
    for (entity, state), level in wanted.items():
        for name, days in (("late", level.late), ("overdue", level.overdue)):
            if not 0 <= days <= MOST:
                errors[f"{entity}-{state}-{name}"] = _("Enter 0 to %(most)d days.") % {"most": MOST}
        if level.overdue < level.late:
            errors[f"{entity}-{state}-overdue"] = _("Overdue comes after late.")
        if error := _wrong_end(level, state):
            errors[f"{entity}-{state}-terminate"] = error
    if errors:
        raise ValidationError(errors)


def _wrong_end(level: Level, state: str) -> str:
    if level.terminate is None:
        return ""
    if state not in ENDED_BY_TIME:
        return _("Requests in this state are not ended by time.")
    if not 1 <= level.terminate <= MOST:
        return _("Enter 1 to %(most)d days, or nothing.") % {"most": MOST}
    if level.terminate < level.overdue:
        return _("A request is overdue before it is ended.")
    return ""
