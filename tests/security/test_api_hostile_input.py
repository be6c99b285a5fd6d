"""No body and no query gives a server error, and what is refused says why, in the API's own words.

Each operation of the OpenAPI document gets a body that it describes, with hostile values at each
place of it. `HOSTILE_EVERY=1` sends every value to every place; a plain run sends each operation a
share of them, on one of the two databases.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
from django.db import transaction

from tests.resellerportal.api.conftest import ApiClient
from tests.security import bodies, scene
from tests.security.bodies import HOSTILE
from tests.support import halves

pytestmark = pytest.mark.django_db

EVERY = int(os.environ.get("HOSTILE_EVERY", "40"))
ROLES = ("vendor", "distributor", "reseller")
#: Beginning of a path -> the part of the scene it is about.
PARTS = {
    "/accounts": "partner",
    "/partners": "partner",
    "/users": "user",
    "/assets": "subscription",
    "/subscriptions/assets": "subscription",
    "/conversations": "order",
    "/hubs": "hub",
    "/marketplaces": "market",
    "/notifications/webhooks": "hook",
    "/products": "product",
    "/requests": "order",
    "/templates": "template",
    "/tier/account-requests": "request",
    "/tier/accounts": "account",
    "/tier/config-requests": "config-request",
    "/tier/configs": "config",
}


@pytest.fixture
def objects(cast: Any) -> dict[str, list[Any]]:
    found = scene.objects(cast)
    sold = found["product"][2]
    return {
        **found,
        "partner": [cast.partners["distributor"]],
        "user": [cast.users["vendor"]],
        "hub": [cast.connection.hub],
        "market": [cast.market],
        "template": [*sold.templates.all()[:1]],
        "product": [sold],
        "config": found["config"][:1],
    }


@pytest.fixture
def known(cast: Any, objects: dict[str, list[Any]]) -> dict[str, Any]:
    """Good values, by the end of their place in a body."""
    sold = objects["product"][0]
    asked = f"asset_{scene.ASKED}"
    contact = {"first_name": "A", "last_name": "B", "email": "a@company.example"}
    return {
        "product.id": sold.pk,
        "connection.id": sold.connections.get().pk,
        "connection.type": "production",
        "marketplace.id": cast.market.pk,
        "hub.id": cast.connection.hub_id,
        "parent.id": cast.nordlicht.pk,
        "account.id": cast.nordlicht.pk,
        "configuration.id": objects["config"][0].pk,
        "asset.id": objects["subscription"][-1].pk,
        "template.id": sold.templates.first().pk,
        "template_id": sold.templates.first().pk,
        "items.id": sold.items.get().pk,
        "items.global_id": sold.items.get().pk,
        "items.mpn": sold.items.get().mpn,
        "params.id": asked,
        "customer": {"id": cast.kirlin.pk},
        "tier1": {},
        "tier2": {},
        "type": "update",
        "country": "DE",
        "contact": contact,
    }


def ids_of(path: str, objects: dict[str, list[Any]]) -> Iterator[str]:
    """The path with each object in it that it may be about; parts of products are their first."""
    if "{" not in path:
        yield path
        return
    part = PARTS.get(max((each for each in PARTS if path.startswith(each)), key=len, default=""))
    for obj in objects.get(part or "", ()):
        filled = re.sub(r"\{\w+\}", str(obj.pk), path, count=1)
        if found := re.search(r"/(\w+)/\{key\}", filled):
            rows = getattr(obj, found[1], None)
            first = rows.first() if rows is not None and hasattr(rows, "first") else None
            filled = filled.replace("{key}", str(first.pk) if first else "x")
        filled = filled.replace("{version}", "1").replace("{number}", "1")
        yield re.sub(r"\{\w+\}", "x", filled)


def faults(answer: Any, what: Any) -> Iterator[Any]:
    """Server errors, and refusals that are no errors as clients read them."""
    if answer.status_code >= 500:
        yield what, answer.status_code
    elif answer.status_code >= 400:
        told = answer.json()
        texts = told.get("errors")
        if not (told.get("error_code") and texts and all(isinstance(each, str) for each in texts)):
            yield what, told


def send(client: ApiClient, method: str, path: str, body: Any) -> Any:
    with transaction.atomic():
        answer = client.send(method, path, body)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("name", ROLES)
def test_every_place_of_every_body(name, api, objects, known):
    client, sent = api(name), 0
    found: list[Any] = []
    writes = [each for each in bodies.operations() if each[0] in ("POST", "PUT")]
    for method, path, operation in writes if EVERY == 1 else halves.own_half(writes):
        good = bodies.example(bodies.body_schema(operation), known)
        shots = [(at, label) for at in bodies.places(good) for label in HOSTILE]
        begin = crc32(f"{method} {path} {name}".encode()) % EVERY
        for number, filled in enumerate(ids_of(path, objects)):
            found += faults(send(client, method, filled, good), (method, filled))
            for at, label in shots[(begin + number) % EVERY :: EVERY]:
                bad = bodies.written(bodies.changed(good, at, HOSTILE[label]))
                found += faults(send(client, method, filled, bad), (method, filled, at, label))
                sent += 1
    assert not found
    assert sent > 50
