"""Pages of a list, found by key and not by offset (listing.py says why)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.utils import timezone

from customers.actors import Actor

from .rows import fetch


@dataclass
class Page:
    rows: list[Any]
    older: bool
    newer: bool


class Keyset:
    """One order of a queryset, and the page at a key in it.

    `ranks` are the annotations that may be ordered by, each with its field.
    """

    def __init__(
        self, model: type[Model], path: str, ranks: Mapping[str, Field[Any, Any]] | None = None
    ) -> None:
        self.model = model
        self.desc = path.startswith("-")
        self.path = path.lstrip("-")
        self.field = (ranks or {}).get(self.path) or _field(model, self.path)
        self.pk: Any = model._meta.pk
        self.unique = self.path in ("pk", self.pk.name)

    def page(
        self,
        build: Callable[[], QuerySet[Any]],
        size: int,
        after: str,
        before: str,
        paths: Iterable[str],
        *,
        name: tuple[Any, ...] = (),
        actor: Actor | None = None,
    ) -> Page:
        """`size` light rows of `paths` after (or before) a key, the first for an unreadable one.

        `name` and `actor` as rows.fetch takes them, for the first page.
        """
        key = self._read(before or after)
        backwards = bool(before and key)
        beyond = self._beyond(key, self.desc != backwards) if key else Q()
        sign = "-" if self.desc != backwards else ""
        order = [f"{sign}pk"] if self.unique else [f"{sign}{self.path}", f"{sign}pk"]
        found = fetch(
            self.model,
            {self.path, *paths},
            lambda: build().filter(beyond).order_by(*order)[: size + 1],
            () if key or not name else (*name, *order, size),
            actor,
        )
        more = len(found) > size
        found = found[:size]
        if backwards:
            return Page(found[::-1], older=True, newer=more)
        return Page(found, older=more, newer=bool(key))

    def key(self, row: Any) -> str:
        return f"{self.field.value_to_string(_owner(row, self.path))}~{row.pk}"

    def reads(self, text: str) -> bool:
        """Whether it is the key of a row, of one that is gone perhaps."""
        return self._read(text) is not None

    def around(self, rows: QuerySet[Any], key: str) -> tuple[QuerySet[Any], QuerySet[Any]]:
        """The rows in front of a key, and those at and behind it, the nearest first.

        In front of a key that cannot be read is nothing, behind it everything.
        """
        read = self._read(key)
        sides = []
        for back in (True, False):
            sign = "-" if self.desc != back else ""
            order = [f"{sign}pk"] if self.unique else [f"{sign}{self.path}", f"{sign}pk"]
            beyond = self._beyond(read, self.desc != back, equal=not back) if read else Q()
            side = rows.filter(beyond)
            sides.append((side if read or not back else rows.none()).order_by(*order))
        return sides[0], sides[1]

    def _read(self, text: str) -> tuple[Any, Any] | None:
        raw, _sep, pk = text.rpartition("~")
        if not pk or "\0" in text:
            return None
        try:
            wanted = self.field.to_python(raw)
            if isinstance(wanted, datetime):
                # Near the ends of the calendar not every offset can be written in UTC.
                wanted = None if timezone.is_naive(wanted) else wanted.astimezone(UTC)
            return None if wanted is None else (wanted, self.pk.to_python(pk))
        except (ValidationError, OverflowError):
            return None

    def _beyond(self, key: tuple[Any, Any], descending: bool, *, equal: bool = False) -> Q:
        """Rows behind the key, with `equal` also at it; the redundant first condition lets the
        index find the start."""
        wanted, pk = key
        sign = "lt" if descending else "gt"
        after = Q(**{f"pk__{sign}{'e' if equal else ''}": pk})
        if self.unique:
            return after
        start = Q(**{f"{self.path}__{sign}e": wanted})
        return start & (Q(**{f"{self.path}__{sign}": wanted}) | after)


def _field(model: type[Model], path: str) -> Any:
    """The field at a path; nothing on the way may be null, because NULL has no place in a key."""
    field: Any = None
    for name in path.split(LOOKUP_SEP):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        if field.null:
            raise FieldDoesNotExist(f"{path} cannot be ordered by: {name} is nullable")
        model = field.related_model or model
    return field


def _owner(row: Any, path: str) -> Any:
    for name in path.split(LOOKUP_SEP)[:-1]:
        row = getattr(row, name)
    return row
