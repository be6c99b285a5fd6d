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

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from .. import actors, identifiers, jobs, lifecycle
from ..actors import Actor
from ..cleaning import clean_country, clean_text
from ..events import record
from ..lifecycle import StaleState, check_revision, hold, touch
from ..models import Hub, ImportBatch, ImportFile, ImportRow, Partner, TierAccount
from ..permissions import by_owner
from . import mapping as columns
from .fields import BY_NAME, WORKBOOK, Field
from .lookups import Lookups
from .read import open_table, storable
from .replan import replan
from .rows import chosen_rows
from .undo import Kept, Undoable
from .undo import preview as undo_preview

State = ImportBatch.State
#: Rows shown while the columns are being named.
SAMPLE = 5
#: What new rows that resemble an account are: left for a person to choose, or chosen.
DUPLICATES = ("ask", "create")

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


def providers(actor: Actor) -> list[Partner]:
    """The distributors in whose forest the actor may import; nobody's for viewers and vendors."""
    if not actor.may_act or actor.partner is None:
        return []
    if actor.role == actors.DISTRIBUTOR:
        return [actor.partner]
    if actor.role == actors.RESELLER:
        mine = TierAccount.objects.visible_to(actor).values("provider")
        return list(Partner.objects.filter(pk__in=mine).order_by("name", "pk"))
    return []


@transaction.atomic
def upload(
    *, actor: Actor, provider: Partner, name: str, content: bytes, sheet: str = ""
) -> ImportBatch:
    """Take a file in: CSV or XLSX, whatever its name says; `sheet` by default the first.

    The mapping is the one remembered for this header, else one suggested by the headings; the
    Customers workbook needs none (`batch.workbook`). Raises ValidationError on field `file`.
    """
    if provider not in providers(actor) or actor.partner is None:
        raise PermissionDenied
    table = open_table(content, sheet=sheet)
    sample = [list(line.cells) for line, _n in zip(table.lines, range(SAMPLE), strict=False)]
    if not sample:
        raise ValidationError({"file": _("The file has headings but no rows.")}, code="file")
    workbook = columns.is_workbook(table.sheet, table.header)
    known = None if workbook else columns.remembered(actor.partner, table.header)
    names = list(WORKBOOK.values()) if workbook else columns.suggest(table.header)
    batch = identifiers.insert(
        ImportBatch,
        "IMP",
        provider=provider,
        partner=actor.partner,
        user=actor.user,
        file_name=_file_name(name),
        size=len(content),
        format=table.format,
        workbook=workbook,
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheet=table.sheet[:64],
        header=table.header,
        sample=sample,
        mapping=known.mapping if known else names,
        options=known.options if known else _defaults(names),
    )
    ImportFile.objects.create(batch=batch, content=content)
    record("importbatch.created", batch, actor=actor, to_state=batch.state)
    return batch


def _file_name(name: str) -> str:
    try:
        text = clean_text(name.replace("\\", "/").rpartition("/")[2])
    except ValidationError:
        text = ""
    return text[:255] or "import"


def _defaults(names: Sequence[str]) -> dict[str, Any]:
    match = next((key for key in columns.MATCHES if key in names), "")
    return {
        "match": match,
        "duplicates": DUPLICATES[0],
        "parent": "",
        "hub": "",
        "type": "",
        "country": "",
    }


@transaction.atomic
def set_mapping(
    batch: ImportBatch,
    *,
    actor: Actor,
    mapping: Sequence[str],
    options: Mapping[str, Any] | None = None,
    revision: int | None = None,
) -> ImportBatch:
    """Name the field of each column ("" leaves it out) and the options, which are remembered.

    Options, all optional: `match` ("id", "external_id", "external_uid", "": how rows without an
    id find their account), `duplicates` ("ask", "create"), and for new accounts whose row does
    not say: `parent` (id of an account), `hub`, `type`, `country`. What was checked before has to
    be checked again. Raises ValidationError on `mapping` or the option.
    """
    held = _held(batch, "start_check", actor, revision)
    if held.workbook and list(mapping) != held.mapping:
        raise ValidationError({"mapping": _("The columns of the Customers workbook are fixed.")})
    held.mapping = columns.checked(held.header, mapping)
    held.options = _checked_options(held, actor, {**held.options, **(options or {})})
    if not held.workbook:
        columns.remember(held.partner, held.header, held.mapping, held.options)
    if held.state != State.UPLOADED:
        return _ask(held, "start_check", "import.check", actor)
    touch(held)
    return held


