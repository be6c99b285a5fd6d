"""Percentiles of lengths of time, on every database."""

from __future__ import annotations

from math import ceil
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Aggregate, DurationField
from django.db.models.sql.compiler import SQLCompiler
from django.dispatch import receiver


class Percentile(Aggregate):
    """The lowest length at or above a share of all: one that occurs, none in between.

    `share` is more than 0 and at most 1. PostgreSQL sorts once for several shares of the same.
    """

    function = "TIERDESK_PERCENTILE"
    template = "%(function)s(%(expressions)s, %(share)s)"
    output_field = DurationField()
    allow_distinct = False

    def __init__(self, expression: Any, share: float, **extra: Any) -> None:
        super().__init__(expression, share=float(share), **extra)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> Any:
        # Intervals are slow to compare.
        template = (
            "PERCENTILE_DISC(%(share)s) WITHIN GROUP "
            "(ORDER BY DATE_PART('epoch', %(expressions)s)) * INTERVAL '1 second'"
        )
        return self.as_sql(compiler, connection, template=template, **extra)


class _Sorted:
    """The same for SQLite, which knows no percentiles."""

    def __init__(self) -> None:
        self.values: list[int] = []
        self.share = 1.0

    def step(self, value: int | None, share: float) -> None:
        self.share = share
        if value is not None:
            self.values.append(value)

    def finalize(self) -> int | None:
        if not self.values:
            return None
        return sorted(self.values)[ceil(len(self.values) * self.share) - 1]


@receiver(connection_created)
def teach(connection: Any, **kwargs: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate(Percentile.function, 2, _Sorted)
