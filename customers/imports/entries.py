"""What the plan remembers of each row, so that other rows can refer to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..models import ImportBatch, ImportRow

OUTCOME = ImportRow.Outcome


@dataclass(slots=True)
class Entry:
    """One row: `keys` as written; `outcome` is empty until the row is planned."""

    number: int
    external_id: str = ""
    external_uid: str = ""
    hub: str = ""
    id: str = ""
    outcome: str = ""
    type: str = ""
    target: str = ""
    parent: str = ""
    parent_row: int = 0

    @property
    def is_new(self) -> bool:
        return self.outcome in (OUTCOME.NEW, OUTCOME.DUPLICATE)


@dataclass
class Entries:
    """All rows of a file by line and by what they are called.

    `moved` are the accounts that earlier rows hang elsewhere: id -> the new parent's id, None for
    a tree of its own; `filled` the accounts that rows hang something under; `seen` the first row
    of each key of customers.matching.
    """

    rows: dict[int, Entry] = field(default_factory=dict)
    named: dict[str, dict[str, tuple[int, ...]]] = field(
        default_factory=lambda: {"id": {}, "external_id": {}, "external_uid": {}}
    )
    moved: dict[str, str | None] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)
    seen: dict[str, dict[str, int]] = field(default_factory=lambda: {"name_key": {}, "tax_key": {}})
    targets: dict[str, int] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        self.rows[entry.number] = entry
        for key, named in self.named.items():
            value = getattr(entry, key)
            if value:
                named[value] = (*named.get(value, ()), entry.number)

    def same(self, key: str, entry: Entry) -> list[int]:
        """Lines of the other rows that write the same key, on the same hub."""
        numbers = self.named[key].get(getattr(entry, key), ())
        if len(numbers) < 2:
            return []
        others = [self.rows[number] for number in numbers if number != entry.number]
        return [each.number for each in others if key == "id" or each.hub == entry.hub]

    def above_row(self, number: int) -> str | None:
        """The nearest account above a row's own that is there already; None at the top."""
        entry = self.rows[number]
        while entry.parent_row:
            entry = self.rows[entry.parent_row]
        return entry.parent or None

    def above(self, account: str, row: int) -> str | None:
        """The existing account that a place leads to."""
        return self.above_row(row) if row else account or None

    def forget(self, number: int) -> None:
        """Take a row out that is about to be added anew."""
        entry = self.rows.pop(number)
        for key, named in self.named.items():
            value = getattr(entry, key)
            if value:
                named[value] = tuple(each for each in named[value] if each != number)
        if entry.target:
            self.moved.pop(entry.target, None)
            self.targets.pop(entry.target, None)


def load(batch: ImportBatch) -> Entries:
    """The rows of a checked batch as the plan left them."""
    found = Entries()
    moves = ImportRow.objects.filter(batch=batch, differences__has_key="parent_id")
    moved = set(moves.values_list("number", flat=True))
    hub = str(batch.options.get("hub") or "")
    place = batch.mapping.index("hub") if "hub" in batch.mapping else None
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    columns = ["number", "external_id", "external_uid", "outcome", "type", "target"]
    columns += ["parent", "parent_row"]
    for row in rows.values(*columns, *(["cells"] if place is not None else [])).iterator():
        entry = Entry(
            row["number"],
            row["external_id"],
            row["external_uid"],
            outcome=row["outcome"],
            type=row["type"],
            target=row["target"],
            parent=row["parent"],
            parent_row=row["parent_row"] or 0,
        )
        entry.hub = hub_of(row["cells"], place, hub) if place is not None else hub
        if entry.outcome == OUTCOME.SKIPPED:
            entry.external_id = entry.external_uid = ""
        found.add(entry)
        if entry.target and entry.outcome != OUTCOME.ERROR:
            found.targets[entry.target] = entry.number
        if row["parent"] and entry.outcome != OUTCOME.ERROR:
            found.filled.add(row["parent"])
        if entry.number in moved and entry.target:
            found.moved[entry.target] = found.above(entry.parent, entry.parent_row)
    return found


def hub_of(cells: list[str], place: int | None, default: str) -> str:
    text = cells[place].strip() if place is not None else ""
    return default if text in ("", "-") else text
