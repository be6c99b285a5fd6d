"""Statements built once per scope: building one costs several times what running it costs.

What an actor sees follows from `customers.visibility.scope` alone. A statement made of nothing
else but `visible_to` and conditions that never change is therefore the same in every request of
that scope, and its text and parameters are kept. Rows and counts never are. What is another text
in each request, the id of the object of a page, is built in as a Slot.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from customers.actors import Actor
from customers.visibility import scope

#: Statements kept; all are dropped when there are more.
MOST = 4000
T = TypeVar("T")
_built: dict[Hashable, Any] = {}


class Slot(str):
    """Stands in a statement for a text that is given when it runs; its own text is the name."""

    __slots__ = ()


@dataclass(frozen=True)
class Rows:
    """A statement of a values_list, and its columns, which say how values are converted."""

    sql: str
    params: tuple[Any, ...]
    columns: tuple[Any, ...]


@dataclass(frozen=True)
class Counts:
    """A statement of numbers of rows; what `counted` denies is empty without asking."""

    sql: str
    params: tuple[Any, ...]
    counted: tuple[bool, ...]


def moment_slot(number: int) -> datetime:
    """The same for a moment: one long before anything that is stored."""
    return datetime(1, 1, 1 + number, tzinfo=UTC)


def at_moments(moments: Sequence[datetime]) -> dict[Any, Any]:
    """What is given for the slots of these moments, by number."""
    adapted = connection.ops.adapt_datetimefield_value
    return {adapted(moment_slot(place)): adapted(each) for place, each in enumerate(moments)}


def rows(
    name: Hashable,
    actor: Actor,
    build: Callable[[], QuerySet[Any]],
    given: Mapping[Any, Any] | None = None,
) -> Sequence[Sequence[Any]]:
    """Rows of a values_list; `name` stands for what `build` builds, `given` is what is put into
    its slots."""
    return run_rows(_once(name, actor, lambda: build_rows(build())), given)


def page(
    name: Hashable,
    actor: Actor,
    build: Callable[[], QuerySet[Any]],
    *,
    limit: int,
    offset: int,
) -> Sequence[Sequence[Any]]:
    """As `rows`, of which some are left out and some taken; `build` cuts off nothing itself."""
    whole = _once(name, actor, lambda: build_rows(build()))
    cut = f"{whole.sql} LIMIT {limit:d} OFFSET {offset:d}" if whole.sql else ""
    return run_rows(replace(whole, sql=cut))


def total(name: Hashable, actor: Actor, build: Callable[[], QuerySet[Any]]) -> int:
    """How many rows there are, all of them counted."""
    return run_counts(_once(name, actor, lambda: build_counts([build()])))[0]


def joined(
    name: Hashable, actor: Actor, build: Callable[[], list[QuerySet[Any]]], given: Mapping[str, str]
) -> Sequence[Sequence[Any]]:
    """Rows of several values_lists with columns of the same types, one after the other.

    `given` are the texts of the slots.
    """
    return run_rows(_once(name, actor, lambda: build_joined(build())), given)


def counts(
    name: Hashable,
    actor: Actor,
    build: Callable[[], list[QuerySet[Any]]],
    cap: int,
    first: Callable[[], QuerySet[Any]] | None = None,
) -> list[Any]:
    """Numbers of rows up to `cap` + 1, in one query; `name` stands for what `build` builds.

    The key of the first row that `first` gives comes behind them.
    """
    return run_counts(_once(name, actor, lambda: build_counts(build(), cap, first and first())))


def build_rows(queryset: QuerySet[Any]) -> Rows:
    compiler = queryset.query.get_compiler(queryset.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return Rows("", (), ())
    return Rows(sql, tuple(params), tuple(column for column, *_rest in compiler.select))


def build_joined(querysets: list[QuerySet[Any]]) -> Rows:
    parts = [part for part in map(build_rows, querysets) if part.sql]
    if not parts:
        return Rows("", (), ())
    # A part with a limit of its own has to be in brackets, which SQLite takes here only.
    sql = " UNION ALL ".join(f"SELECT * FROM ({part.sql}) part" for part in parts)  # noqa: S608
    params = tuple(value for part in parts for value in part.params)
    return Rows(sql, params, parts[0].columns)


def run_rows(statement: Rows, given: Mapping[Any, Any] | None = None) -> Sequence[Sequence[Any]]:
    if not statement.sql:
        return []
    params = statement.params
    if given:
        params = tuple([_filled(each, given) for each in params])
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, params)
        found = cursor.fetchall()
    converters = [
        (place, convert, column)
        for place, column in enumerate(statement.columns)
        for convert in (
            *connection.ops.get_db_converters(column),
            *column.get_db_converters(connection),
        )
    ]
    if not converters:
        return found
    values = [list(row) for row in found]
    for place, convert, column in converters:
        for row in values:
            row[place] = convert(row[place], column, connection)
    return values


def _filled(value: Any, given: Mapping[Any, Any]) -> Any:
    if isinstance(value, Slot):
        return given[value]
    # PostgreSQL is given moments as such, SQLite as texts.
    return given.get(value, value) if isinstance(value, datetime | str) else value


def build_counts(
    querysets: list[QuerySet[Any]], cap: int | None = None, first: QuerySet[Any] | None = None
) -> Counts:
    parts: list[str] = []
    params: list[Any] = []
    counted: list[bool] = []
    for each in querysets:
        try:
            keys = each.order_by().values("pk")
            sql, values = (keys if cap is None else keys[: cap + 1]).query.sql_with_params()
        except EmptyResultSet:
            counted.append(False)
            continue
        counted.append(True)
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) part)")  # noqa: S608 (compiled by the ORM)
        params += values
    if first is not None:
        sql, values = first.values("pk")[:1].query.sql_with_params()
        counted.append(True)
        parts.append(f"({sql})")
        params += values
    return Counts("SELECT " + ", ".join(parts), tuple(params), tuple(counted))


def sampled(rows: QuerySet[Any], parts: Sequence[Q], cap: int) -> tuple[list[int], bool]:
    """How many of the first `cap` + 1 rows, in no order, are of each part; and whether that is all.

    One reading for all parts: a part that hardly any row is of costs no more than the others.
    """
    columns = {
        f"part{index}": Case(When(part, then=1), default=0, output_field=IntegerField())
        if part
        else Value(1, IntegerField())
        for index, part in enumerate(parts)
    }
    drawn = rows.order_by().annotate(**columns).values(*columns)[: cap + 1]
    try:
        sql, params = drawn.query.sql_with_params()
    except EmptyResultSet:
        return [0] * len(parts), True
    sums = ", ".join(f"COALESCE(SUM({name}), 0)" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*), {sums} FROM ({sql}) part", params)  # noqa: S608
        total, *found = cursor.fetchone()
    return [int(each) for each in found], total <= cap


def run_counts(statement: Counts) -> list[Any]:
    if not any(statement.counted):
        return [0] * len(statement.counted)
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.params)
        found = iter(cursor.fetchone())
    return [next(found) if each else 0 for each in statement.counted]


def _once(name: Hashable, actor: Actor, build: Callable[[], T]) -> T:
    key = (name, scope(actor))
    # Another thread may drop all of them between any two lines.
    found: T | None = _built.get(key)
    if found is None:
        if len(_built) >= MOST:
            _built.clear()
        found = _built[key] = build()
    return found
