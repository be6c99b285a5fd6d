"""Reports by the calendar: begun, ended, and asked for when they come due.

A schedule is its owner's: what it asks for is asked with the rights the owner has then, and the
end of the membership, or of the right to ask, is the end of the schedule.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import chores, identifiers, jobs
from customers.actors import ADMINISTRATOR, Actor
from customers.errors import field_error
from customers.models import Membership, Partner

from ..models import ReportSchedule
from . import calendar
from .asking import ask, check_format
from .kinds import KINDS
from .narrowing import cleaned

#: Schedules of one partner.
MOST = 20
#: While too many reports of the partner are being made, the next one waits for so long.
PAUSE = timedelta(minutes=10)


def may_schedule(actor: Actor) -> bool:
    return actor.may_act and actor.user is not None and actor.partner is not None


def may_end(schedule: ReportSchedule, actor: Actor) -> bool:
    """Its owner, and administrators of the partner."""
    if actor.user is None or not actor.may_act or schedule.partner_id != actor.partner_id:
        return False
    return schedule.user_id == actor.user.pk or actor.level == ADMINISTRATOR


@transaction.atomic
def schedule_report(
    kind: str,
    *,
    actor: Actor,
    format: str,
    repeat: str,
    recent: bool = False,
    params: dict[str, Any] | None = None,
) -> ReportSchedule:
    """Ask for a report every day, week or month from now on.

    `params` as for request_report, without days: with `recent` each report is about the day, week
    or month before. Locks the partner. Raises PermissionDenied for viewers and for who acts for no
    partner, LookupError for an unknown kind, and ValidationError by field or for the whole when
    there are too many.
    """
    if not may_schedule(actor) or actor.partner is None:
        raise PermissionDenied
    chosen = KINDS[kind]
    check_format(format)
    if repeat not in ReportSchedule.Repeat.values:
        raise field_error("repeat", _("Choose how often."), "unknown")
    undated = {name: each for name, each in (params or {}).items() if name not in ("start", "end")}
    undated = cleaned(chosen, undated, actor)
    Partner.objects.select_for_update(no_key=True).get(pk=actor.partner.pk)
    if ReportSchedule.objects.filter(partner=actor.partner).count() >= MOST:
        text = ngettext(
            "A company has at most %(n)d schedule. End one first.",
            "A company has at most %(n)d schedules. End one first.",
            MOST,
        )
        raise ValidationError(text % {"n": MOST}, code="limit")
    return identifiers.insert(
        ReportSchedule,
        "RSC",
        name=str(chosen.label),
        kind=kind,
        format=format,
        params=undated,
        repeat=repeat,
        recent=recent,
        partner=actor.partner,
        user=actor.user,
        next_at=calendar.following(repeat, timezone.now()),
    )


@transaction.atomic
def end_schedule(schedule: ReportSchedule, *, actor: Actor) -> ReportSchedule:
    """Nothing more is made; reports it made stay. Raises PermissionDenied, and
    ReportSchedule.DoesNotExist when somebody ended it before."""
    if not may_end(schedule, actor):
        raise PermissionDenied
    held = ReportSchedule.objects.select_for_update().get(pk=schedule.pk)
    held.delete()
    return schedule


@chores.register
def ask_scheduled(now: datetime | None = None, limit: int = 100) -> int:
    """Ask for the reports that have come due, and end schedules of members who left; how many."""
    now = now or timezone.now()
    usable = Membership.objects.usable().filter(
        user=OuterRef("user"), partner=OuterRef("partner"), user__is_active=True
    )
    gone = ReportSchedule.objects.filter(~Exists(usable))
    due = ReportSchedule.objects.filter(Exists(usable), next_at__lte=now).order_by("next_at")
    ended = chores.each(gone[:limit], _left)
    return ended + chores.each(due[:limit], lambda schedule: _asked(schedule, now))


@transaction.atomic
def _left(schedule: ReportSchedule) -> bool:
    held = ReportSchedule.objects.select_for_update().get(pk=schedule.pk)
    held.delete()
    return True


@transaction.atomic
def _asked(schedule: ReportSchedule, now: datetime) -> bool:
    """Whether it was due still when it was held."""
    # The partner first, as whoever asks for a report holds it.
    Partner.objects.select_for_update(no_key=True).get(pk=schedule.partner_id)
    held = ReportSchedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)
    if held.next_at > now:
        return False
    try:
        actor = jobs.present_actor(held.user, held.partner_id)
        held.last = ask(
            held.kind, actor=actor, format=held.format, params=_params(held, now), tell=True
        )
    except (PermissionDenied, LookupError):
        held.delete()
        return True
    except ValidationError as error:
        if getattr(error, "code", "") != "limit":
            raise
        held.next_at = now + PAUSE
    else:
        held.next_at = calendar.following(held.repeat, now)
    held.updated_at = now
    held.save(update_fields=["last", "next_at", "updated_at"])
    return True


def _params(schedule: ReportSchedule, now: datetime) -> dict[str, Any]:
    """What it was narrowed to; what its owner no longer sees narrows it to nothing."""
    if not schedule.recent:
        return dict(schedule.params)
    start, end = calendar.before(schedule.repeat, calendar.latest(schedule.repeat, now))
    return {**schedule.params, "start": start.isoformat(), "end": end.isoformat()}
