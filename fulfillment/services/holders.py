"""Who holds requests, how many and for how long: a ranking of holders over all stays.

A stay is counted as long as it lasted in all. Of the present ones that is until now; of past ones
those count that ended in the period, with those that go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from customers.actors import Actor
from customers.bulk import among
from customers.models import Holder, Holding, Partner, TierAccount
from customers.percentiles import Percentile

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
    id) of the request that was held for `maximum`, empty when that is no time.
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
    """The holders of what the actor sees, who holds most first; four queries."""
    rows = _stays(wanted, actor, timezone.now())
    found = _totals(rows)
    accounts = {account for _holder, _partner, account, *_rest in found if account}
    seen = dict(
        TierAccount.objects.visible_to(actor).filter(pk__in=accounts).values_list("pk", "name")
    )
    partners = {partner for _holder, partner, *_rest in found if partner}
    names = dict(Partner.objects.filter(pk__in=partners).values_list("pk", "name"))
    longest = _longest(rows, found)
    lines: dict[tuple[str, str, str], Line] = {}
    for holder, partner, account, count, total, maximum, median, most in found:
        known = seen.get(account, "")
        line = Line(
            holder=holder,
            partner=partner or "",
            account=account if known else "",
            name=known or names.get(partner, ""),
            count=count,
            total=total,
            median=median,
            most=most,
            maximum=maximum,
            longest=longest.get((holder, partner, account), ("", "")),
        )
        hidden = holder == Holder.CONTACT and not known
        key = (holder, partner or "", line.account)
        lines[key] = _summed(lines[key], line) if hidden and key in lines else line
    return sorted(lines.values(), key=lambda line: line.total, reverse=True)


def _totals(rows: QuerySet[Holding]) -> list[tuple[Any, ...]]:
    """KEY, number of stays, and their sum, maximum, median and 90th percentile; MOST of them."""
    found = (
        rows.order_by()
        .values(*KEY)
        .annotate(
            count=Count("pk"),
            total=Sum("lasted"),
            maximum=Max("lasted"),
            median=Percentile("lasted", 0.5),
            most=Percentile("lasted", 0.9),
        )
    )
    columns = (*KEY, "count", "total", "maximum", "median", "most")
    return list(found.order_by("-total", *KEY).values_list(*columns)[:MOST])


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


def _longest(
    rows: QuerySet[Holding], found: list[tuple[Any, ...]]
) -> dict[tuple[Any, ...], tuple[str, str]]:
    """(Model name, id) of the request with the longest stay of each holder.

    What lasted no time has none: there may be any number of the same.
    """
    longest = {row[:3]: row[5] for row in found if row[5]}
    same = rows.filter(_among(list(longest)), among("lasted", longest.values())).order_by("-pk")
    columns = (*KEY, "lasted", "object_type", "object_id")
    return {
        tuple(key): (kind, pk)
        for *key, lasted, kind, pk in same.values_list(*columns)
        if longest.get(tuple(key)) == lasted
    }


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
