"""The demo data: seeded once per test module, rolled back at its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from fulfillment.demo import seed
from fulfillment.demo.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield seed.seed()
        transaction.set_rollback(True)


@pytest.fixture
def demo(world: World, db: None) -> World:
    """What a test changes is taken back after it."""
    return world
