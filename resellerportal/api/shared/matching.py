"""Conditions of filters that lists answer themselves."""

from __future__ import annotations

import re

from django.db.models import Q

from ..rql import NOTHING, RQL_NULL, FilterLookups, Filters
from ..shaping import NO_CONTRACT

PATTERNS = (FilterLookups.LIKE, FilterLookups.I_LIKE)
EVERYTHING = Q(pk__isnull=False)


def matches(column: str, lookup: str, value: str) -> Q:
    """`column` equals the value or, for like and ilike, matches its pattern.

    Raises ValueError for a pattern that is none.
    """
    if lookup not in PATTERNS:
        return Q(**{column: value})
    django = Filters._get_searching_django_lookup(lookup, value)
    return Q(**{f"{column}__{django}": Filters._get_searching_typed_value(django, value)})


def fits(word: str, lookup: str, value: str) -> bool:
    """Whether a word that is no column equals the value or matches its pattern, in any case."""
    if lookup not in PATTERNS:
        return word.casefold() == value.casefold()
    parts = (re.escape(part) for part in value.casefold().split("*"))
    return re.fullmatch(".*".join(parts), word.casefold()) is not None


def no_contract(value: str) -> Q:
    """Nothing has a contract: null() and the null object find all, ids find nothing."""
    return EVERYTHING if value in (RQL_NULL, NO_CONTRACT["id"]) else NOTHING
