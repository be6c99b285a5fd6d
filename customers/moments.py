"""Whose clock counts: the time zones people choose, and moments as they read them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

#: Parts of the world whose names are offered; what else the database of time zones holds are old
#: names of the same zones and zones that are named after an offset.
AREAS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The zones to choose from, UTC first."""
    found = (name for name in available_timezones() if name.partition("/")[0] in AREAS)
    return ("UTC", *sorted(found))


def zone(name: str) -> tzinfo:
    """The zone of that name; the installation's where there is none, or none such any more."""
    try:
        return ZoneInfo(name) if name else timezone.get_default_timezone()
    except (KeyError, OSError, ValueError):
        return timezone.get_default_timezone()


def check_zone(name: str) -> str:
    """`name`, or "" for the installation's zone. Raises ValidationError for an unknown one."""
    if name and name not in names():
        raise ValidationError(_("Choose from what is offered."), code="unknown")
    return name


def use(name: str) -> None:
    """What this thread writes from now on is in the zone of that name."""
    timezone.activate(zone(name))


@contextmanager
def used(name: str) -> Iterator[None]:
    """The same for a block."""
    with timezone.override(zone(name)):
        yield


def dated(moment: datetime) -> str:
    """`2026-11-22 14:05 CET`: the moment in the present zone, which it names; in UTC on the first
    and last days there are, where others have no calendar."""
    try:
        local = timezone.localtime(moment)
    except OverflowError:
        local = moment.astimezone(UTC)
    return f"{local:%Y-%m-%d %H:%M} {label(local)}"


def label(local: datetime) -> str:
    """What the zone is called at that moment; `UTC+04` where it has no name of its own."""
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name


def begins(day: date) -> datetime:
    """The first moment of a day of the present zone."""
    return _moment(day, time.min)


def ends(day: date) -> datetime:
    """The last moment of a day of the present zone."""
    return _moment(day, time.max)


def _moment(day: date, clock: time) -> datetime:
    """In UTC, as databases take it; the first and last days there are end where UTC does."""
    local = datetime.combine(day, clock, timezone.get_current_timezone())
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return local.replace(tzinfo=UTC)
