"""Lists: a bare JSON array, and in `Content-Range` which part of how many it is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from rest_framework.response import Response

from customers.actors import Actor
from customers.bulk import among

from .. import statements
from .query import Query
from .rql import Filters
from .shaping import Rendering

PAGE = 100
LARGEST = 1_000
#: Names of filters a query used and this list does not know.
IGNORED = "Ignored-Filters"


def answer(
    rows: QuerySet[Any],
    query: Query,
    actor: Actor,
    filters: type[Filters],
    rendering: type[Rendering[Any]],
) -> Response:
    """The page of `rows` that `query` asks for. `rows` are those the actor may see, ordered."""
    narrowing = filters.over(rows)
    narrowing.actor = actor
    found = narrowing.apply(query)
    shown = rendering(actor, rendering.selecting(query.selected))
    limit, offset = window(query)
    total = found.count()
    objects: list[Any] = []
    if limit and offset < total:
        ordered = found.order_by(*found.query.order_by, "pk")
        deep = offset >= LARGEST or query.search or found.query.order_by != rows.query.order_by
        page = slice(offset, offset + limit)
        objects = shown.all(
            _by_keys(shown, rows, ordered[page]) if deep else shown.rows(ordered)[page]
        )
    return Response(objects, headers=headers(offset, len(objects), total, narrowing.unknown))


def _by_keys(shown: Rendering[Any], rows: QuerySet[Any], page: QuerySet[Any]) -> list[Any]:
    """The rows of a page in its order. Where many are sorted for it, this sorts their keys alone
    and not all that is shown of them."""
    keys = list(page.values_list("pk", flat=True))
    found = shown.rows(rows.order_by()).filter(among("pk", keys))
    by_key = {row["pk"] if shown.reads else row.pk: row for row in found}
    return [by_key[pk] for pk in keys if pk in by_key]


def whole(
    name: Hashable,
    build: Callable[[], QuerySet[Any]],
    query: Query,
    actor: Actor,
    rendering: type[Rendering[Any]],
) -> Response:
    """The page of all rows the actor may see, which `build` makes of its scope and nothing else.

    For renderings of values and queries that narrow, order and select nothing. `name` stands for
    what `build` builds: a statement is made once per scope (statements.py).
    """
    shown = rendering(actor)
    limit, offset = window(query)
    total = statements.total(("api total", name), actor, build)
    objects: list[Any] = []
    if limit and offset < total:
        rows = statements.page(
            ("api page", name),
            actor,
            lambda: build().order_by(*build().query.order_by, "pk").values_list(*shown.reads),
            limit=limit,
            offset=offset,
        )
        objects = shown.all(dict(zip(shown.reads, row, strict=True)) for row in rows)
    return Response(objects, headers=headers(offset, len(objects), total, ()))


def window(query: Query) -> tuple[int, int]:
    """How many objects of the list, and how many before them are left out."""
    limit = min(PAGE if query.limit is None else query.limit, LARGEST)
    return limit, query.offset if limit else 0


def headers(offset: int, length: int, total: int, unknown: Sequence[str]) -> dict[str, str]:
    found = {"Content-Range": f"items {offset}-{offset + max(length - 1, 0)}/{total}"}
    if unknown:
        found[IGNORED] = ", ".join(quote(name[:64], safe=".") for name in unknown[:20])
    return found


def plain(objects: list[dict[str, Any]], query: Query, unknown: Sequence[str] = ()) -> Response:
    """A list that is no query set: paged here, filtered by narrowing.py or not at all.

    `unknown` are names of filters that were ignored.
    """
    limit, offset = window(query)
    page = objects[offset : offset + limit]
    return Response(page, headers=headers(offset, len(page), len(objects), unknown))
