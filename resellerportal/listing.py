"""What a list page is made of: columns, tabs, filters, order and pages, all of it in the URL.

Pages are found by key, not by offset: the address holds the order value and the primary key of
the row before (`after`) or behind (`before`), so a page a million rows deep costs what the first
one costs. `at` is only the number of rows in front, for the text "51–100 of 418".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist, ValidationError
from django.db import connections
from django.db.models import Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import identifiers
from customers.actors import Actor

from .cells import Cell, field_path, value
from .rows import fetch

SIZES = (10, 25, 100)
DEFAULT_SIZE = 25
#: Counting stops here; the page says "1000+".
CAP = 1000
LETTERS = 3
#: What begins with one of these and a dash is an id; "ERP-7781" is somebody's external id.
PREFIXES = {*identifiers.FORMATS, "TAR", "TCR", "PR", "PRM"}


@dataclass(frozen=True)
class Column:
    """A column: `cell` is an attribute path or a function of the row (see cells.py).

    Rows hold what their columns read and nothing else (rows.py): a function that is none of
    cells.py names the fields and annotations it reads in `reads`. `order` is the field path to
    sort by, no sorting without. `optional` columns vanish on phones, `num` aligns right.
    """

    name: str
    label: Any
    cell: str | Cell
    order: str = ""
    optional: bool = False
    num: bool = False
    reads: tuple[str, ...] = ()

    @property
    def css(self) -> str:
        return " ".join(name for name in ("optional", "num") if getattr(self, name))

    @property
    def read(self) -> Cell:
        return value(self.cell) if isinstance(self.cell, str) else self.cell

    @property
    def paths(self) -> tuple[str, ...]:
        """Fields and annotations that the cell reads."""
        if isinstance(self.cell, str):
            return (field_path(self.cell),)
        return (*getattr(self.cell, "reads", ()), *self.reads)


@dataclass(frozen=True)
class Tab:
    """A part of the list; `where` is a condition, or a function of the actor that gives one."""

    name: str
    label: Any
    where: Q | Callable[[Actor], Q] | None = None

    def condition(self, actor: Actor) -> Q:
        if self.where is None:
            return Q()
        return self.where if isinstance(self.where, Q) else self.where(actor)


@dataclass(frozen=True)
class Filter:
    """A filter by one value.

    `choices` are (value, label) pairs or a function of the actor that gives them (narrow it with
    `visible_to`); without choices it is a text field. `lookup` is the field lookup, by default
    the name; a function gets the value and returns a Q.
    """

    name: str
    label: Any
    lookup: str | Callable[[str], Q] = ""
    choices: Iterable[tuple[Any, Any]] | Callable[[Actor], Iterable[tuple[Any, Any]]] | None = None

    def options(self, actor: Actor) -> list[tuple[str, str]]:
        found = self.choices(actor) if callable(self.choices) else self.choices or ()
        return [(str(key), str(label)) for key, label in found]

    def condition(self, wanted: str) -> Q:
        if callable(self.lookup):
            return self.lookup(wanted)
        return Q(**{self.lookup or self.name: wanted})


AGES = (("1", _("today")), ("7", _("7 days")), ("30", _("30 days")), ("365", _("a year")))


def newer(name: str, label: Any, field: str) -> Filter:
    """A filter "not older than …" on a moment."""

    def lookup(days: str) -> Q:
        if days not in dict(AGES):
            raise ValidationError("unknown age")
        return Q(**{f"{field}__gte": timezone.now() - timedelta(days=int(days))})

    return Filter(name, label, lookup, AGES)


class Address:
    """The query string of the page, and variations of it."""

    def __init__(self, params: QueryDict) -> None:
        self.params = params

    def to(self, **changes: str) -> str:
        """This page with `changes`; an empty value drops the parameter, pages start anew."""
        params = self.params.copy()
        for name in ("after", "before", "at"):
            params.pop(name, None)
        for name, wanted in changes.items():
            if wanted:
                params[name] = wanted
            else:
                params.pop(name, None)
        return "?" + params.urlencode()

    def clean(self, name: str) -> str:
        """A parameter without characters that no database takes, at most 200 long."""
        raw = self.params.get(name, "")[:200]
        return "".join(letter for letter in raw if letter.isprintable()).strip()


def search_condition(text: str, fields: Iterable[str]) -> Q | None:
    """Ids by their beginning, everything else by at least three letters; None: too short."""
    by_id = Q(pk__startswith=text.upper())
    prefix, dash, digits = text.upper().partition("-")
    if dash and prefix in PREFIXES and re.fullmatch(r"[\d-]*", digits, re.ASCII):
        return by_id
    if len(text) < LETTERS:
        return None
    for field in fields:
        by_id |= Q(**{f"{field}__icontains": text})
    return by_id


def count_capped(querysets: list[QuerySet[Any]], cap: int = CAP) -> list[int]:
    """Numbers of rows, counted up to `cap` + 1, all in one query."""
    parts: list[str] = []
    params: list[Any] = []
    counts: list[int | None] = []
    for rows in querysets:
        try:
            sql, values = rows.order_by().values("pk")[: cap + 1].query.sql_with_params()
        except EmptyResultSet:
            counts.append(0)
            continue
        counts.append(None)
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) part)")  # noqa: S608 (compiled by the ORM)
        params += values
    if parts:
        with connections[querysets[0].db].cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(parts), params)
            found = iter(cursor.fetchone())
        counts = [next(found) if count is None else count for count in counts]
    return [count or 0 for count in counts]


def shown(count: int, cap: int = CAP) -> str:
    return f"{cap}+" if count > cap else str(count)


@dataclass
class Page:
    rows: list[Any]
    older: bool
    newer: bool


class Keyset:
    """One order of a queryset, and the page at a key in it."""

    def __init__(self, model: type[Model], path: str) -> None:
        self.desc = path.startswith("-")
        self.path = path.lstrip("-")
        self.field = _field(model, self.path)
        self.pk: Any = model._meta.pk
        self.unique = self.path in ("pk", self.pk.name)

    def page(
        self, rows: QuerySet[Any], size: int, after: str, before: str, paths: Iterable[str] = ()
    ) -> Page:
        """`size` light rows of `paths` after (or before) a key, the first for an unreadable one."""
        key = self._read(before or after)
        backwards = bool(before and key)
        if key:
            rows = rows.filter(self._beyond(key, self.desc != backwards))
        sign = "-" if self.desc != backwards else ""
        order = [f"{sign}pk"] if self.unique else [f"{sign}{self.path}", f"{sign}pk"]
        found = fetch(rows.order_by(*order)[: size + 1], {self.path, *paths})
        more = len(found) > size
        found = found[:size]
        if backwards:
            return Page(found[::-1], older=True, newer=more)
        return Page(found, older=more, newer=bool(key))

    def key(self, row: Any) -> str:
        return f"{self.field.value_to_string(_owner(row, self.path))}~{row.pk}"

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

    def _beyond(self, key: tuple[Any, Any], descending: bool) -> Q:
        """Rows behind the key; the redundant first condition lets the index find the start."""
        wanted, pk = key
        sign = "lt" if descending else "gt"
        if self.unique:
            return Q(**{f"pk__{sign}": pk})
        start = Q(**{f"{self.path}__{sign}e": wanted})
        return start & (Q(**{f"{self.path}__{sign}": wanted}) | Q(**{f"pk__{sign}": pk}))


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
