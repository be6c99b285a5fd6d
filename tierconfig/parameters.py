"""Parameter values: compared, offered, shown. Pure: no database, no request.

A stored value is a dict with some of the keys `value` (text), `structured_value` (JSON) and
`value_error` (the vendor's complaint). Values travel as {parameter name: stored value}. How they
are checked is in tierconfig.cleaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from .cleaning import (
    ADDRESS_PARTS,
    Definition,
    Stored,
    Values,
    clean_changes,
    clean_value,
    clean_values,
)

__all__ = [
    "ADDRESS_PARTS",
    "MASK",
    "Definition",
    "Stored",
    "Values",
    "askable",
    "changeable",
    "clean_changes",
    "clean_value",
    "clean_values",
    "complaints",
    "constant",
    "differences",
    "display",
    "has_value",
    "merged",
    "missing",
    "offered_to_buyer",
    "offered_to_vendor",
    "readable",
    "visible_ordering",
    "without_complaints",
]

MASK = "*******"
#: Keys of a stored value that say what the vendor thinks of it.
COMPLAINTS = ("value_error", "structured_error")
D = TypeVar("D", bound=Definition)


def has_value(stored: Stored | None) -> bool:
    """Whether there is a value; a checkbox with nothing ticked has none, a complaint is none."""
    if not stored:
        return False
    structured = stored.get("structured_value")
    if isinstance(structured, dict) and structured and all(v is False for v in structured.values()):
        return False
    return bool(stored.get("value")) or bool(structured)


def missing(parameters: Iterable[D], values: Values, *, visible_ordering_only: bool) -> list[D]:
    """Required parameters without a value.

    With `visible_ordering_only`, those the buying side can be asked for (a hidden or readonly one
    cannot, nor an object, which no form shows); without, everything approval needs, of both
    phases.
    """
    if visible_ordering_only:
        parameters = [each for each in offered_to_buyer(parameters) if each.type != "object"]
    return [
        parameter
        for parameter in parameters
        if parameter.required and not has_value(values.get(parameter.name))
    ]


def offered_to_buyer(parameters: Iterable[D]) -> list[D]:
    """What the buying side may fill in of its own accord: visible ordering parameters."""
    return [
        each
        for each in parameters
        if each.phase == "ordering" and not each.hidden and not each.readonly
    ]


def visible_ordering(parameters: Iterable[D], values: Values) -> list[D]:
    """What may come with an order: visible ordering parameters, readonly ones to be refused."""
    return [each for each in parameters if each.phase == "ordering" and not each.hidden]


def offered_to_vendor(parameters: Iterable[D]) -> list[D]:
    """What the vendor fills in (decision 14): fulfillment, and what no form lets others change."""
    return [
        each
        for each in parameters
        if each.phase == "fulfillment" or each.hidden or each.readonly or each.type == "object"
    ]


def askable(parameters: Iterable[D], values: Values) -> list[D]:
    """What an inquiry form shows: ordering, visible or having a value, never objects.

    Readonly ones are shown and cannot be changed there.
    """
    return [
        parameter
        for parameter in parameters
        if parameter.phase == "ordering"
        and parameter.type != "object"
        and (not parameter.hidden or has_value(values.get(parameter.name)))
    ]


def changeable(parameters: Iterable[D], values: Values) -> list[D]:
    """What a reseller may ask to change: ordering parameters that have a value, hidden or not."""
    return [
        parameter
        for parameter in askable(parameters, values)
        if has_value(values.get(parameter.name)) and not parameter.readonly
    ]


def readable(parameters: Iterable[D], values: Values, role: str) -> list[D]:
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


def constant(definition: Definition) -> Stored:
    """The value of a configuration-phase parameter: its default, or what is preselected.

    {} when there is none, or none that its type takes any more.
    """
    raw: Any = definition.constraints.get("default") or ""
    chosen = [
        str(each.get("value", ""))
        for each in definition.constraints.get("choices") or []
        if isinstance(each, dict) and each.get("default")
    ]
    if definition.type == "checkbox":
        raw = chosen
    elif chosen:
        raw = chosen[0]
    try:
        return clean_value(definition, raw) if raw else {}
    except ValidationError:
        return {}


def complaints(values: Values) -> dict[str, str]:
    """The vendor's complaints by parameter name."""
    return {name: v["value_error"] for name, v in values.items() if v.get("value_error")}


def without_complaints(values: Values) -> dict[str, Stored]:
    """The values alone; what held a complaint only is there as {}."""
    return {
        name: {key: part for key, part in stored.items() if key not in COMPLAINTS}
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
