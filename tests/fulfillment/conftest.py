"""The demo data: written once per test module, rolled back at its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from fulfillment.demo.world import World
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
