"""The products many accounts are connected to, which is who is asked about their changes."""

from __future__ import annotations

from collections.abc import Iterable

from ..bulk import among
from ..models import Participation, Product
from .lookups import parts


def connected(pks: Iterable[str]) -> dict[str, list[Product]]:
    """Account -> its connected products in the order of their ids, as
    customers.services.requests.connected_products says for one account."""
    pairs: set[tuple[str, str]] = set()
    for part in parts(pks):
        live = Participation.objects.filter(
            among("account_id", part), live=True, kind=Participation.Kind.SUBSCRIPTION
        )
        pairs |= set(live.values_list("account_id", "product_id").distinct())
    products = Product.objects.in_bulk({product for _account, product in pairs})
    found: dict[str, list[Product]] = {}
    for account, product in sorted(pairs):
        found.setdefault(account, []).append(products[product])
    return found
