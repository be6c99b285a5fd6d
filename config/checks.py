"""System checks of the platform itself."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

EXPECTED_PRAGMAS = {"journal_mode": "wal", "busy_timeout": 20_000, "synchronous": 1}


def sqlite_settings_in_force(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Errors for SQLite settings that did not reach the connection.

    An option at the wrong level of DATABASES is ignored without a word, and under load every
    second write then fails with "database is locked". Runs with `migrate` and with
    `check --database default`.
    """
    errors: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "sqlite":
            continue
        # Known only once the connection has been opened.
        connection.ensure_connection()
        if getattr(connection, "transaction_mode", None) != "IMMEDIATE":
            errors.append(
                Error(f"Transactions on {alias} do not begin IMMEDIATE.", id="config.E001")
            )
        with connection.cursor() as cursor:
            for pragma, expected in EXPECTED_PRAGMAS.items():
                actual = cursor.execute(f"PRAGMA {pragma}").fetchone()[0]
                if actual != expected:
                    errors.append(
                        Error(
                            f"PRAGMA {pragma} on {alias} is {actual}, not {expected}.",
                            hint="See SQLITE_OPTIONS in config/databases.py.",
                            id="config.E002",
                        )
                    )
    return errors
