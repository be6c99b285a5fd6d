"""Small work that comes due by time alone, done by the worker beside mail and jobs.

A chore looks itself for what is due and claims each piece with a conditional update, so that any
number of workers may do it at once; what one of them leaves undone is due still the next time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

logger = logging.getLogger(__name__)

#: Does what is due now and answers how much it was.
Chore = Callable[[], int]
_chores: list[Chore] = []


def register(chore: Chore) -> Chore:
    """Add a chore, once; workers do it every few minutes."""
    if chore not in _chores:
        _chores.append(chore)
    return chore


def do_due() -> int:
    """Do every chore; one that fails is logged and keeps no other from its turn."""
    done = 0
    for chore in _chores:
        try:
            done += chore()
        except Exception:
            logger.exception("the chore %s failed", getattr(chore, "__name__", chore))
    return done


def each(rows: Iterable[Any], act: Callable[[Any], bool]) -> int:
    """Let `act` deal with each row in a transaction of its own; how many it did.

    What is gone meanwhile is passed over. What fails, or is held by somebody for too long, is
    logged, keeps no other from its turn, and is due still the next time.
    """
    done = 0
    for row in rows:
        try:
            done += act(row)
        except ObjectDoesNotExist:
            continue
        except Exception:
            logger.exception("%s is put off", row.pk)
    return done
