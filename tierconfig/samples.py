"""Values to try a text with: for each parameter one that its type and constraints accept.

Pure: no database, no request.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError

from .cleaning import Definition, Stored, clean_value

_BY_TYPE: dict[str, Any] = {
    "email": "ada@company.example",
    "url": "https://company.example/",
    "domain": "company.example",
    "phone": "+49 30 23125000",
    "password": "Sample-pass-1",
    "address": {
        "address_line1": "Hafenstraße 12",
        "city": "Hamburg",
        "state": "Hamburg",
        "postal_code": "20359",
        "country": "DE",
    },
    "object": {"sample": True},
}


def sample_values(parameters: Iterable[Definition]) -> dict[str, Stored]:
    """A stored value for each parameter; of one that accepts no sample, none."""
    return {each.name: sample_value(each) for each in parameters}


def sample_value(parameter: Definition) -> Stored:
    """A value that is of the parameter's type and within its constraints, {} when none is found."""
    try:
        return clean_value(parameter, _raw(parameter))
    except ValidationError:
        return {}


def _raw(parameter: Definition) -> Any:
    offered = [value for value, _label in parameter.choices]
    if parameter.type in ("dropdown", "choice"):
        return offered[0] if offered else ""
    if parameter.type == "checkbox":
        return offered[:1]
    if parameter.type == "subdomain":
        return {"label": "acme", "domain": offered[0] if offered else "company.example"}
    return _BY_TYPE.get(parameter.type) or _text(parameter)


def _text(parameter: Definition) -> str:
    """The parameter's own title, so that one sees what stands where; as long as it must be."""
    text = f"[{getattr(parameter, 'title', '') or parameter.name}]"
    shortest = int(parameter.constraints.get("min_length") or 0)
    longest = int(parameter.constraints.get("max_length") or len(text) + shortest)
    return text.ljust(shortest, "x")[: max(longest, 1)]
