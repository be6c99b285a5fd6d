"""Which column is which field: suggested from the header, remembered per partner and header."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import ImportMapping, Partner
from .fields import BY_NAME, WORKBOOK, WORKBOOK_SHEET, field_of, fold

#: What a file without an id column can still be matched by.
MATCHES = ("id", "external_id", "external_uid", "")


def is_workbook(sheet: str, header: Sequence[str]) -> bool:
    """Whether this is the Customers workbook: its sheet and its literal first row."""
    return sheet == WORKBOOK_SHEET and tuple(header) == tuple(WORKBOOK)


def suggest(header: Sequence[str]) -> list[str]:
    """A field per column by its heading, each field once; "" where nothing is recognised."""
    found: list[str] = []
    for heading in header:
        name = field_of(heading)
        found.append(name if name not in found else "")
    return found


def signature(header: Sequence[str]) -> str:
    """Equal for headers that differ in case, spaces and punctuation only."""
    return hashlib.sha256("\x1f".join(map(fold, header)).encode()).hexdigest()


def remembered(partner: Partner, header: Sequence[str]) -> ImportMapping | None:
    """How the partner last mapped a file with this header, if it fits."""
    found = ImportMapping.objects.filter(partner=partner, signature=signature(header)).first()
    if found is None or len(found.mapping) != len(header):
        return None
    return found


def remember(
    partner: Partner, header: Sequence[str], mapping: Sequence[str], options: Mapping[str, Any]
) -> None:
    ImportMapping.objects.update_or_create(
        partner=partner,
        signature=signature(header),
        defaults={
            "mapping": list(mapping),
            "options": dict(options),
            "used_at": timezone.now(),
        },
    )


def checked(header: Sequence[str], mapping: Sequence[str]) -> list[str]:
    """The mapping as stored. Raises ValidationError on `mapping`: unknown or doubled fields, a
    wrong number of columns, or neither a name nor a key among them."""
    names = [str(name or "") for name in mapping]
    problems = []
    if len(names) != len(header):
        problems.append(_("Choose a field, or none, for each of the columns."))
    for name in dict.fromkeys(names):
        if name and name not in BY_NAME:
            problems.append(_("There is no field “%(name)s”.") % {"name": name[:40]})
        elif name and names.count(name) > 1:
            label = BY_NAME[name].label
            problems.append(_("Two columns are %(field)s; choose one.") % {"field": label})
    if not {"name", "id", "external_id", "external_uid"} & set(names):
        problems.append(_("Choose at least the column of the company name or of an ID."))
    if problems:
        raise ValidationError({"mapping": problems})
    return names
