"""JSON objects as values, within the limits that keep every database and reader alike. Pure."""

from __future__ import annotations

import json
import math
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.cleaning import clean_text

MAX_DEPTH = 20
#: Characters of the object as JSON, others than ASCII escaped.
MAX_JSON = 65_536
LARGEST_INTEGER, LARGEST_FLOAT = 2**63 - 1, 2.0**53


def clean_object(raw: Any) -> dict[str, Any]:
    """A JSON object, typed as text or sent as a dict. Raises ValidationError."""
    if isinstance(raw, str):
        raw = _parsed(raw)
    if not isinstance(raw, dict):
        raise ValidationError(_("Enter a JSON object, in braces."), code="invalid")
    _check(raw, 1)
    if len(json.dumps(raw)) > MAX_JSON:
        raise ValidationError(_("This object is too large."), code="max_length")
    return raw


def _parsed(text: str) -> Any:
    if len(text) > MAX_JSON:
        raise ValidationError(_("This object is too large."), code="max_length")
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise ValidationError(_("This is no valid JSON."), code="invalid") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; readers disagree about a name that is there twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValidationError(_("Use each name once within its braces."), code="duplicate")
    return found


def _check(value: Any, depth: int) -> None:
    """Refuse what PostgreSQL and SQLite would store differently, or not at all."""
    if depth > MAX_DEPTH:
        raise ValidationError(
            _("Nest at most %(depth)d levels.") % {"depth": MAX_DEPTH}, code="depth"
        )
    if isinstance(value, dict):
        for key, part in value.items():
            _check_scalar(key if isinstance(key, str) else object())
            _check(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            _check(part, depth + 1)
    else:
        _check_scalar(value)


def _check_scalar(value: Any) -> None:
    if isinstance(value, str):
        clean_text(value, lines=True)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValidationError(_("NaN and Infinity are no JSON numbers."), code="invalid")
    elif isinstance(value, int | float):
        # PostgreSQL writes a large float out as a whole number, which is read as another one.
        if abs(value) > (LARGEST_FLOAT if isinstance(value, float) else LARGEST_INTEGER):
            raise ValidationError(_("This number is too large."), code="invalid")
    elif value is not None:
        raise ValidationError(_("This is no valid JSON."), code="invalid")
