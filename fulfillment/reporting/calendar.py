"""When scheduled reports are asked for, and which days they are about. Pure; all days are UTC's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from ..models import ReportSchedule

Repeat = ReportSchedule.Repeat
#: What is new is complete by then, and there before offices open.
HOUR = 3
DAY = timedelta(days=1)


def following(repeat: str, now: datetime) -> datetime:
    """The first moment after `now` at which a schedule comes due."""
    found = _moment(_begun(repeat, now.astimezone(UTC).date()))
    return found if found > now else _moment(_next(repeat, found.date()))


def latest(repeat: str, now: datetime) -> datetime:
    """The last such moment that has come: what was missed while no worker ran is made once."""
    found = _moment(_begun(repeat, now.astimezone(UTC).date()))
    return found if found <= now else _moment(_begun(repeat, found.date() - DAY))


def before(repeat: str, due: datetime) -> tuple[date, date]:
    """First and last day of the day, week or month before the one in which it is due."""
    end = _begun(repeat, due.astimezone(UTC).date()) - DAY
    return _begun(repeat, end), end


def _begun(repeat: str, day: date) -> date:
    """The first day of the day, week or month `day` is in."""
    if repeat == Repeat.WEEKLY:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if repeat == Repeat.MONTHLY else day


def _next(repeat: str, day: date) -> date:
    """The first day of the next one; `day` is the first of its own."""
    if repeat == Repeat.MONTHLY:
        return (day + timedelta(days=31)).replace(day=1)
    return day + (timedelta(days=7) if repeat == Repeat.WEEKLY else DAY)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(HOUR), UTC)
