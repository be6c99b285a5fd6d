"""Accounts as clients send them. What is right is said by customers.cleaning and the services."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from customers.cleaning import PHONE_PARTS
from customers.models import TierAccount

#: Columns of an account -> where the API has them; of the errors of services, too.
FIELDS: Mapping[str, str] = {
    **{
        name: f"contact_info.{name}"
        for name in ("address_line1", "address_line2", "city", "state", "postal_code", "country")
    },
    "contact_first_name": "contact_info.contact.first_name",
    "contact_last_name": "contact_info.contact.last_name",
    "contact_email": "contact_info.contact.email",
    "phone": "contact_info.contact.phone_number",
    "parent": "parent.id",
    "hub": "hub.id",
    "partner": "access",
}
PHONE = dict(
    zip(PHONE_PARTS, ("country_code", "area_code", "phone_number", "extension"), strict=True)
)
PLAIN = ("type", "name", "external_id", "external_uid", "tax_id")
CONTACT = ("first_name", "last_name", "email")
ADDRESS = ("address_line1", "address_line2", "city", "state", "postal_code", "country")


class Text(serializers.CharField):
    """A text that may be absent; null is an empty one, and numbers are read as they are written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_blank": True, "allow_null": True, **options})


class Word(serializers.ChoiceField):
    """One of an enumeration, in any case; who sends another one is told which there are."""

    def __init__(self, choices: Any, **options: Any) -> None:
        super().__init__(choices, **options)
        self.error_messages["invalid_choice"] = _(
            '"{input}" is not a valid choice; there are: %(choices)s.'
        ) % {"choices": ", ".join(map(str, self.choices))}

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.lower() if isinstance(data, str) else data)


class PhoneBody(serializers.Serializer[Any]):
    country_code = Text()
    area_code = Text()
    phone_number = Text()
    extension = Text(help_text="A hyphen stands for none.")


class ContactBody(serializers.Serializer[Any]):
    first_name = Text(required=True)
    last_name = Text(required=True)
    email = Text(required=True)
    phone_number = PhoneBody(required=False, allow_null=True)


class ContactInfoBody(serializers.Serializer[Any]):
    address_line1 = Text(required=True)
    address_line2 = Text()
    city = Text(required=True)
    state = Text()
    postal_code = Text(required=True)
    country = Text(required=True, help_text="ISO 3166 alpha-2, in any case.")
    contact = ContactBody()


class DataBody(serializers.Serializer[Any]):
    """The data of a new account, without its place."""

    type = Word(choices=TierAccount.Type.choices)
    name = Text(required=True)
    external_id = Text()
    external_uid = Text(help_text="Made when it is left out.")
    tax_id = Text()
    contact_info = ContactInfoBody()


class Partial(serializers.Serializer[Any]):
    """Everything may be left out."""

    def get_fields(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_fields()
        for each in found.values():
            each.required = False
        return found


class ContactChangeBody(Partial, ContactBody):
    pass


class ContactInfoChangeBody(Partial, ContactInfoBody):
    contact = ContactChangeBody()


class DataChangeBody(Partial, DataBody):
    """What is new of an account."""

    contact_info = ContactInfoChangeBody()


def columns_of(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The columns named by validated data of the bodies above, as clean_account takes them."""
    found = {name: sent[name] for name in PLAIN if name in sent}
    info = sent.get("contact_info") or {}
    found |= {name: info[name] for name in ADDRESS if name in info}
    contact = info.get("contact") or {}
    found |= {f"contact_{name}": contact[name] for name in CONTACT if name in contact}
    if "phone_number" in contact:
        phone = contact["phone_number"]
        found |= {
            column: phone.get(part) if phone else ""
            for column, part in PHONE.items()
            if not phone or part in phone
        }
    return found


def changes_of(sent: Mapping[str, Any], account: TierAccount) -> dict[str, Any]:
    """As `columns_of`, for an account there is.

    A number cut into its parts elsewhere is the same number: clients read it as one text and cut
    it again, which must not count as a change.
    """
    found = columns_of(sent)
    parts = {name: found.get(name, getattr(account, name)) for name in PHONE_PARTS}
    if _digits(parts) == _digits({name: getattr(account, name) for name in PHONE_PARTS}):
        for name in PHONE_PARTS:
            found.pop(name, None)
    return found


def _digits(parts: Mapping[str, Any]) -> tuple[str, str]:
    *number, extension = (re.sub(r"\D", "", str(parts[name] or "")) for name in PHONE_PARTS)
    return "".join(number), extension
