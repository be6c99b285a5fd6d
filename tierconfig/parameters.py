"""Parameter values: checked, compared, shown. Pure: no database, no request.

A stored value is a dict with some of the keys `value` (text), `structured_value` (JSON) and
`value_error` (the vendor's complaint). Values travel as {parameter name: stored value}.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

from customers.cleaning import clean_country, clean_text, split_phone

Stored = dict[str, Any]
Values = Mapping[str, Stored]

MASK = "*******"
MAX_TEXT = 4000
MAX_DEPTH = 20
MAX_JSON = 65_536
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
    """What this module needs of a Parameter."""

    name: str
    type: str
    phase: str
    required: bool
    hidden: bool
    constraints: dict[str, Any]

    @property
    def choices(self) -> list[tuple[str, str]]: ...


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


def has_value(stored: Stored | None) -> bool:
    if not stored:
        return False
    structured = stored.get("structured_value")
    if isinstance(structured, dict) and structured and all(v is False for v in structured.values()):
        return False
    return bool(stored.get("value")) or bool(structured)


def missing(
    parameters: Iterable[Definition], values: Values, *, visible_ordering_only: bool
) -> list[Definition]:
    """Required parameters without a value.

    With `visible_ordering_only`, those the buying side can be asked for (a hidden one cannot, nor
    an object, which no form shows); without, everything approval needs, of both phases.
    """
    if visible_ordering_only:
        parameters = [each for each in offered_to_buyer(parameters) if each.type != "object"]
    return [
        parameter
        for parameter in parameters
        if parameter.required and not has_value(values.get(parameter.name))
    ]


def offered_to_buyer(parameters: Iterable[Definition]) -> list[Definition]:
    """What the buying side may fill in of its own accord: visible ordering parameters."""
    return [each for each in parameters if each.phase == "ordering" and not each.hidden]


def offered_to_vendor(parameters: Iterable[Definition]) -> list[Definition]:
    """What the vendor fills in (decision 14): fulfillment, hidden, and what no form asks for."""
    return [
        each
        for each in parameters
        if each.phase == "fulfillment" or each.hidden or each.type == "object"
    ]


def askable(parameters: Iterable[Definition], values: Values) -> list[Definition]:
    """What an inquiry form shows: ordering, visible or having a value, never objects."""
    return [
        parameter
        for parameter in parameters
        if parameter.phase == "ordering"
        and parameter.type != "object"
        and (not parameter.hidden or has_value(values.get(parameter.name)))
    ]


def changeable(parameters: Iterable[Definition], values: Values) -> list[Definition]:
    """What a reseller may ask to change: ordering parameters that have a value, hidden or not."""
    return [
        parameter
        for parameter in askable(parameters, values)
        if has_value(values.get(parameter.name))
    ]


def readable(parameters: Iterable[Definition], values: Values, role: str) -> list[Definition]:
    """Which parameters a role reads: the vendor and administrators all; a distributor the
    ordering ones and what the vendor shares (`constraints.shared`); a reseller the ordering ones
    that are visible or have a value, never objects.
    """
    if role in ("vendor", "admin", "system"):
        return list(parameters)
    if role == "distributor":
        return [
            parameter
            for parameter in parameters
            if parameter.phase == "ordering"
            or parameter.constraints.get("shared") in ("view", "edit")
        ]
    return askable(parameters, values)


def complaints(values: Values) -> dict[str, str]:
    """The vendor's complaints by parameter name."""
    return {name: v["value_error"] for name, v in values.items() if v.get("value_error")}


def without_complaints(values: Values) -> dict[str, Stored]:
    return {
        name: {key: part for key, part in stored.items() if key != "value_error"}
        for name, stored in values.items()
    }


def merged(base: Values, update: Values) -> dict[str, Stored]:
    """`base` with the values of `update` over it; complaints are left behind."""
    joined = {**base, **update}
    return {name: stored for name, stored in without_complaints(joined).items() if stored}


def differences(before: Values, after: Values) -> dict[str, Stored]:
    """Values of `after` that are not what `before` has, complaints apart."""
    old = without_complaints(before)
    return {
        name: stored
        for name, stored in without_complaints(after).items()
        if stored != old.get(name, {})
    }


def display(parameter: Definition, stored: Stored | None, *, masked: bool = True) -> str:
    """A value as one readable line; passwords are masked unless the vendor reads."""
    if not has_value(stored):
        return ""
    assert stored is not None
    structured = stored.get("structured_value")
    if parameter.type == "password" and masked:
        return MASK
    if parameter.type == "checkbox" and isinstance(structured, dict):
        labels = dict(parameter.choices)
        return ", ".join(labels.get(str(key), str(key)) for key, on in structured.items() if on)
    if parameter.type in ("choice", "dropdown"):
        value = str(stored.get("value", ""))
        labels = dict(parameter.choices)
        return labels.get(value, value)
    if parameter.type == "object":
        return json.dumps(structured, ensure_ascii=False)
    return str(stored.get("value", ""))


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
    text = _text(raw, max_length=254)
    if text:
        try:
            validate_email(text)
        except ValidationError:
            raise ValidationError(
                _("Enter an e-mail address such as name@company.example."), code="email"
            ) from None
    return _as_value(text)


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
    if isinstance(raw, str):
        raw = _parse_json(raw)
    if not isinstance(raw, dict):
        raise ValidationError(_("Enter a JSON object, in braces."), code="invalid")
    _check_json(raw, 1)
    if len(json.dumps(raw)) > MAX_JSON:
        raise ValidationError(_("This object is too large."), code="max_length")
    return {"structured_value": raw} if raw else {}


def _parse_json(text: str) -> Any:
    if len(text) > MAX_JSON:
        raise ValidationError(_("This object is too large."), code="max_length")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValidationError(_("This is no valid JSON."), code="invalid") from None


def _check_json(value: Any, depth: int) -> None:
    """Refuse what PostgreSQL and SQLite would store differently, or not at all."""
    if depth > MAX_DEPTH:
        raise ValidationError(
            _("Nest at most %(depth)d levels.") % {"depth": MAX_DEPTH}, code="depth"
        )
    if isinstance(value, dict):
        for key, part in value.items():
            clean_text(key, lines=True)
            _check_json(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            _check_json(part, depth + 1)
    elif isinstance(value, str):
        clean_text(value, lines=True)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValidationError(_("NaN and Infinity are no JSON numbers."), code="invalid")
    elif isinstance(value, int) and abs(value) > 2**63:
        raise ValidationError(_("This number is too large."), code="invalid")


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
