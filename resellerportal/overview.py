"""What the home page is made of: few queries over three kinds of requests at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    Min,
    Model,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.actors import ADMIN, DISTRIBUTOR, VENDOR, Actor
from customers.models import TierAccountRequest
from fulfillment.models import FulfillmentRequest
from tierconfig.models import TierConfigRequest

from .charts import Chart, bars

#: Rows shown of what waits for me; rows read to say on whom the others wait.
SHOWN, READ = 8, 100
WEEKS = 8


States = tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of request; `page` is the model part of its URL names, paths lead from its row.

    `many` takes %(count)d; `since` is the start of the present state; `counter` is the account
    that is asked for an answer; `turns` are the states in which somebody has to act.
    """

    page: str
    label: Any
    one: Any
    many: Any
    icon: str
    model: type[Model]
    name: str
    product: str
    counter: str
    turns: States
    decided: States
    since: str = "state_since"


KINDS = {
    kind.page: kind
    for kind in (
        Kind(
            "request",
            gettext_lazy("Account requests"),
            gettext_lazy("Account request"),
            ngettext_lazy("%(count)d account request", "%(count)d account requests", "count"),
            "fa-users",
            TierAccountRequest,
            "account__name",
            "product__name",
            "account__name",
            ("pending",),
            ("accepted", "ignored"),
            "created_at",
        ),
        Kind(
            "config-request",
            gettext_lazy("Configuration requests"),
            gettext_lazy("Configuration request"),
            ngettext_lazy(
                "%(count)d configuration request", "%(count)d configuration requests", "count"
            ),
            "fa-sliders",
            TierConfigRequest,
            "configuration__account__name",
            "configuration__product__name",
            "configuration__account__name",
            ("pending", "inquiring"),
            ("approved", "failed"),
        ),
        Kind(
            "order",
            gettext_lazy("Orders"),
            gettext_lazy("Order"),
            ngettext_lazy("%(count)d order", "%(count)d orders", "count"),
            "fa-box-open",
            FulfillmentRequest,
            "subscription__customer__name",
            "subscription__product__name",
            "subscription__customer__name",
            ("pending", "inquiring"),
            ("approved", "failed", "revoked"),
        ),
    )
}


def mine(actor: Actor) -> dict[str, States]:
    """States of rows the actor has to act on, by kind.

    Vendors decide what is pending; the buying side answers what is inquiring. A distributor is
    not asked for the values of its resellers.
    """
    if actor.role in (VENDOR, ADMIN):
        return dict.fromkeys(KINDS, ("pending",))
    if actor.role == DISTRIBUTOR:
        return {"order": ("inquiring",)}
    return {"config-request": ("inquiring",), "order": ("inquiring",)}


def others(actor: Actor) -> dict[str, States]:
    """States of rows somebody else has to act on; what is parked waits for these."""
    turns = {page: set(kind.turns) - set(mine(actor).get(page, ())) for page, kind in KINDS.items()}
    return {page: tuple(sorted(states)) for page, states in turns.items() if states}


def visible(page: str, actor: Actor) -> QuerySet[Any]:
    return KINDS[page].model._default_manager.visible_to(actor)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Item:
    """A request that waits: for me, or for `party`."""

    page: str
    mine: bool
    pk: str
    name: str
    product: str
    party: str
    state: str
    since: datetime


def items(actor: Actor) -> list[Item]:
    """The oldest of what waits for me, and what waits longest for others; one query."""
    parts = [_part(page, states, True, actor, SHOWN) for page, states in mine(actor).items()]
    parts += [_part(page, states, False, actor, READ) for page, states in others(actor).items()]
    rows = parts[0].union(*parts[1:], all=True)
    return sorted((Item(*row) for row in rows), key=lambda item: (item.since, item.pk))


def _part(page: str, states: States, own: bool, actor: Actor, limit: int) -> Any:
    """The oldest rows of one kind in columns all kinds share; slicing happens in a subquery,
    because SQLite takes no limit inside of a union."""
    kind = KINDS[page]
    oldest = visible(page, actor).filter(state__in=states).order_by(kind.since).values("pk")[:limit]
    text = CharField()
    return (
        kind.model._default_manager.filter(pk__in=oldest)
        .annotate(
            kind=Value(page, text),
            own=Value(own),
            named=F(kind.name),
            sold=F(kind.product),
            party=Case(
                When(state="pending", then=F("vendor__name")),
                default=F(kind.counter),
                output_field=text,
            ),
            at=F(kind.since),
        )
        .values_list("kind", "own", "pk", "named", "sold", "party", "state", "at")
    )


@dataclass
class Party:
    """Somebody others wait for: how much of what, and since when."""

    name: str
    counts: dict[str, int]
    since: datetime

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def parties(rows: list[Item], limit: int = 6) -> list[Party]:
    """On whom what is not mine waits, the longest waiting first."""
    found: dict[str, Party] = {}
    for item in (row for row in rows if not row.mine):
        party = found.setdefault(item.party, Party(item.party, {}, item.since))
        party.counts[item.page] = party.counts.get(item.page, 0) + 1
    return sorted(found.values(), key=lambda party: party.since)[:limit]


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
            where = Q(**{f"{kind.since}__lte": now - timedelta(days=after)}) if after else Q()
            if days is not None:
                where &= Q(**{f"{kind.since}__gt": now - timedelta(days=days)})
                after = days
            found[name] = Count(kind.since, filter=where)
        return found

    rows = _summed(
        {page: visible(page, actor).filter(state__in=states) for page, states in own.items()},
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

    parts = {
        page: visible(page, actor).filter(state__in=kind.decided, state_since__gte=starts[0])
        for page, kind in KINDS.items()
    }
    rows = _summed(parts, weeks, tuple(names))
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
    parts = [
        kind.model._default_manager.filter(
            pk__in=visible(page, actor)
            .filter(state=kind.decided[0])
            .order_by(f"-{kind.since}")
            .values("pk")[:READ]
        ).values_list("created_at", "decided_at")
        for page, kind in KINDS.items()
    ]
    spans = [(end - begin).total_seconds() for begin, end in parts[0].union(*parts[1:], all=True)]
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
) -> list[tuple[Any, ...]]:
    """One row of aggregates per kind: (page, *names)."""
    summed = [
        rows.order_by()
        .annotate(kind=Value(page, CharField()))
        .values("kind")
        .annotate(**columns(KINDS[page]))
        .values_list("kind", *names)
        for page, rows in parts.items()
    ]
    return list(summed[0].union(*summed[1:], all=True))
