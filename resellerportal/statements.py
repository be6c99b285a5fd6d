"""Statements built once per scope: building one costs several times what running it costs.

What an actor sees follows from `customers.visibility.scope` alone. A statement made of nothing
else but `visible_to` and conditions that never change is therefore the same in every request of
that scope, and its text and parameters are kept. Rows and counts never are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from customers.actors import Actor
from customers.visibility import scope

#: Statements kept; all are dropped when there are more.
MOST = 4000
T = TypeVar("T")
_built: dict[Hashable, Any] = {}


def counts(
    name: Hashable, actor: Actor, build: Callable[[], list[QuerySet[Any]]], cap: int
) -> list[int]:
    """Numbers of rows up to `cap` + 1, in one query; `name` stands for what `build` builds."""
    return run_counts(_once(name, actor, lambda: build_counts(build(), cap)))


def rows(name: Hashable, actor: Actor, build: Callable[[], QuerySet[Any]]) -> list[tuple[Any, ...]]:
    """Rows of a values_list of text columns; `name` stands for what `build` builds."""
    sql, params = _once(name, actor, lambda: _text(build()))
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


#: SQL, its parameters, and which of the counted querysets it counts; the others are empty.
Counts = tuple[str, tuple[Any, ...], list[bool]]


def build_counts(querysets: list[QuerySet[Any]], cap: int) -> Counts:
    parts: list[str] = []
    params: list[Any] = []
    counted: list[bool] = []
    for each in querysets:
        sql, values = _text(each.order_by().values("pk")[: cap + 1])
        counted.append(bool(sql))
        if sql:
            parts.append(f"(SELECT COUNT(*) FROM ({sql}) part)")  # noqa: S608 (compiled by the ORM)
            params += values
    return "SELECT " + ", ".join(parts), tuple(params), counted


def run_counts(statement: Counts) -> list[int]:
    sql, params, counted = statement
    if not any(counted):
        return [0] * len(counted)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = iter(cursor.fetchone())
    return [next(found) if each else 0 for each in counted]


def _text(queryset: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    try:
        sql, params = queryset.query.sql_with_params()
    except EmptyResultSet:
        return "", ()
    return sql, tuple(params)


def _once(name: Hashable, actor: Actor, build: Callable[[], T]) -> T:
    key = (name, scope(actor))
    if key not in _built:
        if len(_built) >= MOST:
            _built.clear()
        _built[key] = build()
    found: T = _built[key]
    return found
