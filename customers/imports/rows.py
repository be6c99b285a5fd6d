"""Planned rows as rows of the database, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from .. import bulk, identifiers
from ..models import ImportBatch, ImportRow, TierAccount
from .entries import OUTCOME
from .planned import Planned
from .steps import Stale, Step

COLUMNS = (
    "batch_id",
    "number",
    "cells",
    "faults",
    "fixed",
    "outcome",
    "chosen",
    "name",
    "type",
    "external_id",
    "external_uid",
    "values",
    "errors",
    "warnings",
    "differences",
    "parent",
    "parent_row",
    "parent_ref",
    "target",
    "made",
    "base_version",
    "version",
)


def save(
    batch: ImportBatch, planned: Sequence[Planned], fixed: set[int], chosen: Mapping[int, bool]
) -> None:
    """Write rows. `chosen` says of lines whether they are; by default those are that write and
    resemble nobody."""
    new = [row for row in planned if row.entry.is_new]
    ids = iter(identifiers.free_ids(TierAccount, "TA", len(new)))
    takes = batch.options.get("duplicates") == "create"
    bulk.write(ImportRow, COLUMNS, (_row(batch, row, ids, fixed, chosen, takes) for row in planned))


def _row(
    batch: ImportBatch,
    row: Planned,
    ids: Iterator[str],
    fixed: set[int],
    chosen: Mapping[int, bool],
    takes: bool,
) -> tuple[Any, ...]:
    entry, outcome = row.entry, row.outcome
    picked = outcome in (OUTCOME.NEW, OUTCOME.CHANGED) or (outcome == OUTCOME.DUPLICATE and takes)
    picked = chosen.get(entry.number, picked) and outcome in ImportRow.WRITING
    base = row.account.version if row.account is not None else None
    writes = outcome in ImportRow.WRITING
    return (
        batch.pk,
        entry.number,
        list(row.line.cells),
        {str(place): text for place, text in (row.line.faults or {}).items()},
        entry.number in fixed,
        outcome,
        picked,
        (row.values.get("name") or row.raw.get("name") or _name(row))[:255],
        entry.type[:8],
        entry.external_id,
        entry.external_uid,
        row.values if writes else {},
        row.errors,
        row.warnings,
        row.differences,
        row.place.account if outcome != OUTCOME.ERROR else "",
        row.place.row or None,
        row.asked.ref,
        entry.target,
        next(ids) if entry.is_new else "",
        base,
        (base or 0) + 1 if writes else None,
    )


def _name(row: Planned) -> str:
    return row.account.name if row.account is not None else ""


def chosen_rows(batch: ImportBatch) -> Any:
    """Rows that are written when the batch is applied."""
    return ImportRow.objects.filter(batch=batch, chosen=True, outcome__in=ImportRow.WRITING)


def count(batch: ImportBatch) -> dict[str, int]:
    """Outcome -> number of rows."""
    rows = ImportRow.objects.filter(batch=batch).order_by()
    found = dict(rows.values_list("outcome").annotate(Count("pk")))
    return {**dict.fromkeys(ImportRow.Outcome.values, 0), **found}


def steps_of(rows: Any) -> list[Step]:
    """The steps of chosen rows, in their order. Raises Stale for a parent that is not chosen."""
    moved = set(rows.filter(differences__has_key="parent_id").values_list("number", flat=True))
    switched = set(rows.filter(differences__has_key="type").values_list("number", flat=True))
    columns = ("number", "made", "target", "base_version", "parent", "parent_row", "type")
    made: dict[int, str] = {}
    steps: list[Step] = []
    problems: dict[int, str] = {}
    for number, new, target, base, parent, row, kind in rows.order_by("number").values_list(
        *columns
    ):
        if row and row not in made:
            problems[number] = _("its parent, line %(line)d, is not chosen") % {"line": row}
            continue
        if new:
            made[number] = new
        steps.append(
            Step(
                number,
                new or target,
                base or 0,
                made[row] if row else parent or None,
                number in moved or bool(new),
                kind,
                number in switched,
            )
        )
    if problems:
        raise Stale(problems)
    return steps
