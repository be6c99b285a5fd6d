"""What a column of an import can be, and by which headings it is recognised."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .. import snapshots


@dataclass(frozen=True)
class Field:
    """`words` are headings that mean this field, folded as by `fold()`."""

    name: str
    label: Any
    words: tuple[str, ...] = ()


FIELDS: tuple[Field, ...] = (
    Field("id", _("ID"), ("id", "account id", "tier account id", "ta id")),
    Field(
        "external_id",
        _("External ID"),
        ("external id", "customer number", "customer no", "account number", "company id"),
    ),
    Field("external_uid", _("External UUID"), ("external uid", "external uuid", "uuid", "uid")),
    Field("action", _("Action"), ("action",)),
    Field("hub", _("Hub ID"), ("hub", "hub id")),
    Field("parent_by", _("Parent search criteria"), ("parent search criteria",)),
    Field("parent_value", _("Parent search value"), ("parent search value",)),
    Field("parent_id", _("Parent ID"), ("parent", "parent id", "parent account id")),
    Field(
        "parent_external_id",
        _("External ID of the parent"),
        ("parent external id", "external id of the parent", "reseller external id"),
    ),
    Field(
        "parent_external_uid",
        _("External UUID of the parent"),
        ("parent external uid", "parent external uuid", "external uuid of the parent"),
    ),
    Field(
        "parent_row",
        _("Line of the parent"),
        ("line of the parent", "parent row", "parent line", "parent index"),
    ),
    Field("type", _("Type"), ("type", "account type", "kind")),
    Field(
        "name", _("Company name"), ("name", "company", "company name", "organization", "customer")
    ),
    Field(
        "tax_id",
        _("Tax ID"),
        ("tax id", "tax number", "vat", "vat id", "vat number", "vat no", "tin"),
    ),
    Field(
        "address_line1",
        _("Address line 1"),
        ("address line 1", "address line1", "address 1", "address", "street", "street address"),
    ),
    Field("address_line2", _("Address line 2"), ("address line 2", "address line2", "address 2")),
    Field("city", _("City"), ("city", "town")),
    Field("state", _("State or region"), ("state", "region", "province", "state or region")),
    Field(
        "postal_code",
        _("Postal code"),
        ("postal code", "zip", "zip code", "postcode", "post code", "plz"),
    ),
    Field("country", _("Country"), ("country", "country code")),
    Field(
        "contact_first_name",
        _("First name of the contact"),
        (
            "contact first name",
            "first name of the contact",
            "technical contact first name",
            "first name",
            "given name",
        ),
    ),
    Field(
        "contact_last_name",
        _("Last name of the contact"),
        (
            "contact last name",
            "last name of the contact",
            "technical contact last name",
            "last name",
            "surname",
        ),
    ),
    Field(
        "contact_email",
        _("E-mail of the contact"),
        (
            "contact email",
            "e mail of the contact",
            "technical contact email",
            "email",
            "e mail",
            "mail",
            "email address",
        ),
    ),
    Field(
        "phone",
        _("Phone of the contact"),
        (
            "phone",
            "phone of the contact",
            "phone number",
            "contact phone",
            "contact phone number",
            "technical contact phone",
            "telephone",
        ),
    ),
)
BY_NAME = {field.name: field for field in FIELDS}
_BY_WORD = {word: field.name for field in FIELDS for word in field.words}

#: Fields that are columns of an account; a phone number is several.
COLUMNS = tuple(name for name in snapshots.COLUMNS if name in BY_NAME)
#: Where a parent may be named; the first one filled counts.
PARENTS = ("parent_id", "parent_external_id", "parent_external_uid", "parent_row")

#: The literal first row of the Customers workbook, and what its columns are.
WORKBOOK_SHEET = "Customers"
WORKBOOK: dict[str, str] = {
    "ID": "id",
    "External ID": "external_id",
    "External UID": "external_uid",
    "Action": "action",
    "Hub ID": "hub",
    "Parent Search Criteria": "parent_by",
    "Parent Search Value": "parent_value",
    "Type": "type",
    "Tax ID": "tax_id",
    "Company Name": "name",
    "Address Line 1": "address_line1",
    "Address Line 2": "address_line2",
    "City": "city",
    "State": "state",
    "Zip": "postal_code",
    "Country": "country",
    "Technical Contact First Name": "contact_first_name",
    "Technical Contact Last Name": "contact_last_name",
    "Technical Contact Email": "contact_email",
    "Technical Contact Phone": "phone",
}
_NO_WORD = re.compile(r"[\W_]+")


def fold(heading: str) -> str:
    """Lower case, without punctuation and doubled spaces: "External_ID " -> "external id"."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return _NO_WORD.sub(" ", text).strip()


def field_of(heading: str) -> str:
    """The field a heading means, "" when it is not known."""
    return _BY_WORD.get(fold(heading), "")
