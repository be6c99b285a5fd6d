"""The demo data, written once per test module and rolled back at its end; products to order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from customers.actors import Actor
from customers.models import Product
from fulfillment.demo.world import World
from tests import factories
from tests.conftest import Cast
from tests.support.demo import Seeded


@pytest.fixture(scope="module")
def world(seeded: Seeded, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        seeded.write()
        yield seeded.world()
        transaction.set_rollback(True)


@pytest.fixture
def demo(world: World, db: None) -> World:
    """What a test changes is taken back after it."""
    return world


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
