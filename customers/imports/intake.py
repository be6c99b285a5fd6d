"""How a file becomes a batch: who may, the file itself, and what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from .. import actors, identifiers
from ..actors import Actor
from ..cleaning import clean_text
from ..errors import field_error
from ..events import record
from ..lifecycle import touch
from ..models import ImportBatch, ImportFile, Partner, TierAccount
from . import mapping as columns
from .asking import ask, held_for
from .fields import WORKBOOK
from .options import checked_options, defaults
from .read import open_table

#: Rows shown while the columns are being named.
SAMPLE = 5


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
        raise field_error("file", _("The file has headings but no rows."), "file")
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
        options=known.options if known else defaults(names),
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
    held = held_for(batch, "start_check", actor, revision)
    if held.workbook and list(mapping) != held.mapping:
        raise ValidationError({"mapping": _("The columns of the Customers workbook are fixed.")})
    held.mapping = columns.checked(held.header, mapping)
    held.options = checked_options(held, actor, {**held.options, **(options or {})})
    if not held.workbook:
        columns.remember(held.partner, held.header, held.mapping, held.options)
    if held.state != ImportBatch.State.UPLOADED:
        return ask(held, "start_check", "import.check", actor)
    touch(held)
    return held
