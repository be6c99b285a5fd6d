"""Checks of typed and imported account data; pure, no database.

Every error is a ValidationError whose dict names the field and says what to do.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import phonenumbers
import pycountry
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from .models import TierAccount

_JOINERS = "\u200c\u200d"
#: Only change how the character before them looks.
_SELECTORS = "".join(map(chr, (*range(0x180B, 0x180E), *range(0xFE00, 0xFE10))))
#: Letters and signs without any ink, which Unicode counts as printable.
_INKLESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_LINES = "\n\r\t\u2028\u2029"
#: A property of the enum would make the list anew for each row of an import.
TYPES = tuple(TierAccount.Type.values)
PHONE_PARTS = ("phone_country_code", "phone_area_code", "phone_number", "phone_extension")
_TEXTS = (
    "name",
    "external_id",
    "external_uid",
    "tax_id",
    "address_line1",
    "address_line2",
    "city",
    "state",
    "postal_code",
    "contact_first_name",
    "contact_last_name",
)
_REQUIRED = (
    "type",
    "name",
    "address_line1",
    "city",
    "postal_code",
    "country",
    "contact_first_name",
    "contact_last_name",
    "contact_email",
)


def clean_text(value: Any, *, max_length: int | None = None, lines: bool = False) -> str:
    """Normalised (NFC), stripped text without invisible characters.

    Numbers are read as they are written. Raises ValidationError for anything else that is no
    text, for NUL, lone surrogates, control and invisible formatting characters, letters without
    ink and line breaks (zero-width joiners, which some scripts need, are kept between others, and
    line breaks in `lines`), and for over-long text.
    """
    text = _as_text(value)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = text.strip()
    if not text.strip(_JOINERS + _SELECTORS):
        return ""
    seen = text.isprintable() and (text.isascii() or _INKLESS.isdisjoint(text))
    for char in "" if seen else text:
        if _unseen(char) and not (lines and char in _LINES):
            raise ValidationError(
                _("Remove the invisible or unreadable character (U+%(code)s).")
                % {"code": f"{ord(char):04X}"},
                code="characters",
            )
    if max_length is not None and len(text) > max_length:
        raise ValidationError(
            _("Use at most %(max)d characters; this has %(length)d.")
            % {"max": max_length, "length": len(text)},
            code="max_length",
        )
    return text


def _unseen(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cf":
        return char not in _JOINERS
    return category in ("Cc", "Cs", "Cn", "Co", "Zl", "Zp") or char in _INKLESS


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list | tuple | set | bytes):
        raise ValidationError(_("Enter a text."), code="invalid")
    try:
        return str(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        raise ValidationError(_("This number is too large."), code="invalid") from None


@cache
def countries() -> dict[str, str]:
    """ISO 3166 alpha-2 code -> name, sorted by name."""
    found = {
        country.alpha_2: getattr(country, "common_name", country.name)
        for country in pycountry.countries
    }
    return dict(sorted(found.items(), key=lambda item: item[1]))


def clean_country(value: Any) -> str:
    """Two upper-case letters of a known country; any case is accepted."""
    code = clean_text(value).upper()
    if code not in countries():
        raise ValidationError(
            _("“%(value)s” is no country code of ISO 3166; use two letters such as DE or US.")
            % {"value": code[:20]},
            code="country",
        )
    return code


def clean_email(value: Any) -> str:
    """An e-mail address of at most 254 characters, or nothing."""
    text = clean_text(value, max_length=254)
    if text:
        try:
            validate_email(text)
        except ValidationError:
            raise ValidationError(
                _("Enter an e-mail address such as name@company.example."), code="email"
            ) from None
    return text


def split_phone(value: Any, country: str) -> dict[str, str]:
    """A number as typed -> its four stored parts; all empty when nothing is given.

    National numbers are read as of `country`. Raises ValidationError when it is no number.
    """
    text = clean_text(value, max_length=60)
    parts = dict.fromkeys(PHONE_PARTS, "")
    if not text:
        return parts
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError(
            _("Enter a phone number with its country code, for example +49 40 123456."),
            code="phone",
        )
    national = phonenumbers.national_significant_number(number)
    area = _area_length(number.country_code or 0, national, number.italian_leading_zero)
    parts["phone_country_code"] = f"+{number.country_code}"
    parts["phone_area_code"] = national[:area]
    parts["phone_number"] = national[area:]
    parts["phone_extension"] = number.extension or ""
    return parts


def _area_length(code: int, national: str, italian: bool | None) -> int:
    """How many digits of a national number are its area code.

    Decided by all digits but the last three of a long number: those are a line, no area.
    """
    line = 3 if len(national) >= 9 else 0
    return _area_lengths(code, national[: len(national) - line] + "0" * line, bool(italian))


@lru_cache(maxsize=4096)
def _area_lengths(code: int, national: str, italian: bool) -> int:
    number = phonenumbers.PhoneNumber(
        country_code=code, national_number=int(national), italian_leading_zero=italian or None
    )
    length: int = phonenumbers.length_of_geographical_area_code(number)
    return length


def clean_account(data: Mapping[str, Any], *, current: TierAccount | None = None) -> dict[str, Any]:
    """Checked values for the columns of an account.

    `data` may be partial when `current` is given. Accepts `phone` as typed, or the four parts.
    Raises one ValidationError holding every field's errors.
    """
    errors: dict[str, ValidationError] = {}
    cleaned: dict[str, Any] = {}

    def take(name: str, cleaner: Any, **limits: int) -> None:
        if name not in data:
            return
        try:
            cleaned[name] = cleaner(data[name], **limits)
        except ValidationError as error:
            errors[name] = error

    take("type", _clean_type)
    for name, size in _sizes().items():
        take(name, clean_text, max_length=size)
    take("country", clean_country)
    take("contact_email", clean_email)
    _take_phone(data, cleaned, errors, current)
    for name in _REQUIRED:
        missing = name in cleaned and not cleaned[name]
        if name not in errors and (missing or (current is None and name not in cleaned)):
            errors[name] = ValidationError(_("Enter a value."), code="required")
    if errors:
        raise ValidationError(errors)
    return cleaned


@cache
def _sizes() -> dict[str, int]:
    """Text column -> how many characters it takes."""
    fields = {field.name: field for field in TierAccount._meta.concrete_fields}
    return {name: fields[name].max_length or 0 for name in _TEXTS}


def _clean_type(value: Any) -> str:
    if value not in TYPES:
        raise ValidationError(_("Choose customer or reseller."), code="type")
    return str(value)


def _take_phone(
    data: Mapping[str, Any],
    cleaned: dict[str, Any],
    errors: dict[str, ValidationError],
    current: TierAccount | None,
) -> None:
    try:
        if "phone" in data:
            typed = clean_text(data["phone"])
            if current is None or typed != current.phone:
                country = cleaned.get("country") or (current.country if current else "")
                cleaned.update(split_phone(typed, country))
        else:
            for name in PHONE_PARTS:
                if name in data:
                    part = clean_text(data[name], max_length=25)
                    cleaned[name] = "" if part == "-" else part
    except ValidationError as error:
        errors["phone"] = error
