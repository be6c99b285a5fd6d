"""Public identifiers in the formats the field knows, for example TA-1234-5678-9012.

Digits are random, never sequential, except the trailing ordinal of request ids.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from .bulk import among

#: Prefix -> sizes of its digit groups.
FORMATS: dict[str, tuple[int, ...]] = {
    "VA": (3, 3),
    "PA": (3, 3),
    "UR": (3, 3, 3),
    "SU": (3, 3, 3),
    "HB": (4, 4),
    "MP": (5,),
    "PRD": (3, 3, 3),
    "TL": (3, 3, 3),
    "CAT": (5,),
    "PRDMSG": (3, 3, 3),
    "WB": (3, 3, 3),
    "CT": (4, 4),
    "TA": (4, 4, 4),
    "TC": (3, 3, 3),
    "AS": (4, 4, 4),
    "IMP": (3, 3, 3),
    "WE": (3, 3, 3),
    "REP": (3, 3, 3),
    "RSC": (3, 3, 3),
}
_TRIES = 8
_below = ContextVar("below", default=secrets.randbelow)

M = TypeVar("M", bound=models.Model)


def new_id(prefix: str) -> str:
    """A random id of the prefix's format; uniqueness is the caller's business."""
    below = _below.get()
    groups = [f"{below(10**size):0{size}d}" for size in FORMATS[prefix]]
    return "-".join([prefix, *groups])


@contextmanager
def drawn_from(source: random.Random) -> Iterator[None]:
    """Draw new ids from `source` inside the block, so that demo data have the same every time."""
    token = _below.set(lambda exclusive_upper_bound: source.randrange(exclusive_upper_bound))
    try:
        yield
    finally:
        _below.reset(token)


def free_ids(model: type[models.Model], prefix: str, count: int) -> list[str]:
    """`count` distinct ids that no row of `model` has yet, in the order drawn; for bulk writers."""
    found: dict[str, None] = {}
    while len(found) < count:
        batch = dict.fromkeys(new_id(prefix) for _ in range(count - len(found)))
        fresh = [pk for pk in batch if pk not in found]
        taken: set[str] = set()
        for start in range(0, len(fresh), 2_000):
            rows = model._base_manager.filter(among("pk", fresh[start : start + 2_000]))
            taken |= set(rows.values_list("pk", flat=True))
        found |= dict.fromkeys(pk for pk in fresh if pk not in taken)
    return list(found)


def insert(model: type[M], prefix: str, **fields: Any) -> M:
    """Insert a row under a fresh random id, retried in a savepoint when the id is taken.

    Raises IntegrityError when something other than the id collides.
    """
    for attempt in range(_TRIES):
        candidate = new_id(prefix)
        try:
            return insert_as(model, candidate, **fields)
        except IntegrityError:
            taken = model._base_manager.filter(pk=candidate).exists()
            if not taken or attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def insert_as(model: type[M], pk: str, **fields: Any) -> M:
    """Insert a row under a given id inside a savepoint."""
    obj = model(pk=pk, **fields)
    with transaction.atomic():
        obj.save(force_insert=True)
    return obj


def digits(pk: str) -> str:
    """The digit groups of an id without its prefix: TC-192-223-965 -> 192-223-965."""
    return pk.split("-", 1)[1]
