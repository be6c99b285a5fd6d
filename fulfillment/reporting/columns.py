"""The columns of reports: titles in the order other systems expect, and where each comes from.

A source is a path to read ("product__name") or a `Cell`. Nothing found stands as "-".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .told import Told

MISSING = "-"
Line = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """A value made of some paths of a line and of what `Told` knows about its page."""

    make: Callable[[Line, Told], Any]
    reads: tuple[str, ...] = ()


Columns = tuple[tuple[str, str | Cell], ...]

NOTHING = Cell(lambda _line, _told: None)
EXPORTED = Cell(lambda _line, told: told.at)


def account(title: str, path: str, shift: str = "{} {}") -> Columns:
    """Id, name and external id of the account at `path`, as far as the reader is told them."""
    key, name, external = f"{path}_id", f"{path}__name", f"{path}__external_id"
    return (
        (shift.format(title, "ID"), Cell(lambda line, told: told.account_id(line[key]), (key,))),
        (
            shift.format(title, "Name"),
            Cell(lambda line, told: told.account_name(line[key], line[name]), (key, name)),
        ),
        (
            shift.format(title, "External ID"),
            Cell(lambda line, told: told.of_account(line[key], line[external]), (key, external)),
        ),
    )


def environment(path: str) -> Cell:
    """Type of the connection at `path`; without a connection it is a preview."""
    kind = f"{path}__type"
    return Cell(lambda line, _told: line[kind] or "preview", (kind,))


def pair(title: str, path: str, id_word: str = "ID", name_word: str = "Name") -> Columns:
    """Id and name of what a foreign key leads to."""
    return ((f"{title} {id_word}", f"{path}_id"), (f"{title} {name_word}", f"{path}__name"))


def hub(path: str) -> Columns:
    """The hub of the connection at `path`; resellers are told none."""
    sources = (("Hub ID", f"{path}__hub_id"), ("Hub Name", f"{path}__hub__name"))
    return tuple((title, _told_hub(source)) for title, source in sources)


def _told_hub(source: str) -> Cell:
    return Cell(lambda line, told: told.hub(line[source]), (source,))


def yes(value: bool) -> str:
    return "Yes" if value else MISSING
