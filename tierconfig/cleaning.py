"""What was typed or sent for a parameter, checked and put into the form that is stored.

Pure, one cleaner per type: no database, no request. tierconfig.parameters hands the names on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from customers.cleaning import clean_country, clean_email, clean_text, split_phone

from .json_values import clean_object

Stored = dict[str, Any]
Values = Mapping[str, Stored]

MAX_TEXT = 4000
_DOMAIN = re.compile(r"([a-zA-Z0-9_][-_a-zA-Z0-9]{0,62}\.)+[a-zA-Z0-9]{1,10}")
_LABEL = re.compile(r"[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?")
#: Parts of an address value: name -> (required, longest).
ADDRESS_PARTS: dict[str, tuple[bool, int]] = {
    "address_line1": (True, 255),
    "address_line2": (False, 255),
    "city": (True, 100),
    "state": (True, 100),
    "postal_code": (True, 10),
    "country": (True, 2),
}


class Definition(Protocol):
    """What these modules need of a Parameter, or of one as it counts for a request."""

    @property
    def name(self) -> str: ...

    @property
    def type(self) -> str: ...

    @property
    def phase(self) -> str: ...

    @property
    def required(self) -> bool: ...

    @property
    def hidden(self) -> bool: ...

    @property
    def readonly(self) -> bool: ...

    @property
    def constraints(self) -> dict[str, Any]: ...

    @property
    def choices(self) -> list[tuple[str, str]]: ...


def pairs(choices: Any) -> list[tuple[str, str]]:
    """(value, label) of choices as definitions have them: [{value, label}] or plain texts."""
    return [
        (str(each["value"]), str(each.get("label") or each["value"]))
        if isinstance(each, dict)
        else (str(each), str(each))
        for each in choices or []
    ]


def clean_value(parameter: Definition, raw: Any) -> Stored:
    """The stored form of `raw`, {} when it is blank.

    Texts are accepted for all types; address, phone and object also as dicts, checkbox as a list
    of chosen values or a dict of booleans, subdomain also as {label, domain}. Raises
    ValidationError saying what to do.
    """
    cleaner = _CLEANERS.get(parameter.type, _clean_text)
    return cleaner(parameter, raw)


def clean_values(parameters: Iterable[Definition], raw: Mapping[str, Any]) -> dict[str, Stored]:
    """Stored forms of every parameter that `raw` names; the rest of `raw` is refused.

    Raises one ValidationError with the errors of all parameters, by name.
    """
    known = {parameter.name: parameter for parameter in parameters}
    errors: dict[str, Any] = {}
    cleaned: dict[str, Stored] = {}
    for name, value in raw.items():
        if name not in known:
            errors[name] = ValidationError(_("There is no such parameter here."), code="unknown")
            continue
        try:
            cleaned[name] = clean_value(known[name], value)
        except ValidationError as error:
            errors[name] = error
    if errors:
        raise ValidationError(errors)
    return cleaned


def clean_changes(parameters: Iterable[Definition], raw: Mapping[str, Any]) -> dict[str, Stored]:
    """As clean_values, but a password that comes back blank is left as it is."""
    own = list(parameters)
    cleaned = clean_values(own, raw)
    blank = [p.name for p in own if p.type == "password" and not cleaned.get(p.name, True)]
    return {name: stored for name, stored in cleaned.items() if name not in blank}


def _text(raw: Any, *, max_length: int = MAX_TEXT, lines: bool = False) -> str:
    return clean_text(raw, max_length=max_length, lines=lines)


def _as_value(text: str) -> Stored:
    return {"value": text} if text else {}


def _clean_text(parameter: Definition, raw: Any) -> Stored:
    text = _text(raw, lines=True)
    shortest = parameter.constraints.get("min_length")
    longest = parameter.constraints.get("max_length")
    if text and shortest and len(text) < int(shortest):
        raise ValidationError(
            _("Use at least %(min)d characters.") % {"min": int(shortest)}, code="min_length"
        )
    if longest and len(text) > int(longest):
        raise ValidationError(
            _("Use at most %(max)d characters.") % {"max": int(longest)}, code="max_length"
        )
    return _as_value(text)


def _clean_email(parameter: Definition, raw: Any) -> Stored:
    return _as_value(clean_email(raw))


_check_url = URLValidator(schemes=["http", "https"])


def _clean_url(parameter: Definition, raw: Any) -> Stored:
    text = _text(raw, max_length=2000)
    if text:
        try:
            _check_url(text)
        except ValidationError:
            raise ValidationError(
                _("Enter an address such as https://company.example/."), code="url"
            ) from None
    return _as_value(text)


def _clean_domain(parameter: Definition, raw: Any) -> Stored:
    text = _text(raw, max_length=253)
    if text and not _DOMAIN.fullmatch(text):
        raise ValidationError(_("Enter a domain such as company.example."), code="domain")
    return _as_value(text)


def _clean_subdomain(parameter: Definition, raw: Any) -> Stored:
    if isinstance(raw, dict):
        label, domain = _text(raw.get("label")), _text(raw.get("domain"))
    else:
        label, _dot, domain = _text(raw, max_length=253).partition(".")
    if not label and not domain:
        return {}
    if not _LABEL.fullmatch(label):
        raise ValidationError(
            _("Begin with a letter; use letters, digits and hyphens only."), code="subdomain"
        )
    domains = [value for value, _label in parameter.choices]
    if not domain and len(domains) == 1:
        domain = domains[0]
    if domains and domain not in domains:
        raise ValidationError(
            _("Choose one of these domains: %(choices)s.") % {"choices": ", ".join(domains)},
            code="choice",
        )
    if not domains and not _DOMAIN.fullmatch(domain):
        raise ValidationError(_("Enter a domain such as company.example."), code="domain")
    return {
        "value": f"{label}.{domain}",
        "structured_value": {"label": label, "domain": domain},
    }


def _clean_choice(parameter: Definition, raw: Any) -> Stored:
    text = _text(raw)
    if text and text not in dict(parameter.choices):
        raise ValidationError(_("Choose one of the values offered."), code="choice")
    return _as_value(text)


def _clean_checkbox(parameter: Definition, raw: Any) -> Stored:
    known = [value for value, _label in parameter.choices]
    if isinstance(raw, dict):
        chosen = [key for key, on in raw.items() if on is True]
        unknown = set(raw) - set(known)
    else:
        chosen = [_text(each) for each in (raw if isinstance(raw, list | tuple) else [raw])]
        chosen = [each for each in chosen if each]
        unknown = set(chosen) - set(known)
    if unknown:
        raise ValidationError(_("Choose only values that are offered."), code="choice")
    if not chosen:
        return {}
    return {
        "value": ", ".join(value for value in known if value in chosen),
        "structured_value": {value: value in chosen for value in known},
    }


def _clean_phone(parameter: Definition, raw: Any) -> Stored:
    if isinstance(raw, dict):
        raw = " ".join(
            part
            for key in ("country_code", "area_code", "phone_number")
            if (part := _text(raw.get(key), max_length=25)) and part != "-"
        ) + (f" x{_text(raw['extension'])}" if raw.get("extension") not in (None, "", "-") else "")
    parts = split_phone(raw, "")
    if not parts["phone_number"]:
        return {}
    joined = "".join(
        parts[key] for key in ("phone_country_code", "phone_area_code", "phone_number")
    )
    return {
        "value": joined,
        "structured_value": {
            "country_code": parts["phone_country_code"],
            "area_code": parts["phone_area_code"],
            "phone_number": parts["phone_number"],
            "extension": parts["phone_extension"],
        },
    }


def _clean_address(parameter: Definition, raw: Any) -> Stored:
    if not raw:
        return {}
    if not isinstance(raw, dict):
        raise ValidationError(_("Fill in the parts of the address."), code="invalid")
    parts: dict[str, str] = {}
    problems: list[str] = []
    for name, (required, longest) in ADDRESS_PARTS.items():
        text = _text(raw.get(name), max_length=longest)
        if name == "country" and text:
            text = clean_country(text)
        if required and not text:
            problems.append(name)
        parts[name] = text
    if not any(parts.values()):
        return {}
    if problems:
        names = ", ".join(name.replace("_", " ") for name in problems)
        raise ValidationError(
            _("Complete the address: %(parts)s.") % {"parts": names}, code="incomplete"
        )
    return {
        "value": ", ".join(text for text in parts.values() if text),
        "structured_value": parts,
    }


def _clean_object(parameter: Definition, raw: Any) -> Stored:
    if raw in (None, "", {}):
        return {}
    structured = clean_object(raw)
    return {"structured_value": structured} if structured else {}


_CLEANERS = {
    "email": _clean_email,
    "url": _clean_url,
    "domain": _clean_domain,
    "subdomain": _clean_subdomain,
    "choice": _clean_choice,
    "dropdown": _clean_choice,
    "checkbox": _clean_checkbox,
    "phone": _clean_phone,
    "address": _clean_address,
    "object": _clean_object,
}
