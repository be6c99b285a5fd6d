"""How long requests wait, how many are decided, how long they take: the figures of a home page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import CharField, Count, Min, Q, QuerySet, Value
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import Actor

from .. import statements
from ..drawing.charts import Chart, bars, stacked
from .overview import KINDS, Kind, mine, visible, where

WEEKS = 8
#: Decided requests of each kind that say how long one usually takes.
SAMPLE = 40

#: (label, days at most) of the age histogram; the last has no end.
AGES: tuple[tuple[Any, int | None], ...] = (
    (gettext_lazy("today"), 1),
    (gettext_lazy("1–2 d"), 3),
    (gettext_lazy("3–6 d"), 7),
    (gettext_lazy("1–2 wk"), 14),
    (gettext_lazy("2–4 wk"), 28),
    (gettext_lazy("older"), None),
)

#: (name, class, states) of the outcomes of requests, the one that was asked for first.
OUTCOMES: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (gettext_lazy("granted"), "done", ("approved", "accepted")),
    (gettext_lazy("rejected"), "stop", ("failed", "ignored")),
    (gettext_lazy("revoked"), "parked", ("revoked",)),
)


@dataclass(frozen=True)
class Queue:
    """What waits for me of one kind."""

    page: str
    count: int
    oldest: datetime | None


def queues(actor: Actor) -> tuple[list[Queue], Chart]:
    """Length and age of my queues, by kind and over all; one query.

    The lengths are left in `actor.memo["queues"]`, for the rail.
    """
    now = timezone.now()
    own = mine(actor)
    names = [f"age{index}" for index in range(len(AGES))]
    ends = [now - timedelta(days=days) for _label, days in AGES if days is not None]

    def build() -> QuerySet[Any]:
        return _summed(
            {page: visible(page, actor).filter(where(page, own[page])) for page in own},
            lambda kind: {**_ages(kind, names), "oldest": Min(kind.since)},
            (*names, "oldest"),
        )

    rows = statements.rows("queues", actor, build, statements.at_moments(ends))
    found = {row[0]: row[1:] for row in rows}
    empty = (*[0] * len(AGES), None)
    kinds = [(page, found.get(page, empty)) for page in own]
    sums = [sum(row[index] for _page, row in kinds) for index in range(len(AGES))]
    css = ("", "", "", "late", "late", "late")
    chart = Chart(
        "ages",
        _("How long it has waited for you"),
        _("Age"),
        _("requests"),
        bars=bars(zip((label for label, _days in AGES), sums, css, strict=True)),
    )
    found_queues = [Queue(page, sum(row[: len(AGES)]), row[len(AGES)]) for page, row in kinds]
    actor.memo["queues"] = {queue.page: queue.count for queue in found_queues}
    return found_queues, chart


def _ages(kind: Kind, names: list[str]) -> dict[str, Any]:
    """How many are of each age; the moments between the ages are slots."""
    found = {}
    for place, name in enumerate(names):
        part = Q(**{f"{kind.since}__lte": statements.moment_slot(place - 1)}) if place else Q()
        if place < len(names) - 1:
            part &= Q(**{f"{kind.since}__gt": statements.moment_slot(place)})
        found[name] = Count(kind.since, filter=part)
    return found


def decided(actor: Actor) -> Chart:
    """How many requests were decided in each of the last weeks, and how long they took."""
    starts = _mondays()
    names = [f"week{index}" for index in range(WEEKS)]

    def weeks(kind: Kind) -> dict[str, Any]:
        # Counted from each Monday to now; the differences are the weeks. One comparison per row
        # and week, and no column outside of the index, is what makes this cheap.
        return {
            name: Count("state_since", filter=Q(state_since__gte=start))
            for name, start in zip(names, starts, strict=True)
        }

    def build() -> QuerySet[Any]:
        parts = {
            page: visible(page, actor).filter(state__in=kind.decided, state_since__gte=starts[0])
            for page, kind in KINDS.items()
        }
        return _summed(parts, weeks, ("state", *names))

    rows = statements.rows(("decided", *starts), actor, build)
    layers = {each: _weekly([row[2:] for row in rows if row[1] in each[2]]) for each in OUTCOMES}
    good, every = sum(layers[OUTCOMES[0]]), sum(map(sum, layers.values()))
    share = _("%(n)d %% granted") % {"n": round(100 * good / every)} if every else ""
    return _per_week(layers, starts, " · ".join(filter(None, [took(actor), share])))


def _mondays() -> list[datetime]:
    """When each of the last weeks began, the present one last."""
    monday = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday())
    return [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]


def _per_week(layers: dict[Any, list[int]], starts: list[datetime], note: str) -> Chart:
    """What was decided, by outcome; what never happened needs no colour."""
    happened = [each for each, sums in layers.items() if any(sums)]
    labels = [date_format(start, "j M") for start in starts]
    weekly = zip(*(layers[each] for each in happened), strict=True)
    values = stacked(
        zip(labels, weekly if happened else [()] * WEEKS, strict=True),
        [css for _name, css, _states in happened],
    )
    return Chart(
        "decided",
        _("Decided per week"),
        _("Week of"),
        _("requests"),
        note=note,
        layers=tuple((name, css) for name, css, _states in happened),
        bars=values,
    )


def _weekly(until_now: list[Any]) -> list[int]:
    """What was decided in each week, from sums that all reach until now."""
    sums = [sum(row[index] for row in until_now) for index in range(WEEKS)]
    return [here - later for here, later in zip(sums, [*sums[1:], 0], strict=True)]


def took(actor: Actor) -> str:
    """How long the latest granted requests took from creation to decision; one query."""

    def build() -> QuerySet[Any]:
        parts = [
            visible(page, actor)
            .filter(
                pk__in=visible(page, actor)
                .filter(state=kind.decided[0])
                .order_by(f"-{kind.since}")
                .values("pk")[:SAMPLE]
            )
            .values_list("created_at", "decided_at")
            for page, kind in KINDS.items()
        ]
        return parts[0].union(*parts[1:], all=True)

    rows = statements.rows("took", actor, build)
    spans = [(end - begin).total_seconds() for begin, end in rows]
    if not spans:
        return ""
    seconds = median(spans)
    if seconds < 172_800:
        return _("usually takes %(n)d h") % {"n": max(1, round(seconds / 3600))}
    return _("usually takes %(n)d days") % {"n": round(seconds / 86_400)}


def _summed(
    parts: dict[str, QuerySet[Any]],
    columns: Callable[[Kind], dict[str, Any]],
    names: tuple[str, ...],
) -> QuerySet[Any]:
    """One row of aggregates per kind, and per state when it is named: (page, *names)."""
    summed = [
        rows.order_by()
        .annotate(kind=Value(page, CharField()))
        .values("kind", *(["state"] if "state" in names else []))
        .annotate(**columns(KINDS[page]))
        .values_list("kind", *names)
        for page, rows in parts.items()
    ]
    return summed[0].union(*summed[1:], all=True)
