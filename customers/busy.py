"""When the database asks to try again: a lock that did not come, a lost dead-lock."""

from django.db import OperationalError

#: Lock not available, dead-lock detected, serialization failure (PostgreSQL).
STATES = ("55P03", "40P01", "40001")


def is_busy(error: BaseException) -> bool:
    """Whether what failed may simply be sent again; the database rolled it back as a whole."""
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state in STATES or "database is locked" in str(error)
