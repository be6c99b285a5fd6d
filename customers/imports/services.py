"""What people do with imports.

A file is uploaded (`upload`), its columns are named (`set_mapping`), its rows are checked
(`check_batch`), put right (`fix_row`) and chosen (`choose`), applied (`apply_batch`) and, while
nothing newer touched them, undone (`undo_batch`; `undoable` says beforehand what would stay).
Checking, applying and undoing are jobs of the worker: `batch.job` has their progress and error,
`batch.busy` says whether one is at it, `batch.problem` why the last one changed nothing.

    uploaded --start_check--> checking --> checked --start_apply--> applying --> applied
    applied --start_undo--> undoing --> undone      uploaded, checked --discard--> discarded

Every function takes the batch first, then keyword-only `actor` and `revision` (that of the page;
None: whatever it is now), and answers the fresh batch. Raised: PermissionDenied for everybody but
the importing partner's agents, StaleState in the wrong state, StaleForm for an old revision,
ValidationError with the field named; `job` is the field while another step is running.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from .. import lifecycle
from ..actors import Actor
from ..lifecycle import StaleState, touch
from ..models import ImportBatch, ImportFile, ImportRow
from . import mapping as columns
from .asking import ask, held_for
from .fields import BY_NAME, Field
from .intake import providers, set_mapping, upload
from .read import storable
from .replan import replan
from .rows import chosen_rows
from .undo import Kept, Undoable
from .undo import preview as undo_preview

State = ImportBatch.State

__all__ = [
    "Field",
    "Kept",
    "Undoable",
    "apply_batch",
    "check_batch",
    "choose",
    "discard_batch",
    "fix_row",
    "providers",
    "row_values",
    "set_mapping",
    "undo_batch",
    "undoable",
    "upload",
]


@transaction.atomic
def check_batch(batch: ImportBatch, *, actor: Actor, revision: int | None = None) -> ImportBatch:
    """Have every row checked, in a job; what was fixed in a row before stays."""
    held = held_for(batch, "start_check", actor, revision)
    held.mapping = columns.checked(held.header, held.mapping)
    return ask(held, "start_check", "import.check", actor)


@transaction.atomic
def apply_batch(batch: ImportBatch, *, actor: Actor, revision: int | None = None) -> ImportBatch:
    """Have the chosen rows written, in a job: all of them or, when one cannot be, none.

    Raises ValidationError when nothing is chosen.
    """
    held = held_for(batch, "start_apply", actor, revision)
    if not chosen_rows(held).exists():
        raise ValidationError(_("Choose at least one row that changes something."))
    return ask(held, "start_apply", "import.apply", actor)


@transaction.atomic
def undo_batch(batch: ImportBatch, *, actor: Actor, revision: int | None = None) -> ImportBatch:
    """Have the batch undone, in a job: accounts it made vanish, accounts it changed get their
    former data as a new version. Rows touched since stay, with the reason in `row.undo`."""
    held = held_for(batch, "start_undo", actor, revision)
    return ask(held, "start_undo", "import.undo", actor)


@transaction.atomic
def discard_batch(batch: ImportBatch, *, actor: Actor, revision: int | None = None) -> ImportBatch:
    """Throw the file and its rows away; nothing was applied."""
    held = held_for(batch, "discard", actor, revision)
    ImportFile.objects.filter(batch=held).delete()
    ImportRow.objects.filter(batch=held).delete()
    held.sample = []
    return lifecycle.write(held, "discard", actor=actor)


@transaction.atomic
def choose(
    batch: ImportBatch,
    *,
    actor: Actor,
    chosen: bool,
    numbers: Iterable[int] | None = None,
    outcome: str = "",
    revision: int | None = None,
) -> ImportBatch:
    """Choose rows, or not: those of these lines, of this outcome, or all that write something."""
    held = held_for(batch, "start_apply", actor, revision)
    _check_checked(held, "choose")
    rows = ImportRow.objects.filter(batch=held, outcome__in=ImportRow.WRITING)
    if numbers is not None:
        rows = rows.filter(number__in=list(numbers))
    if outcome:
        rows = rows.filter(outcome=outcome)
    rows.update(chosen=chosen)
    touch(held)
    return held


@transaction.atomic
def fix_row(
    batch: ImportBatch,
    number: int,
    *,
    actor: Actor,
    values: Mapping[str, str],
    revision: int | None = None,
) -> ImportRow:
    """Put right what the row at line `number` says: {field: text}, of mapped fields only.

    The row and all that rest on it are checked again; errors stay in the row and are not raised.
    Raises ImportRow.DoesNotExist, and ValidationError for a field that has no column.
    """
    held = held_for(batch, "start_apply", actor, revision)
    _check_checked(held, "fix")
    row = ImportRow.objects.get(batch=held, number=number)
    wrong = {
        name: _("The file has no column for this.") for name in values if name not in held.mapping
    }
    if wrong:
        raise ValidationError(wrong)
    for name, text in values.items():
        place = held.mapping.index(name)
        row.cells[place] = storable(str(text))[: settings.IMPORT_LIMITS["cell"]]
        row.faults.pop(str(place), None)
    row.fixed = True
    replan(held, row, actor)
    touch(held)
    return ImportRow.objects.get(batch=held, number=number)


def row_values(row: ImportRow, batch: ImportBatch) -> dict[str, str]:
    """What the row says, {field: text} in the order of the columns; the first data of its form."""
    return {name: row.cells[place] for place, name in enumerate(batch.mapping) if name in BY_NAME}


def undoable(batch: ImportBatch, *, actor: Actor) -> Undoable:
    """What undoing would do now: how many accounts vanish and get their data back, what stays."""
    return undo_preview(batch, actor)


def _check_checked(held: ImportBatch, step: str) -> None:
    if held.state != State.CHECKED:
        raise StaleState(held, step)
