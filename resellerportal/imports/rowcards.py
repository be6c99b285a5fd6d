"""One row of an import as it is shown: what is wrong, what changes, what it resembles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from customers.imports import services
from customers.imports.fields import BY_NAME
from customers.imports.undo import UNDONE
from customers.models import ImportBatch, ImportRow, TierAccount

Url = Callable[..., str]
State = ImportBatch.State
WRITTEN = (State.APPLIED, State.UNDOING, State.UNDONE)


@dataclass(frozen=True)
class Cell:
    """A field with what the row says of it; `name` is empty when the file has no column for it."""

    label: Any
    name: str
    value: str
    errors: list[str]


@dataclass
class Card:
    row: ImportRow
    title: str
    url: str
    problems: list[Cell] = field(default_factory=list)
    general: list[str] = field(default_factory=list)
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    #: (sentence, address, text of the link)
    warnings: list[tuple[str, str, str]] = field(default_factory=list)
    account_url: str = ""
    account: str = ""
    written: bool = False
    undone: bool = False
    #: Why it could not be undone.
    kept: str = ""

    @property
    def choosable(self) -> bool:
        return self.row.outcome in ImportRow.WRITING


def card(row: ImportRow, batch: ImportBatch, url: Url) -> Card:
    values = services.row_values(row, batch)
    page = url("import-row", batch.pk, row.number)
    found = Card(row, row.name or values.get("name", "") or _("Without a name"), page)
    for name, errors in row.errors.items():
        if not name:
            found.general += errors
        else:
            mapped = name if name in values else ""
            found.problems.append(Cell(label_of(name), mapped, values.get(name, ""), errors))
    found.differences = [
        (label_of(name), str(before or ""), str(after or ""))
        for name, (before, after) in row.differences.items()
        if name != "parent_id"
    ]
    found.warnings = [_warning(each, batch, url) for each in row.warnings]
    found.written = row.chosen and batch.state in WRITTEN
    gone = bool(row.made) and (not found.written or row.undo == UNDONE)
    found.account = "" if gone else row.target or row.made
    if found.account:
        found.account_url = url("account-detail", found.account)
    found.undone, found.kept = row.undo == UNDONE, "" if row.undo == UNDONE else row.undo
    return found


def _warning(warning: dict[str, Any], batch: ImportBatch, url: Url) -> tuple[str, str, str]:
    text = warning["text"]
    if account := warning.get("account"):
        return text, url("account-detail", account), account
    if line := warning.get("line"):
        return text, url("import-row", batch.pk, line), _("Line %(n)d") % {"n": line}
    return text, "", ""


def label_of(name: str) -> str:
    """What a field of the file, or a column of an account, is called."""
    if name in BY_NAME:
        return str(BY_NAME[name].label)
    if name in ("parent", "parent_name"):
        return _("Parent")
    known = {each.name: each for each in TierAccount._meta.fields}
    return capfirst(str(known[name].verbose_name)) if name in known else name
