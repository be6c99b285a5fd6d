"""One row was put right: plan it anew, with the rows that rest on it."""

from __future__ import annotations

from collections.abc import Iterator

from ..actors import Actor
from ..models import ImportBatch, ImportRow
from .entries import OUTCOME, Entry, load
from .plan import CHUNK, Planner
from .planned import Rules
from .read import Line
from .rows import count, save


def replan(batch: ImportBatch, row: ImportRow, actor: Actor) -> None:
    """Plan `row` (changed in memory only) and what depends on it; stores them and the counts."""
    rules = Rules(batch.mapping, batch.options, batch.workbook)
    entries = load(batch)
    before = entries.rows[row.number]
    after = rules.entry(_line(row))
    numbers = _dependents(batch, row.number, {*_names(before), *_names(after)})
    stored = {
        each.number: each for each in ImportRow.objects.filter(batch=batch, number__in=numbers)
    }
    stored[row.number] = row
    chosen = {
        number: each.chosen for number, each in stored.items() if each.outcome != OUTCOME.ERROR
    }
    lines = [_line(stored[number]) for number in sorted(stored)]
    for line in lines:
        entries.forget(line.number)
    for line in lines:
        entries.add(rules.entry(line))
    planner = Planner(provider=batch.provider, actor=actor, rules=rules, entries=entries)
    planned = []
    for start in range(0, len(lines), CHUNK):
        planned += planner.plan(lines[start : start + CHUNK])
    ImportRow.objects.filter(batch=batch, number__in=list(stored)).delete()
    save(batch, planned, {number for number, each in stored.items() if each.fixed}, chosen)
    batch.counts = count(batch)


def _line(row: ImportRow) -> Line:
    faults = {int(place): text for place, text in row.faults.items()}
    return Line(row.number, tuple(row.cells), faults or None)


def _names(entry: Entry) -> Iterator[str]:
    """How other rows may call this one, or share a key with it."""
    for key in ("external_id", "external_uid"):
        if value := getattr(entry, key):
            yield f"{key}:{value}"[:300]


def _dependents(batch: ImportBatch, number: int, names: set[str]) -> set[int]:
    """The row, those with the same key, and all that hang below any of these in the file."""
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    columns = ("number", "external_id", "external_uid", "parent_row", "parent_ref", "target")
    light = list(rows.values_list(*columns))
    targets = {row[5] for row in light if row[0] == number and row[5]}
    found = {number}
    for line, external_id, external_uid, _parent, _ref, target in light:
        keys = {f"external_id:{external_id}"[:300], f"external_uid:{external_uid}"[:300]}
        if keys & names or target in targets:
            found.add(line)
    # Parents come before their children, so one pass from the top is enough.
    for line, external_id, external_uid, parent, ref, _target in light:
        by_line = ref.startswith("row:") and ref[4:].isdigit() and int(ref[4:]) in found
        if line in found or parent in found or by_line or (ref and ref in names):
            found.add(line)
            names |= {f"external_id:{external_id}"[:300]} if external_id else set()
            names |= {f"external_uid:{external_uid}"[:300]} if external_uid else set()
    return found
