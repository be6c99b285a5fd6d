"""A live server with the demo as it was loaded, and its keys."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.support import clients
from tests.support.demo import Seeded


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.clients)


@dataclass(frozen=True)
class Served:
    """What `demo_keys --json` tells of a live demo; scripts run against it."""

    url: str
    demo: dict[str, str]
    home: Path

    def run(self, client: str, script: str, **more: Any) -> Any:
        given = {**self.demo, **more, "url": self.url, "endpoint": f"{self.url}/public/v1"}
        return clients.run(client, script, given, self.home)


@pytest.fixture
def served(seeded: Seeded, settings: Any, tmp_path: Path, live_server: Any) -> Served:
    settings.DEMO_MODE = True
    settings.PUBLIC_URL = live_server.url
    seeded.write()
    told = io.StringIO()
    call_command("demo_keys", "--json", stdout=told)
    return Served(str(live_server.url), json.loads(told.getvalue()), tmp_path)
