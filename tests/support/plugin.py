"""Leaves tests out of a run that this database or machine cannot run, or that ran elsewhere."""

import os

import pytest
from django.conf import settings

from tests.support import chromium, clients

#: Fixtures that give a test its database.
DATABASE = {"db", "transactional_db", "django_db_serialized_rollback", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With TEST_ONLY=database, tests that touch no database are left out: the suite has run them
    on the other one."""
    on_postgres = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    has_browser = chromium.executable() is not None
    has_clients = clients.found()
    left_out = [
        item
        for item in items
        if (item.get_closest_marker("postgres") and not on_postgres)
        or (item.get_closest_marker("browser") and not has_browser)
        or (item.get_closest_marker("clients") and not has_clients)
        or (os.environ.get("TEST_ONLY") == "database" and not _touches_database(item))
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _touches_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db"):
        return True
    return not DATABASE.isdisjoint(getattr(item, "fixturenames", ()))
