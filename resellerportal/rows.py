"""Light rows of lists: what a list shows, under the attribute paths its model would have.

Building fifty model instances with their related ones costs more than all the rest of a page, so
lists read values only. A row offers what was read and nothing else: whatever else is asked of it
raises NotRead, and no query ever starts from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP

Make = Callable[[Sequence[Any]], Any]


class NotRead(LookupError):
    """A cell asks for something its column does not name in `reads`."""


class Row:
    """One row of `row_of`, or what a foreign key of a row leads to."""

    row_of: ClassVar[type[Model]]
    pk: Any

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotRead(f"{self.row_of.__name__}.{name}: the column does not name it in `reads`")


def fetch(rows: QuerySet[Any], paths: Iterable[str]) -> list[Any]:
    """`rows` with the fields and annotations at `paths`, for example "account__name".

    Keys come along: each row and each related one on the way has its `pk`. Ids of foreign keys
    are named by their column, "parent_id".
    """
    wanted, make = _plan(rows.model, frozenset(paths))
    return [make(values) for values in rows.values_list(*wanted)]


@lru_cache(maxsize=256)
def _plan(model: type[Model], paths: frozenset[str]) -> tuple[tuple[str, ...], Make]:
    """What to read, and the function that makes a row of the values."""
    wanted: dict[str, int] = {}
    make = _maker(model, "", sorted(paths), wanted)
    return tuple(wanted), make


def _maker(model: type[Model], prefix: str, paths: list[str], wanted: dict[str, int]) -> Make:
    """Makes the part of a row below `prefix`; adds what it needs to `wanted` (path: position)."""

    def position(path: str) -> int:
        return wanted.setdefault(prefix + path, len(wanted))

    pk: Any = model._meta.pk
    key = position("pk")
    names, places = ["pk", pk.attname], [key, key]
    below: dict[str, list[str]] = {}
    for path in paths:
        name, hop, rest = path.partition(LOOKUP_SEP)
        if hop:
            below.setdefault(name, []).append(rest)
        elif name not in names:
            names.append(name)
            places.append(position(name))
    related: list[tuple[str, Make]] = []
    for name, rest in below.items():
        target: Any = model._meta.get_field(name).related_model
        related.append((name, _maker(target, f"{prefix}{name}{LOOKUP_SEP}", rest, wanted)))
    kind = type(f"{model.__name__}Row", (Row,), {"row_of": model})
    pick = itemgetter(*places)

    def make(values: Sequence[Any]) -> Any:
        if values[key] is None:
            return None
        row = kind()
        own = row.__dict__
        own.update(zip(names, pick(values), strict=True))
        for name, made in related:
            own[name] = made(values)
        return row

    return make
