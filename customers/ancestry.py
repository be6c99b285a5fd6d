"""The ways from accounts up to the tops of their trees, in one statement."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from .models import TierAccount


def parents_of(pks: Iterable[str]) -> dict[str, str | None]:
    """id -> parent id, of these accounts and of everything above them; unknown ids are missing.

    Follows `parent`, so it costs the length of the way whatever the size of the tree. Says nothing
    about who may see them.
    """
    wanted = list(pks)
    if not wanted:
        return {}
    table = connection.ops.quote_name(TierAccount._meta.db_table)
    marks = ", ".join(["%s"] * len(wanted))
    sql = (
        f"WITH RECURSIVE up(id, parent_id) AS ("  # noqa: S608  (placeholders only)
        f"SELECT id, parent_id FROM {table} WHERE id IN ({marks}) "
        f"UNION SELECT a.id, a.parent_id FROM {table} a JOIN up ON a.id = up.parent_id) "
        "SELECT id, parent_id FROM up"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, wanted)
        return dict(cursor.fetchall())


def way_up(pk: str, parents: dict[str, str | None]) -> list[str]:
    """`pk` and what is above it, the nearest first, as far as `parents` knows."""
    way: list[str] = []
    here: str | None = pk
    while here is not None and here in parents and here not in way:
        way.append(here)
        here = parents[here]
    return way
