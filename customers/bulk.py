"""Writes many rows of one model: COPY on PostgreSQL, batches elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F
from django.db.models.lookups import In
from django.db.models.sql.compiler import SQLCompiler

BATCH = 5_000


class Among(In):
    """`In` with all values as one parameter where the database takes lists: thousands of
    parameters cost more than the search."""

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        if not self.rhs:
            raise EmptyResultSet
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} = ANY(%s)", (*params, list(self.rhs))


def among(name: str, values: Iterable[Any]) -> Among:
    """The condition that the column `name` (foreign keys as `…_id`) has one of many values."""
    return Among(F(name), list(values))


def write(
    model: type[models.Model], columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
) -> int:
    """Write rows of `columns` (attribute names, foreign keys as `…_id`); returns how many.

    Columns left out take their defaults, the same one for all rows. Nothing is checked but the
    database's own constraints; no signals are sent. An iterator of `rows` must not ask the
    database: on PostgreSQL the connection is taken until the last row, and RuntimeError is raised.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rest = {
        name: field.get_default()
        for name, field in fields.items()
        if name not in columns and not isinstance(field, models.AutoField)
    }
    order = [fields[name] for name in (*columns, *rest)]
    tail = tuple(rest.values())
    full = (row + tail for row in rows)
    if connection.vendor == "postgresql":
        return _copy(model, order, full)
    return _insert(model, order, full)


def _copy(
    model: type[models.Model], order: list[models.Field[Any, Any]], rows: Iterable[tuple[Any, ...]]
) -> int:
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in order)
    # JSON goes as its text; everything else COPY takes as it is.
    places = [place for place, field in enumerate(order) if isinstance(field, models.JSONField)]
    count = 0
    with (
        connection.cursor() as cursor,
        connection.execute_wrapper(_taken),
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            if places:
                values = list(row)
                for place in places:
                    values[place] = _text(values[place])
                row = tuple(values)
            copy.write_row(row)
            count += 1
    return count


def _taken(*_call: Any) -> None:
    # psycopg would wait for the end of the copy, which waits for the next row.
    raise RuntimeError("rows that are written in bulk must be known without a query")


def _text(value: Any) -> str:
    """As JSON; most columns of most rows are empty, and the encoder is not quick to start."""
    if not value and (kind := type(value)) in (dict, list):
        return "{}" if kind is dict else "[]"
    return json.dumps(value)


def _insert(
    model: type[models.Model], order: list[models.Field[Any, Any]], rows: Iterable[tuple[Any, ...]]
) -> int:
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in order)
    marks = ", ".join(["%s"] * len(order))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608
    prepare = [field.get_db_prep_save for field in order]
    count = 0
    source = iter(rows)
    with connection.cursor() as cursor:
        while batch := list(islice(source, BATCH)):
            cursor.executemany(
                sql,
                [
                    [one(value, connection) for one, value in zip(prepare, row, strict=True)]
                    for row in batch
                ],
            )
            count += len(batch)
    return count