def _checked_options(
    batch: ImportBatch, actor: Actor, options: Mapping[str, Any]
) -> dict[str, Any]:
    found = {key: str(options.get(key) or "").strip() for key in _defaults(())}
    errors: dict[str, Any] = {}
    choices = {
        "match": columns.MATCHES,
        "duplicates": DUPLICATES,
        "type": ("", *TierAccount.Type.values),
    }
    for key, allowed in choices.items():
        if found[key] not in allowed:
            errors[key] = _("Choose one of the offered values.")
    if found["country"]:
        try:
            found["country"] = clean_country(found["country"])
        except ValidationError as error:
            errors["country"] = error
    lookups = Lookups(batch.provider, actor)
    if found["hub"]:
        hub = lookups.hubs.get(found["hub"])
        if hub is None or hub.type == Hub.Type.COMMERCE:
            errors["hub"] = _("Choose one of your own hubs that do not make accounts themselves.")
    if found["parent"]:
        lookups.read("id", [found["parent"]] if "\0" not in found["parent"] else [])
        known = lookups.find("id", found["parent"])
        if not known or known[0].type != TierAccount.Type.RESELLER or known[0].gone:
            errors["parent"] = _("Choose one of your own resellers.")
    if errors:
        raise ValidationError(errors)
    return found


@transaction.atomic
def check_batch(batch: ImportBatch, *, actor: Actor, revision: int | None = None) -> ImportBatch:
    """Have every row checked, in a job; what was fixed in a row before stays."""
    held = _held(batch, "start_check", actor, revision)
    held.mapping = columns.checked(held.header, held.mapping)
    return _ask(held, "start_check", "import.check", actor)


@transaction.atomic
def apply_batch(batch: ImportBatch, *, actor: Actor, revision: int | None = None) -> ImportBatch:
    """Have the chosen rows written, in a job: all of them or, when one cannot be, none.

    Raises ValidationError when nothing is chosen.
    """
    held = _held(batch, "start_apply", actor, revision)
    if not chosen_rows(held).exists():
        raise ValidationError(_("Choose at least one row that changes something."))
    return _ask(held, "start_apply", "import.apply", actor)


@transaction.atomic
def undo_batch(batch: ImportBatch, *, actor: Actor, revision: int | None = None) -> ImportBatch:
    """Have the batch undone, in a job: accounts it made vanish, accounts it changed get their
    former data as a new version. Rows touched since stay, with the reason in `row.undo`."""
    held = _held(batch, "start_undo", actor, revision)
    return _ask(held, "start_undo", "import.undo", actor)


@transaction.atomic
def discard_batch(batch: ImportBatch, *, actor: Actor, revision: int | None = None) -> ImportBatch:
    """Throw the file and its rows away; nothing was applied."""
    held = _held(batch, "discard", actor, revision)
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
    held = _held(batch, "start_apply", actor, revision)
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
    held = _held(batch, "start_apply", actor, revision)
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


def _held(batch: ImportBatch, step: str, actor: Actor, revision: int | None) -> ImportBatch:
    """The batch, locked, when the actor may take `step` now and no job is at it."""
    held = hold(batch)
    if not by_owner(held, actor):
        raise PermissionDenied
    lifecycle.check(held, step, actor)
    if held.busy:
        raise ValidationError({"job": _("Wait until the present step has ended.")}, code="busy")
    check_revision(held, revision)
    return held


def _check_checked(held: ImportBatch, step: str) -> None:
    if held.state != State.CHECKED:
        raise StaleState(held, step)


def _ask(held: ImportBatch, step: str, kind: str, actor: Actor) -> ImportBatch:
    held.job = jobs.enqueue(kind, actor=actor, args={"batch": held.pk})
    return lifecycle.write(held, step, actor=actor)
