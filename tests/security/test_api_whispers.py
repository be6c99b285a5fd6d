"""Everything the API answers, and everything its lists can be asked: nobody finds what is not theirs.

The whispers are those of the pages (test_whispers.py). A reader that is not shown something must
not learn it by narrowing or searching a list either. Each list is asked on one of the two databases.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import get_resolver

from tests.security import bodies
from tests.security.test_whispers import whispers
from tests.support.halves import own_half

__all__ = ["whispers"]

pytestmark = pytest.mark.django_db

READERS = ("vendor", "distributor", "reseller", "parent", "vendor2")
#: Objects of each list that are read by themselves.
EACH = 1


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.API_RATE = 0


def lists() -> Iterator[tuple[str, dict[str, Any]]]:
    for method, path, operation in bodies.operations():
        if method == "GET" and "{" not in path:
            yield path, operation


def filters_of(path: str) -> Any:
    """The class of filters of a list."""
    view = get_resolver().resolve(f"/public/v1{path}").func
    return getattr(view.cls, "filters", None)


def below(path: str) -> list[str]:
    """Addresses of a list's objects that have no other placeholder."""
    start = f"{path}/{{"
    found = [each for method, each, _operation in bodies.operations() if method == "GET"]
    return [each for each in found if each.startswith(start) and each.count("{") == 1]


def read(client: Any) -> Iterator[tuple[str, str]]:
    """Address and answer of all lists, and of some objects of each with all that is optional."""
    for path, _operation in own_half(lists()):
        answer = client.get(path, "limit=1000")
        assert answer.status_code in (200, 403), (path, answer.content)
        yield path, answer.content.decode()
        rows = answer.json() if answer.status_code == 200 else []
        for row in [*rows[:EACH], *rows[-EACH:]]:
            for each in below(path):
                filled = re.sub(r"\{\w+\}", str(row["id"]), each)
                yield filled, client.get(filled).content.decode()
        if rows and "instance_id" not in path:
            for row in rows[:EACH]:
                told = client.get("/conversations", f"instance_id={row.get('id')}").json()
                for thread in told:
                    filled = f"/conversations/{thread['id']}"
                    yield filled, client.get(filled).content.decode()


def plain(text: str) -> str:
    """The answer as it is read, escapes of JSON undone."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text


def test_nobody_hears_what_is_whispered_to_others(api, cast, whispers):
    heard, told = [], set()
    for name in READERS:
        for address, text in read(api(name)):
            page = plain(text)
            for whisper in filter(page.__contains__, whispers):
                told.add(whisper)
                if name not in whispers[whisper]:
                    heard.append(f"{name} hears {whisper} at {address}")
    assert not heard, "\n".join(sorted(set(heard)))
    assert len(told) > 5, told


def patterns(path: str) -> list[str]:
    """Names of the filters of a list that take patterns."""
    filters = filters_of(path)
    if filters is None:
        return []
    made = filters.over(filters.MODEL._default_manager.none())
    return [name for name, item in made.filters.items() if "like" in _lookups(item)]


def _lookups(item: Any) -> Any:
    return (item[0] if isinstance(item, list) else item)["lookups"]


def asked(names: list[str], whispers: list[str]) -> Iterator[str]:
    """Queries by which a list may give one of the whispers away; few, since or() holds many."""
    every = [f"like({name},{quote(each)})" for each in whispers for name in names]
    longest = max(map(len, every), default=1)
    many = 3_800 // (longest + 1)
    for start in range(0, len(every), many):
        some = every[start : start + many]
        yield f"or({','.join(some)})" if len(some) > 1 else some[0]
    for each in whispers:
        yield f"search={quote(each)}"


def total(client: Any, path: str, query: str) -> str:
    """How many rows the list has; "0" where the reader has no list."""
    answer = client.get(path, f"{query}&limit=0")
    if answer.status_code == 403 and not query:
        return "0"
    assert answer.status_code == 200, (path, query, answer.content)
    return str(answer["Content-Range"].rpartition("/")[2])


def test_nobody_finds_anything_by_what_is_whispered_to_others(api, cast, whispers):
    found, some = [], set()
    for name in READERS[:3]:
        client = api(name)
        silent = [each for each, may in whispers.items() if name not in may and len(each) < 40]
        loud = [each for each, may in whispers.items() if name in may]
        for path, _operation in own_half(lists()):
            names = patterns(path)
            if not names or total(client, path, "") == "0":
                continue
            for query in asked(names, silent):
                if total(client, path, query) != "0":
                    found.append(f"{name} finds something by {query} at {path}")
            if "params.value" in names or "asset.params.value" in names:
                some |= {path for query in asked(names, loud) if total(client, path, query) != "0"}
    assert not found, "\n".join(found)
    assert some
