"""Reads the lines of a report some at a time, each page by what the reader may see by then."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from django.db.models import Q

from customers.spreadsheets import Sheet

from .columns import MISSING, Line
from .kind import Kind
from .told import Told

#: Lines read at a time.
CHUNK = 2_000


def sheet(kind: Kind, params: dict[str, Any], told: Told) -> Sheet:
    """The whole report, read while it is written; `params` are cleaned ones."""
    return Sheet(kind.sheet, kind.titles, lines(kind, params, told), kind.keys)


def count(kind: Kind, params: dict[str, Any], told: Told, most: int) -> int:
    """How many lines it has; no more than one above `most` are counted."""
    rows = kind.found(params, told).order_by()
    return int(rows.values("pk")[: most + 1].count())


def lines(kind: Kind, params: dict[str, Any], told: Told) -> Iterator[list[Any]]:
    """The latest first. What is born meanwhile is left out, nothing stands twice."""
    picks = [
        itemgetter(source) if isinstance(source, str) else None for _title, source in kind.columns
    ]
    makes = [None if isinstance(source, str) else source.make for _title, source in kind.columns]
    both = list(zip(picks, makes, strict=True))
    for page in _pages(kind, params, told):
        told.look_up(line[path] for path in kind.accounts for line in page)
        if kind.prepare:
            kind.prepare(page, told)
        for line in page:
            yield [
                _shown(pick(line) if pick else make(line, told))  # type: ignore[misc]
                for pick, make in both
            ]


def _pages(kind: Kind, params: dict[str, Any], told: Told) -> Iterator[list[Line]]:
    paths = kind.paths
    beyond = Q(created_at__lte=told.at)
    while True:
        # Trees may be renumbered, and rights withdrawn, while a report is written.
        told.actor.memo.clear()
        rows = kind.found(params, told).filter(beyond).order_by("-created_at", "-pk")
        page = list(rows.values(*paths)[:CHUNK])
        if not page:
            return
        yield page
        if len(page) < CHUNK:
            return
        at, pk = page[-1]["created_at"], page[-1]["pk"]
        beyond = Q(created_at__lte=at) & (Q(created_at__lt=at) | Q(pk__lt=pk))


def _shown(value: Any) -> Any:
    return MISSING if value is None or value == "" else value
