"""The verdict over any number of resellers, judged by the database.

The database only says how the configurations of each reseller stand; which statuses make which
state is asked of `verdict`, by trying all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product as combinations
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat

from customers.actors import ADMIN, SYSTEM, Actor
from customers.models import Product, TierAccount
from tierconfig.models import TierConfig, TierConfigRequest

from .offers import Offer, Place
from .terms import Terms, terms
from .verdicts import AGAIN, CONFIGURED, NONE, STATUSES, State, verdict

Rows = QuerySet[TierAccount]
TEXT = CharField()
#: Where a reseller has nobody above it, or a tier is not needed.
LEFT_OUT = "-"
#: Stands for all distributors that were not asked about.
ELSEWHERE = ""
Totals = dict[str, Counter[State]]


def totals(
    actor: Actor,
    resellers: Rows,
    products: Sequence[Product],
    place: Place,
    known: Terms | None = None,
) -> Totals:
    """How many of the resellers stand how, by product; one query beside those of the terms."""
    own = known or terms(products, place)
    parts = [
        _grouped(_standing(actor, resellers, each, own)).annotate(sold=Value(each.pk, TEXT))
        for each in products
    ]
    found: Totals = {each.pk: Counter() for each in products}
    if not parts:
        return found
    columns = ("sold", "provider", "environment", "statuses", "number")
    rows = [part.values_list(*columns) for part in parts]
    sold = {each.pk: each for each in products}
    for pk, side, environment, statuses, number in rows[0].union(*rows[1:], all=True):
        state = _state(own.offer(sold[pk], side), environment, statuses)
        found[pk][state] += number
    return found


def narrowed(
    actor: Actor,
    resellers: Rows,
    product: Product,
    place: Place,
    states: Iterable[State],
    known: Terms | None = None,
) -> Rows:
    """Those of the resellers that stand so for the product."""
    wanted, every = set(states), _keys()
    own = known or terms([product], place)
    sides = {side: Q(provider=side) for side in sorted(own.sides)}
    sides[ELSEWHERE] = ~Q(provider__in=own.sides)
    fitting: dict[tuple[str, ...], Q] = {}
    for side, environment in combinations(sides, TierAccount.Environment.values):
        offer = own.offer(product, side)
        keys = tuple(key for key in every if _state(offer, environment, key) in wanted)
        here = sides[side] & Q(environment=environment)
        fitting[keys] = fitting[keys] | here if keys in fitting else here
    fits = Q(pk__in=[])
    for keys, here in fitting.items():
        if keys:
            fits |= here if len(keys) == len(every) else here & Q(statuses__in=keys)
    return _standing(actor, resellers, product, own).filter(fits)


def waiting_for(
    actor: Actor, resellers: Rows, products: Iterable[str], states: Sequence[str]
) -> Rows:
    """Resellers below whom an order waits for a request the actor sees in one of these states."""
    rows = TierConfigRequest.objects.visible_to(actor).filter(
        state__in=states,
        configuration__configured_at=None,
        configuration__product__in=list(products),
    )
    own = rows.filter(configuration__tier_level=1).values("configuration__account")
    above = rows.filter(configuration__tier_level=2).values("configuration__account")
    found: Rows = resellers.filter(Q(pk__in=own) | Q(parent__in=above))
    return found


def _state(offer: Offer, environment: str, statuses: str) -> State:
    if offer.refusal is not None:
        return State.NOT_OFFERED
    if offer.connection and environment == TierAccount.Environment.PREVIEW:
        return State.NOT_OFFERED
    return verdict(each for each in statuses.split(" ") if each != LEFT_OUT)


def _keys() -> list[str]:
    """Every text that `statuses` of _standing may have."""
    each = (LEFT_OUT, *STATUSES)
    return [f"{first} {second}" for first, second in combinations(each, each)]


def _standing(actor: Actor, resellers: Rows, product: Product, own: Terms) -> Rows:
    """The resellers with `statuses`: how tier 1 and tier 2 stand, as one text of two words."""
    levels = own.levels(product)
    offered = [own.offer(product, side) for side in own.sides]
    ways = {offer.key for offer in offered if not offer.refusal}
    rows: Any = resellers.order_by()
    parts: list[Any] = []
    for level, path in ((1, "tier_configs"), (2, "parent__tier_configs")):
        if level not in levels or not ways:
            parts.append(Value(LEFT_OUT, TEXT))
            continue
        name = f"tier{level}"
        where = Q(**{f"{path}__product": product.pk, f"{path}__tier_level": level})
        rows = rows.alias(**{name: FilteredRelation(path, condition=where & _at(path, ways))})
        parts.append(_status(actor, name))
    if 2 in levels and ways:
        parts[1] = Case(When(parent=None, then=Value(LEFT_OUT)), default=parts[1])
    found: Rows = rows.annotate(statuses=Concat(parts[0], Value(" "), parts[1], output_field=TEXT))
    return found


def _at(path: str, ways: set[tuple[str | None, str | None]]) -> Q:
    connections = [way for way, _market in ways if way]
    if connections:
        return Q(**{f"{path}__connection__in": connections})
    markets = [market for _way, market in ways if market]
    return Q(**{f"{path}__connection__isnull": True, f"{path}__marketplace__in": markets})


def _status(actor: Actor, path: str) -> Case:
    """As verdicts.status has it; a draft of somebody else is not there."""
    opened = TierConfigRequest.objects.filter(
        configuration=OuterRef(f"{path}__pk"), state__in=TierConfigRequest.OPEN
    )
    if actor.role not in (ADMIN, SYSTEM):
        draft = Q(state=TierConfigRequest.State.DRAFT)
        opened = opened.exclude(draft & ~Q(creator=actor.partner))
    unasked = Case(
        When(**{f"{path}__state": TierConfig.State.DRAFT}, then=Value(NONE)),
        default=Value(AGAIN),
    )
    return Case(
        When(**{f"{path}__pk__isnull": True}, then=Value(NONE)),
        When(**{f"{path}__configured_at__isnull": False}, then=Value(CONFIGURED)),
        default=Coalesce(Subquery(opened.values("state")[:1]), unasked, output_field=TEXT),
        output_field=TEXT,
    )


def _grouped(rows: Any) -> Any:
    return rows.values("provider", "environment", "statuses").annotate(number=Count("pk"))
