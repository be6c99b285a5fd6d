"""Leaves tests out of a plain `pytest` run that this database or machine cannot run."""

import pytest
from django.conf import settings

from tests.support import chromium


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    on_postgres = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    has_browser = chromium.executable() is not None
    impossible = [
        item
        for item in items
        if (item.get_closest_marker("postgres") and not on_postgres)
        or (item.get_closest_marker("browser") and not has_browser)
    ]
    if impossible:
        config.hook.pytest_deselected(items=impossible)
        items[:] = [item for item in items if item not in set(impossible)]
