"""No body and no query gives a server error, and what is refused says why, in the API's own words.

Each operation of the OpenAPI document gets a body that it describes, with hostile values at each
place of it. `HOSTILE_EVERY=1` sends every value to every place; a plain run sends each operation a
share of them, on one of the two databases.
"""

from __future__ import annotations

import gzip
import os
import random
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

EVERY = int(os.environ.get("HOSTILE_EVERY", "150"))
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


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.API_RATE = 0


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
    assert sent > 20


#: What other bodies come along as; none of it is an error of ours.
STRANGE: dict[str, tuple[bytes, dict[str, str]]] = {
    "packed": (gzip.compress(b'{"name": "x"}'), {"Content-Encoding": "gzip"}),
    "a form": (b"name=x&type=customer", {"Content-Type": "application/x-www-form-urlencoded"}),
    "XML": (b"<a/>", {"Content-Type": "application/xml"}),
    "no type": (b'{"name": 1', {"Content-Type": "x"}),
    "another charset": ('{"name": "é"}'.encode("latin-1"), {}),
    "UTF-16": ('{"name": "é"}'.encode("utf-16"), {"Content-Type": "application/json; charset=x"}),
    "half": (b'{"name": "x"', {}),
    "twice": (b'{"name": "x", "name": ["y"]}', {}),
    "deep": (b"[" * 200_000, {}),
    "deep names": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, {}),
    "many names": (b"{" + b",".join(b'"n%d":1' % n for n in range(20_000)) + b"}", {}),
    "long number": (b'{"name": ' + b"9" * 5_000 + b"}", {}),
    "NaN": (b'{"name": NaN, "type": Infinity}', {}),
    "a word": (b'"name"', {}),
    "a number": (b"1e400", {}),
    "list of all": (b'[1, null, "x", {}, []]', {}),
    "no text": (b"\xff\xfe\x00", {}),
    "no length": (b"", {"Content-Length": "abc"}),
    "lied length": (b"{}", {"Content-Length": "-7"}),
    "another method": (b"{}", {"X-HTTP-Method-Override": "DELETE"}),
    "strange key": (b"{}", {"Idempotency-Key": "é\x01" * 300}),
    "range": (
        b"{}",
        {"Range": "bytes=0-0", "Accept": "text/html;q=0.x", "Accept-Language": "\xff"},
    ),
}


@pytest.mark.parametrize("path", ["/tier/accounts", "/requests", "/products", "/hubs"])
def test_bodies_of_other_kinds(path, api, cast):
    found: list[Any] = []
    for name in ("vendor", "distributor"):
        for label, (content, headers) in STRANGE.items():
            with transaction.atomic():
                answer = api(name).send("POST", path, content, **headers)
                transaction.set_rollback(True)
            found += faults(answer, (name, label))
            assert answer.status_code >= 400, (name, label, answer.content)
    assert not found


def test_a_body_that_is_not_read_is_not_taken_for_an_empty_one(api, cast):
    path = f"/tier/accounts/{cast.kirlin.pk}"
    answer = api("distributor").send("PUT", path, **{"Transfer_Encoding": "chunked"})
    assert (answer.status_code, answer.json()["error_code"]) == (411, "BAD_000")


#: Of these, queries are put together by chance; the names of filters of the list come in addition.
TOKENS = (
    *("eq(", "ne(", "gt(", "like(", "ilike(", "in(", "out(", "and(", "or(", "not(", "null()"),
    *("ordering(", "select(", "limit=", "offset=", "search=", "empty()", "(", ")", ",", "&", "|"),
    *(
        "=",
        "*",
        "'",
        '"',
        "+",
        "-",
        ";",
        "%20",
        "%00",
        "%ff",
        "%C3%A9",
        "\\",
        "~",
        "__",
        ".",
        "[",
        "]",
    ),
    *("x", "1", "-1", "1e400", "true", "99999999999999999999", "2026-01-01", "0001-01-01T00:00:00"),
    *("2026-13-45T99:99:99+99:99", "TA-0000-0000-0000", "null", "created", "__class__", "pk"),
)
OPERATORS = ("eq", "ne", "gt", "ge", "lt", "le", "like", "ilike", "in", "out")
VALUES = (
    *(
        "x",
        "",
        "*",
        "a*b*c*d*e*f*g",
        "'",
        "''",
        "'%27'",
        "null()",
        "empty()",
        "true",
        "0.5",
        "1e400",
    ),
    *("-1", str(10**30), "2026-01-01T00:00:00+00:00", "0001-01-01T00:00:00+14:00", "9999-12-31"),
    *("9999-12-31T23:59:59-12:00", "NaN", "Infinity", "%F0%9F%98%80", "%E2%80%AE", "(a,b)", "()"),
)


def queries(names: list[str], dice: random.Random, many: int) -> Iterator[str]:
    """Sound ones with strange values, and tokens in any order."""
    for _number in range(many):
        name, value = dice.choice(names), dice.choice(VALUES)
        operator = dice.choice(OPERATORS)
        value = f"({value},{dice.choice(VALUES)})" if operator in ("in", "out") else value
        yield f"{operator}({name},{value})"
        yield f"{name}={operator}={value}&ordering({dice.choice('+-')}{dice.choice(names)})"
        yield f"not({operator}({name},{value}))&select({dice.choice('+-')}{dice.choice(names)})"
        yield "".join(dice.choice((*TOKENS, name)) for _ in range(dice.randint(1, 14)))
        yield "".join(f"%{dice.randrange(256):02x}" for _ in range(dice.randint(1, 30)))


def test_queries_of_every_list(api, objects):
    """Every filter by every operator; what cannot be read is said so, never an error of ours."""
    dice, found, sent = random.Random(7), [], 0
    lists = [each for each in bodies.operations() if each[0] == "GET" and "limit" in str(each[2])]
    for method, path, operation in lists if EVERY == 1 else halves.own_half(lists):
        names = [each["name"] for each in operation["parameters"] if each["in"] == "query"]
        client = api(ROLES[sent % 3])
        for filled in list(ids_of(path, objects))[:1]:
            for query in queries(names, dice, 40 if EVERY == 1 else 3):
                answer = client.send(method, filled, query=query)
                found += faults(answer, (filled, query))
                assert answer.status_code in (200, 400, 403, 404), (filled, query)
                sent += 1
    assert not found
    assert sent > 100


LONG = {
    "long": "eq(name," + "x" * 5_000 + ")",
    "deep": "not(" * 300 + "eq(id,x)" + ")" * 300,
    "wide": "&".join(["eq(id,x)"] * 500),
    "long list": f"in(id,({','.join(map(str, range(700)))}))",
    "stars": "like(name," + "*a" * 40 + ")",
    "quotes": "eq(name," + "'" * 999 + ")",
    "brackets": "(" * 900,
    "ordering": f"ordering({','.join(['name'] * 99)})",
    "offset": "offset=999999999999999999&limit=1000",
    "many pages": "limit=5&limit=6&offset=1&offset=x",
}


def test_queries_that_cost_more_than_they_ask(api, cast):
    for label, query in LONG.items():
        answer = api("distributor").get("/tier/accounts", query)
        assert answer.status_code in (200, 400), label
        assert not list(faults(answer, label))
