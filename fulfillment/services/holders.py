"""Who holds requests, how many and for how long: a ranking of holders over all stays.

A stay is counted as long as it lasted in all. Of the present ones that is until now; of past ones
those count that ended in the period, with those that go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum, Value
from django.db.models import Window as Over
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from customers.actors import Actor
from customers.models import Holder, Holding, TierAccount

#: Holders ranked.
MOST = 50
#: Days of the periods; 0 is what is held at this moment.
PERIODS = (0, 30, 90, 365)
KEY = ("holder", "partner", "account")


@dataclass(frozen=True)
class Wanted:
    """`days` is one of PERIODS, `kind` the model name of requests, `product` an id; "" for all."""

    days: int = 0
    kind: str = ""
    product: str = ""


@dataclass
class Line:
    """One holder; `account` is empty where the actor may not see it, and what hides it is summed.

    `median` and `most` (the 90th percentile) are None for such a sum. `longest` is (model name,
    id) of the request that was held for `maximum`.
    """

    holder: str
    partner: str
    account: str
    name: str
    count: int
    total: timedelta
    median: timedelta | None = None
    most: timedelta | None = None
    maximum: timedelta = timedelta()
    longest: tuple[str, str] = ("", "")


def ranking(wanted: Wanted, actor: Actor) -> list[Line]:
    """The holders of what the actor sees, who holds most first; three queries."""
    now = timezone.now()
    rows = _stays(wanted, actor, now)
    keys = rows.order_by().values(*KEY)
    found = keys.annotate(count=Count("pk"), total=Sum("lasted")).order_by("-total", *KEY)
    totals = list(found.values_list(*KEY, "partner__name", "count", "total")[:MOST])
    accounts = {account for _h, _p, account, *_rest in totals if account}
    seen = dict(
        TierAccount.objects.visible_to(actor).filter(pk__in=accounts).values_list("pk", "name")
    )
    marks = _marks(rows, [row[:3] for row in totals])
    lines: dict[tuple[str, str, str], Line] = {}
    for holder, partner, account, name, count, total in totals:
        own = marks[holder, partner, account]
        known = seen.get(account, "")
        line = Line(
            holder=holder,
            partner=partner or "",
            account=account if known else "",
            name=known or name or "",
            count=count,
            total=total,
            median=own["median"][0],
            most=own["most"][0],
            maximum=own["maximum"][0],
            longest=own["maximum"][1:],
        )
        hidden = holder == Holder.CONTACT and not known
        key = (holder, partner or "", line.account)
        lines[key] = _summed(lines[key], line) if hidden and key in lines else line
    return sorted(lines.values(), key=lambda line: line.total, reverse=True)


def _stays(wanted: Wanted, actor: Actor, now: datetime) -> QuerySet[Holding]:
    rows = Holding.objects.visible_to(actor)
    if wanted.days:
        rows = rows.filter(Q(ended_at=None) | Q(ended_at__gte=now - timedelta(days=wanted.days)))
    else:
        rows = rows.filter(ended_at=None)
    if wanted.kind:
        rows = rows.filter(object_type=wanted.kind)
    if wanted.product:
        rows = rows.filter(product=wanted.product)
    end = Coalesce(F("ended_at"), Value(now))
    return rows.annotate(lasted=ExpressionWrapper(end - F("started_at"), DurationField()))


def _marks(rows: QuerySet[Holding], keys: list[Any]) -> dict[Any, dict[str, Any]]:
    """Median, 90th percentile and longest stay of each holder: (length, model name, id).

    The lowest value at or above the share is taken, so that each was a stay that happened.
    """
    ranked = rows.filter(_among(keys)).annotate(
        place=Over(RowNumber(), partition_by=[*KEY], order_by=["lasted", "pk"]),
        size=Over(Count("pk"), partition_by=[*KEY]),
    )
    half = Q(place__gte=F("size") / 2.0, place__lt=F("size") / 2.0 + 1)
    most = Q(place__gte=F("size") * 0.9, place__lt=F("size") * 0.9 + 1)
    chosen = ranked.filter(half | most | Q(place=F("size")))
    found: dict[Any, dict[str, Any]] = {}
    columns = (*KEY, "place", "size", "lasted", "object_type", "object_id")
    for *key, place, size, lasted, kind, pk in chosen.values_list(*columns):
        own = found.setdefault(tuple(key), {})
        stay = (lasted, kind, pk)
        if size <= 2 * place < size + 2:
            own["median"] = stay
        if 9 * size <= 10 * place < 9 * size + 10:
            own["most"] = stay
        if place == size:
            own["maximum"] = stay
    return found


def _among(keys: list[Any]) -> Q:
    """Stays with one of these holders, by what tells them apart."""
    accounts = [account for _holder, _partner, account in keys if account]
    partners = [partner for _holder, partner, account in keys if partner and not account]
    nameless = {holder for holder, partner, account in keys if not partner and not account}
    own = Q(account__in=accounts) | Q(partner__in=partners)
    return own | Q(holder__in=nameless, partner=None, account=None)


def _summed(one: Line, other: Line) -> Line:
    longest = max(one, other, key=lambda line: line.maximum)
    return Line(
        holder=one.holder,
        partner="",
        account="",
        name="",
        count=one.count + other.count,
        total=one.total + other.total,
        maximum=longest.maximum,
        longest=longest.longest,
    )
