"""Events and notes about an object in one order of time, the newest first, page by page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model, Q
from django.http import QueryDict

from customers.actors import Actor
from customers.models import Event, Note
from customers.services import attachments

from .. import history
from . import files, lines

PAGE = 50
#: Parameter of the address: the last line of the page before, as microseconds and its id.
PLACE = "before_line"
_PLACE = re.compile(r"(\d{1,16})-([0-9a-f]{32})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Thread:
    """A page of the thread; `older` and `newest` are query strings, empty where there is none."""

    entries: list[history.Entry]
    events: list[Event]
    older: str
    newest: str

    @property
    def complete(self) -> bool:
        """Whether these are all events there are."""
        return not self.older and not self.newest


def read(objects: list[Model], actor: Actor, params: QueryDict) -> Thread:
    """What happened to `objects`, which the actor sees, and what was said about them."""
    before = _before(params.get(PLACE, ""))
    rows = lines.read(objects, actor, PAGE + 1, before)
    rows.sort(key=lambda row: (row.at, row.pk), reverse=True)
    shown = rows[:PAGE]
    _with_files(shown)
    return Thread(
        entries=history.thread(shown, actor),
        events=[row for row in rows if isinstance(row, Event)],
        older=_address(params, _place(shown[-1])) if len(rows) > PAGE else "",
        newest=_address(params, "") if before else "",
    )


def _with_files(rows: list[Any]) -> None:
    said = [row for row in rows if isinstance(row, Note) and row.with_files]  # type: ignore[attr-defined]
    found = attachments.of_notes(said)
    for row in said:
        row.files = [files.shown(each) for each in found.get(row.pk, ())]  # type: ignore[attr-defined]


def _place(row: Any) -> str:
    return f"{(row.at - _EPOCH) // timedelta(microseconds=1)}-{row.pk.hex}"


def _before(text: str) -> Q:
    """The lines behind a place of the address; all of them for anything else."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return Q()
    at, pk = _EPOCH + timedelta(microseconds=int(found[1])), UUID(found[2])
    return Q(at__lt=at) | Q(at=at, pk__lt=pk)


def _address(params: QueryDict, place: str) -> str:
    changed = params.copy()
    changed.pop(PLACE, None)
    if place:
        changed[PLACE] = place
    return f"?{changed.urlencode()}#history"
