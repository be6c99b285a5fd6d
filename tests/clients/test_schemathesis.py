"""schemathesis: what the OpenAPI document promises is what a live server answers.

A plain run sends few calls of each operation with a key of each role. `SCHEMATHESIS=20` sends that
many, and goes through the edges of each parameter, too: minutes.
"""

from __future__ import annotations

import os
import re
from typing import Any

import pytest

from tests.resellerportal.api.conftest import ApiClient
from tests.security.bodies import operations

EXAMPLES = int(os.environ.get("SCHEMATHESIS", "1"))
ROLES = ("vendor", "distributor", "reseller")
#: Placeholders that are numbers.
NUMBERS = ("version", "number")


def ids(client: ApiClient) -> dict[str, dict[str, str]]:
    """Path -> placeholder -> the id of the first that the key sees; paths without one left out."""
    found: dict[str, dict[str, str]] = {}
    for path in {path for _method, path, _operation in operations() if "{" in path}:
        known: dict[str, str] | None = {}
        for name in re.findall(r"\{(\w+)\}", path):
            before = path[: path.index(f"/{{{name}}}")]
            pk = "1" if name in NUMBERS else first(client, before.format(**known or {}))
            known = {**known, name: pk} if pk and known is not None else None
        if known:
            found[path] = known
    return found


def first(client: ApiClient, path: str) -> str:
    if path == "/templates":
        path = f"/products/{first(client, '/products')}/templates"
    answer = client.get("/users" if path.endswith("/assign") else path, "limit=1")
    rows: Any = answer.json() if answer.status_code == 200 else []
    return str(rows[0]["id"]) if rows and isinstance(rows, list) else ""


@pytest.mark.parametrize("role", ROLES)
def test_answers_are_as_the_document_says(served, settings, role):
    settings.API_RATE = 0
    key = served.demo[f"{role}_api_key"]
    known = ids(ApiClient(key))
    assert len(known) > 50
    told = served.run(
        "schemathesis",
        "conforming",
        key=key,
        ids=known,
        examples=EXAMPLES,
        phases="fuzzing" if EXAMPLES == 1 else "coverage,fuzzing",
        seed=7,
    )
    assert told["code"] == 0, told["told"]
    assert int(re.findall(r"(\d+) generated", told["told"])[0]) > 100
