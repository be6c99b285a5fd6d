"""One row on its way through the plan: how it is read, and what was found about it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from ..models import ImportRow, TierAccount
from . import parents
from .entries import Entry
from .parents import KEEP, Place
from .read import Line

OUTCOME = ImportRow.Outcome


@dataclass
class Rules:
    """How the columns of a file are read; see services.set_mapping for the options."""

    mapping: Sequence[str]
    options: Mapping[str, Any]
    workbook: bool

    def __post_init__(self) -> None:
        self.columns = [(place, name) for place, name in enumerate(self.mapping) if name]
        self.match = str(self.options.get("match") or "")

    def raw(self, cells: Sequence[str]) -> dict[str, str]:
        """{field: text}; in the workbook a dash stands for nothing."""
        found = {name: cells[place].strip() for place, name in self.columns}
        if self.workbook:
            found = {name: "" if text == "-" else text for name, text in found.items()}
        return found

    def entry(self, line: Line) -> Entry:
        """What other rows may know of a line before it is planned."""
        raw = self.raw(line.cells)
        hub = raw.get("hub", "") or str(self.options.get("hub") or "")
        if self.action(raw) == "-":
            return Entry(line.number, outcome=OUTCOME.SKIPPED)
        keys = [raw.get(name, "")[:255] for name in ("external_id", "external_uid")]
        # As the values are stored, or equal ones would look different.
        keys = [key if key.isascii() else unicodedata.normalize("NFC", key) for key in keys]
        return Entry(line.number, keys[0], keys[1], hub, raw.get("id", ""))

    def action(self, raw: Mapping[str, str]) -> str:
        """create, update, - (skip), or "" for whichever fits."""
        text = raw.get("action", "").lower()
        if not text and self.workbook:
            return "-"
        return "-" if text in ("-", "skip") else text


@dataclass
class Planned:
    """One planned row; becomes an ImportRow. `errors` {field: [sentence]}."""

    line: Line
    entry: Entry
    raw: dict[str, str]
    outcome: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    differences: dict[str, Any] = field(default_factory=dict)
    account: TierAccount | None = None
    asked: parents.Wish = field(default_factory=lambda: parents.Wish(KEEP))
    place: Place = field(default_factory=Place)
    hub: str | None = None
    #: The account it means is not known, so nothing more can be said about it.
    lost: bool = False

    def lose(self, name: str, sentence: str) -> None:
        self.errors.setdefault(name, []).append(sentence)
        self.lost = True

    def add(self, error: ValidationError, name: str = "") -> None:
        """Keep an error under its own fields, or under `name`."""
        if hasattr(error, "error_dict"):
            for key, texts in error.message_dict.items():
                self.errors.setdefault("" if key == "__all__" else key, []).extend(texts)
        else:
            self.errors.setdefault(name, []).extend(error.messages)
