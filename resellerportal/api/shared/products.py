"""Products within other objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NotRequired, TypedDict

from customers.models import Product
from customers.services import icons

from ...products.icons import address
from ..shaping import Ref, ref


class ProductRef(TypedDict):
    id: str
    name: str
    #: Path below the host; no key is needed for it.
    icon: str
    status: str
    category: NotRequired[Ref]


class Products:
    """Products as other objects name them; their pictures are looked up in one query.

    `category` is shown where it was loaded with the product.
    """

    def __init__(self, products: Iterable[Product]) -> None:
        found = {each.pk: each for each in products}
        keys = icons.keys_of(found)
        self.shapes = {pk: _shape(each, keys.get(pk, "")) for pk, each in found.items()}

    def ref(self, product_id: str) -> dict[str, Any]:
        return {**self.shapes[product_id]}


def _shape(product: Product, key: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": product.pk,
        "name": product.name,
        "icon": address(product.pk, key),
        "status": product.state,
    }
    if product.category_id and "category" in product._state.fields_cache:
        found["category"] = ref(product.category)
    return found
