"""How many resellers are ready, for the heads of the matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from django.core.cache import cache

from customers.actors import Actor
from customers.models import Product
from customers.visibility import scope
from fulfillment.services import readiness
from fulfillment.services.readiness import State, Terms

from .scope import at, resellers

#: Totals of so many cells are counted at most once in so many seconds, for all of a scope.
LARGE, SECONDS = 10_000, 60
Totals = Mapping[str, Mapping[State, int]]


def totals(actor: Actor, known: Terms, *, few: bool = False) -> tuple[Totals, bool]:
    """By product over all resellers at the place of the terms; whether they may be a minute old.

    What the cells say is never kept, nor anything of a `few` resellers.
    """
    if few:
        rows = resellers(actor).filter(at(known.place))
        return readiness.totals(actor, rows, known.products, known.place, known), False
    key = _key(actor, known)
    kept: dict[str, dict[str, int]] | None = cache.get(key)
    if kept is not None:
        return {
            pk: dict.fromkeys(State, 0) | {State(state): number for state, number in found.items()}
            for pk, found in kept.items()
        }, True
    rows = resellers(actor).filter(at(known.place))
    counted = readiness.totals(actor, rows, known.products, known.place, known)
    if sum(sum(each.values()) for each in counted.values()) < LARGE:
        return counted, False
    plain = {
        pk: {str(state): number for state, number in each.items()} for pk, each in counted.items()
    }
    cache.set(key, plain, SECONDS)
    return counted, True


def totals_of(rows: Iterable[Any], products: Iterable[Product]) -> Totals:
    """The same of rows that carry their cells as `readiness`."""
    rows = list(rows)
    return {each.pk: Counter(row.readiness[each.pk].state for row in rows) for each in products}


def _key(actor: Actor, known: Terms) -> str:
    asked = (scope(actor), str(known.place), sorted(each.pk for each in known.products))
    return f"readiness-{sha256(repr(asked).encode()).hexdigest()}"
