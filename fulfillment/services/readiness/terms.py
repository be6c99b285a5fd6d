"""What is the same for all resellers: who sells products at a place, and what they ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from customers.models import Product
from tierconfig.models import Parameter

from .offers import Offer, Offers, Place, offers, unsold

SCOPES = {Parameter.tier_scope(level): level for level in (1, 2)}
Definitions = dict[tuple[str, str], list[Parameter]]


@dataclass(frozen=True)
class Terms:
    """Read once for a page and handed to all that judge its resellers."""

    place: Place
    products: Sequence[Product]
    #: Distributors that were asked about; for others nothing is on offer.
    sides: frozenset[str]
    offers: Offers
    definitions: Definitions

    def offer(self, product: Product, side: str) -> Offer:
        return self.offers.get((product.pk, side)) or unsold(product)

    def of_scope(self, product: str, scope: str) -> list[Parameter]:
        return self.definitions.get((product, scope), [])

    def levels(self, product: Product) -> tuple[int, ...]:
        """The tiers of which the product needs a configuration, whoever orders."""
        return tuple(
            level
            for scope, level in SCOPES.items()
            if product.authorization_level >= level and self.of_scope(product.pk, scope)
        )


def terms(
    products: Iterable[Product],
    place: Place,
    sides: Iterable[str] | None = None,
    *,
    whole: bool = False,
) -> Terms:
    """Of these distributors, of all that list one of the products if None. Two queries.

    With `whole` what orders themselves are asked is read, too.
    """
    rows = list(products)
    asked = None if sides is None else frozenset(sides)
    offered = offers(rows, asked, place)
    found = frozenset(side for _product, side in offered) if asked is None else asked
    authorised = [each.pk for each in rows if each.authorization_level]
    if whole:
        asked_too = [each.pk for each in rows]
        return Terms(place, rows, found, offered, _definitions(asked_too, Parameter.Scope.ASSET))
    return Terms(place, rows, found, offered, _definitions(authorised))


def _definitions(products: Sequence[str], *more: str) -> Definitions:
    if not products:
        return {}
    found: Definitions = {}
    rows = Parameter.objects.filter(product__in=products, scope__in=(*SCOPES, *more))
    for row in rows.value_holding():
        found.setdefault((row.product_id, row.scope), []).append(row)
    return found
