"""Errors of what was given, by field."""

from __future__ import annotations

from django.core.exceptions import ValidationError


def field_error(field: str, text: str, code: str) -> ValidationError:
    """What is wrong with one field. Django forgets a code that stands beside a dict of texts."""
    return ValidationError({field: ValidationError(text, code=code)})
