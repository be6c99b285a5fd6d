"""Products to order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from customers.actors import Actor
from customers.models import Product
from tests import factories
from tests.conftest import Cast


@pytest.fixture
def vendor(cast: Cast) -> Actor:
    return cast.actor("vendor")


@pytest.fixture
def offered(cast: Cast) -> Callable[..., Product]:
    """Makes a further product of the vendor, with the parameters given for each scope."""

    def make(level: int, **scopes: dict[str, Any] | list[dict[str, Any]]) -> Product:
        product = factories.product(cast.partners["vendor"], authorization_level=level)
        factories.offer(product, cast.partners["distributor"])
        factories.item(product)
        factories.template(product, "asset", "fulfillment")
        for scope, given in scopes.items():
            for fields in given if isinstance(given, list) else [given]:
                factories.parameter(product, scope, **fields)
            if scope != "asset":
                factories.template(product, scope)
        return product

    return make
