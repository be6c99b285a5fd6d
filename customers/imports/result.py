"""The result file: every row as it was read, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import ImportBatch, ImportRow, TierAccount
from ..spreadsheets import XLSX, Sheet, write
from .fields import WORKBOOK, WORKBOOK_SHEET
from .lookups import PART
from .undo import UNDONE

State = ImportBatch.State
#: What was done with a chosen row of each outcome.
_DONE: dict[str, Any] = {
    ImportRow.Outcome.NEW: gettext_lazy("Created"),
    ImportRow.Outcome.DUPLICATE: gettext_lazy("Created"),
    ImportRow.Outcome.CHANGED: gettext_lazy("Changed"),
}


def result(batch: ImportBatch, form: str) -> Iterator[bytes]:
    """The file in pieces, CSV or XLSX; the memory used does not grow with the rows.

    Of the Customers workbook the XLSX is the workbook again: IDs and UIDs of written rows are
    filled in and their actions reset to "-"; what became of the rows is on a sheet of its own.
    """
    heads = [_("Line"), _("Result"), _("Account ID"), _("Problems")]
    if batch.workbook and form == XLSX:
        return write(
            form,
            [
                Sheet(WORKBOOK_SHEET, list(WORKBOOK), _workbook_rows(batch)),
                Sheet("Results", heads, (_outcome(batch, row) for row in _rows(batch))),
            ],
        )
    header = [*heads, *(title or "-" for title in batch.header)]
    rows = ([*_outcome(batch, row), *row.cells] for row in _rows(batch))
    return write(form, [Sheet("Results", header, rows)])


def _rows(batch: ImportBatch) -> Iterator[ImportRow]:
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    yield from rows.defer("values", "differences").iterator(chunk_size=PART)


def written(batch: ImportBatch, row: ImportRow) -> bool:
    """Whether the row is in the accounts now."""
    applied = batch.state in (State.APPLIED, State.UNDOING, State.UNDONE)
    return applied and row.chosen and row.undo != UNDONE


def said(batch: ImportBatch, row: ImportRow) -> str:
    """What became of the row, in a word or two."""
    if row.undo == UNDONE:
        return _("Undone")
    if written(batch, row):
        return str(_DONE[row.outcome])
    if row.outcome in ImportRow.WRITING:
        return _("Not applied")
    return str(row.get_outcome_display())


def problems(row: ImportRow) -> list[str]:
    """The errors and warnings of a row, errors with their field, and why it was not undone."""
    texts = [
        f"{name}: {text}" if name else text for name, each in row.errors.items() for text in each
    ]
    texts += [each["text"] for each in row.warnings]
    if row.undo not in ("", UNDONE):
        texts.append(_("Not undone: %(why)s") % {"why": row.undo})
    return texts


def _outcome(batch: ImportBatch, row: ImportRow) -> list[Any]:
    made = row.made if written(batch, row) else ""
    return [row.number, said(batch, row), made or row.target, " ".join(problems(row))]


def _workbook_rows(batch: ImportBatch) -> Iterator[list[str]]:
    fields = list(WORKBOOK.values())
    places = {name: fields.index(name) for name in ("id", "external_uid", "action")}
    part: list[ImportRow] = []
    for row in _rows(batch):
        part.append(row)
        if len(part) == PART:
            yield from _filled(batch, part, places)
            part = []
    yield from _filled(batch, part, places)


def _filled(
    batch: ImportBatch, rows: list[ImportRow], places: dict[str, int]
) -> Iterator[list[str]]:
    done = {row.made or row.target for row in rows if written(batch, row)}
    uids = dict(TierAccount._base_manager.filter(pk__in=done).values_list("pk", "external_uid"))
    for row in rows:
        cells = [cell or "-" for cell in row.cells]
        pk = row.made or row.target
        if pk in uids:
            cells[places["id"]] = pk
            cells[places["external_uid"]] = uids[pk] or "-"
            cells[places["action"]] = "-"
        yield cells
