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

from customers.actors import Actor

from .. import statements

#: Related rows of a page by (path, key): fifty rows usually share a few products and partners.
Seen = dict[tuple[str, Any], Any]
Make = Callable[[Sequence[Any], Seen], Any]


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


def fetch(
    model: type[Model],
    paths: Iterable[str],
    build: Callable[[], QuerySet[Any]],
    name: tuple[Any, ...] = (),
    actor: Actor | None = None,
) -> list[Any]:
    """The rows `build` gives, with the fields and annotations at `paths` ("account__name").

    Keys come along: each row and each related one on the way has its `pk`. Ids of foreign keys
    are named by their column, "parent_id". With a `name` and an actor the statement is one of
    statements.py.
    """
    wanted, make = _plan(model, frozenset(paths))
    if name and actor:
        found = statements.rows((*name, wanted), actor, lambda: build().values_list(*wanted))
    else:
        found = statements.run_rows(statements.build_rows(build().values_list(*wanted)))
    seen: Seen = {}
    return [make(values, seen) for values in found]


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

    def make(values: Sequence[Any], seen: Seen) -> Any:
        row = kind()
        own = row.__dict__
        own.update(zip(names, pick(values)))  # noqa: B905 (strict costs, lengths are equal)
        for name, made in related:
            own[name] = made(values, seen)
        return row

    def shared(values: Sequence[Any], seen: Seen) -> Any:
        if values[key] is None:
            return None
        found = seen.get((prefix, values[key]))
        if found is None:
            found = seen[prefix, values[key]] = make(values, seen)
        return found

    return shared if prefix else make
