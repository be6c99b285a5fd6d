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

from . import statements
from .charts import Chart, bars
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

    def ages(kind: Kind) -> dict[str, Any]:
        found = {}
        after = 0
        for name, (_label, days) in zip(names, AGES, strict=True):
            part = Q(**{f"{kind.since}__lte": now - timedelta(days=after)}) if after else Q()
            if days is not None:
                part &= Q(**{f"{kind.since}__gt": now - timedelta(days=days)})
                after = days
            found[name] = Count(kind.since, filter=part)
        return found

    rows = _summed(
        {page: visible(page, actor).filter(where(page, own[page])) for page in own},
        lambda kind: {**ages(kind), "oldest": Min(kind.since)},
        (*names, "oldest"),
    )
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


def decided(actor: Actor) -> Chart:
    """How many requests were decided in each of the last weeks, and how long they took."""
    monday = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday())
    starts = [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
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
        return _summed(parts, weeks, tuple(names))

    rows = statements.rows(("decided", starts[0]), actor, build)
    until_now = [sum(row[1 + index] for row in rows) for index in range(WEEKS)]
    sums = [here - later for here, later in zip(until_now, [*until_now[1:], 0], strict=True)]
    labels = [date_format(start, "j M") for start in starts]
    values = bars(zip(labels, sums, ["done"] * WEEKS, strict=True))
    return Chart(
        "decided",
        _("Decided per week"),
        _("Week of"),
        _("requests"),
        note=took(actor),
        bars=values,
    )


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
    """One row of aggregates per kind: (page, *names)."""
    summed = [
        rows.order_by()
        .annotate(kind=Value(page, CharField()))
        .values("kind")
        .annotate(**columns(KINDS[page]))
        .values_list("kind", *names)
        for page, rows in parts.items()
    ]
    return summed[0].union(*summed[1:], all=True)
