"""The test database: migrated once, then copied for every process that tests.

Migrating costs seconds, copying does not. What was migrated is kept under a name made of the files
it depends on: on SQLite in var/tests, on PostgreSQL as a database of the same server.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "tests"
APPS = ("config", "customers", "tierconfig", "fulfillment", "resellerportal")
#: Number of the lock two processes of one PostgreSQL server agree on.
LOCK = 7_431_001


@functools.cache
def key() -> str:
    """Another one whenever `migrate` may make another database."""
    files = [ROOT / "requirements.txt", *(ROOT / "config").rglob("*.py")]
    for app in APPS:
        files += (ROOT / app).rglob("migrations/*.py")
        files += [*(ROOT / app).glob("models.py"), *(ROOT / app).rglob("models/*.py")]
    digest = hashlib.sha256()
    for path in sorted({*files}):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """In place of pytest-django's own: a copy instead of all migrations."""
    own = connection.settings_dict["NAME"]
    name = connection.settings_dict["TEST"]["NAME"] or f"test_{own}"
    make, drop = (
        (_make_postgres, _drop_postgres)
        if connection.vendor == "postgresql"
        else (_make_sqlite, _drop_sqlite)
    )
    with django_db_blocker.unblock():
        make(name)
        _use(name)
    yield
    with django_db_blocker.unblock():
        _use(own)
        drop(name)


def _use(name: str) -> None:
    """Connect to database `name` from now on, in every thread."""
    connection.close()
    connection.settings_dict["NAME"] = name


def _migrate(name: str) -> None:
    own = connection.settings_dict["NAME"]
    _use(name)
    call_command("migrate", verbosity=0, run_syncdb=True)
    _use(own)


def _make_sqlite(name: str) -> None:
    kept = KEPT / f"migrated-{key()}.sqlite3"
    KEPT.mkdir(parents=True, exist_ok=True)
    with open(KEPT / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in KEPT.glob("migrated-*"):
                old.unlink()
            part = kept.with_suffix(".part")
            _migrate(str(part))
            part.rename(kept)
        shutil.copyfile(kept, name)


def _drop_sqlite(name: str) -> None:
    for each in (name, f"{name}-wal", f"{name}-shm"):
        Path(each).unlink(missing_ok=True)


def _make_postgres(name: str) -> None:
    kept = f"migrated_{key()}"
    with _server() as cursor:
        # Whoever migrates may take long on a busy machine.
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'migrated_')")
        found = {row[0] for row in cursor.fetchall()}
        for old in found - {kept}:
            cursor.execute(f'DROP DATABASE "{old}"')
        if kept not in found:
            _migrate_postgres(cursor, kept)
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{kept}"')


def _migrate_postgres(cursor: Any, kept: str) -> None:
    """Under another name until all is there: what is half made must not be copied."""
    part = f"part_of_{kept}"
    cursor.execute(f'DROP DATABASE IF EXISTS "{part}"')
    cursor.execute(f'CREATE DATABASE "{part}"')
    _migrate(part)
    cursor.execute(f'ALTER DATABASE "{part}" RENAME TO "{kept}"')


def _drop_postgres(name: str) -> None:
    with _server() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


@contextmanager
def _server() -> Iterator[Any]:
    """A cursor of the server's own database; what it locked is free at the end."""
    with connection._nodb_cursor() as cursor:
        yield cursor
