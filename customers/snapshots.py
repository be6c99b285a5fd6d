"""Flat snapshots of an account: what a version stores, and what counts as a change."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .cleaning import PHONE_PARTS
from .models import TierAccount

#: Columns copied into a snapshot; the parent is added as id and name.
COLUMNS = (
    "type",
    "name",
    "external_id",
    "external_uid",
    "tax_id",
    "address_line1",
    "address_line2",
    "city",
    "state",
    "postal_code",
    "country",
    "contact_first_name",
    "contact_last_name",
    "contact_email",
    *PHONE_PARTS,
)
#: Everything whose difference is a change (decision 9).
COMPARED = (*COLUMNS, "parent_id")

#: Rows of a difference table: label and the snapshot keys shown in it.
ROWS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Company name"), ("name",)),
    (_("Type"), ("type",)),
    (_("Tax ID"), ("tax_id",)),
    (_("External ID"), ("external_id",)),
    (_("External UUID"), ("external_uid",)),
    (_("Street"), ("address_line1", "address_line2")),
    (_("Postal code, city"), ("postal_code", "city")),
    (_("State or region"), ("state",)),
    (_("Country"), ("country",)),
    (_("Technical contact"), ("contact_first_name", "contact_last_name")),
    (_("E-mail"), ("contact_email",)),
    (_("Phone"), PHONE_PARTS),
    (_("Parent"), ("parent_id",)),
)

#: Short words for the list column "Changed".
_WORDS = {
    **dict.fromkeys(("name", "type"), _("company")),
    **dict.fromkeys(("external_id", "external_uid"), _("external ID")),
    "tax_id": _("tax ID"),
    **dict.fromkeys(
        ("address_line1", "address_line2", "city", "state", "postal_code", "country"),
        _("address"),
    ),
    **dict.fromkeys(
        (
            "contact_first_name",
            "contact_last_name",
            "contact_email",
            *PHONE_PARTS,
        ),
        _("contact"),
    ),
    "parent_id": _("parent"),
}


def snapshot(account: TierAccount) -> dict[str, Any]:
    """The account as a version stores it: COLUMNS, `parent_id`, `parent_name`."""
    data: dict[str, Any] = {column: getattr(account, column) for column in COLUMNS}
    data["parent_id"] = account.parent_id
    data["parent_name"] = account.parent.name if account.parent else ""
    return data


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Names out of COMPARED whose values differ; None and the empty text are the same."""
    return [key for key in COMPARED if (before.get(key) or "") != (after.get(key) or "")]


def words(changed: list[str]) -> list[str]:
    """The changed fields in a few words, without repetition: contact, address."""
    return list(dict.fromkeys(str(_WORDS[key]) for key in changed if key in _WORDS))
