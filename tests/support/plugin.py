"""Leaves tests out of a run that this database or machine cannot run, or that ran elsewhere.

Sets the stage (tests.support.stage) for the others.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import TransactionTestCase

from tests.support import chance, chromium, clients, stage

#: Fixtures that give a test its database.
DATABASE = {"db", "transactional_db", "django_db_serialized_rollback", "live_server"}
#: Of these, those whose tests must find no transaction open.
ALONE = {"transactional_db", "live_server"}


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


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> None:
    """Set the stage before pytest-django begins the transaction of a test, or of a TestCase."""
    name = fixturedef.argname
    if name == "_django_db_helper":
        wanted = _wanted(request.node)
    elif name == "seeded" or (name == "_django_setup_unittest" and _is_test_case(request.cls)):
        wanted = ""
    else:
        return
    with request.getfixturevalue("django_db_blocker").unblock():
        stage.main.set(wanted)


def _is_test_case(cls: type | None) -> bool:
    return cls is not None and issubclass(cls, TransactionTestCase)


def _wanted(item: pytest.Item) -> str:
    names = getattr(item, "fixturenames", ())
    marker = item.get_closest_marker("django_db")
    if not ALONE.isdisjoint(names) or (marker and marker.kwargs.get("transaction")):
        return ""
    return next((name for name in reversed(stage.names()) if name in names), "")


@pytest.fixture(autouse=True)
def same_chances(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test draws the same ids and tokens in every run, so that none fails by their digits."""
    with chance.drawn_by(request.node.nodeid):
        yield


@pytest.fixture(scope="session", autouse=True)
def end_of_the_stage(django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        stage.main.clear()
