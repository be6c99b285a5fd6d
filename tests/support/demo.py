"""The demo data, made once in a run and written back wherever a test needs them.

Making them means a month of history through the services: seconds. Writing them back is the copying
of some thousand rows. Processes share what one of them made through the folder TEST_SHARED.
"""

from __future__ import annotations

import copy
import fcntl
import functools
import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management.color import no_style
from django.db import connection, transaction

from fulfillment.demo import seed
from fulfillment.demo.world import World
from tests.support import chance, stage

#: What an empty database holds already.
THERE = {"django_content_type", "auth_permission", "django_migrations", "django_site"}


@dataclass(frozen=True)
class Seeded:
    """The rows of the demo by table: PostgreSQL's COPY text, or tuples on SQLite."""

    made: World
    rows: dict[str, Any]

    @classmethod
    def make(cls) -> Seeded:
        """Needs an empty database, and leaves it empty."""
        with transaction.atomic(), chance.drawn_by("demo"):
            made = seed.seed()
            names = connection.introspection.django_table_names(only_existing=True)
            rows = {name: _read(name) for name in sorted({*names} - THERE)}
            transaction.set_rollback(True)
        return cls(made, {name: content for name, content in rows.items() if content})

    def world(self) -> World:
        """A copy: tests change the objects in it."""
        return copy.deepcopy(self.made)

    def write(self) -> None:
        """Into an empty database, as `seed_demo` does it, with the times of the first making."""
        with transaction.atomic():
            for name, content in self.rows.items():
                _write(name, content)
            models = [*connection.introspection.installed_models([*self.rows])]
            with connection.cursor() as cursor:
                for sql in connection.ops.sequence_reset_sql(no_style(), models):
                    cursor.execute(sql)


def _read(table: str) -> Any:
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quoted} TO STDOUT") as lines:
                return b"".join(lines)
        return cursor.execute(f"SELECT * FROM {quoted}").fetchall()


def _write(table: str, content: Any) -> None:
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quoted} FROM STDIN") as lines:
                lines.write(content)
            return
        marks = ", ".join(["%s"] * len(content[0]))
        cursor.executemany(f"INSERT INTO {quoted} VALUES ({marks})", content)


@functools.cache
def once() -> Seeded:
    """Needs an empty database, and leaves it empty."""
    if folder := os.environ.get("TEST_SHARED"):
        return _shared(Path(folder) / f"demo-{connection.vendor}")
    return Seeded.make()


def _shared(path: Path) -> Seeded:
    with open(path, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if kept := file.read():
            return pickle.loads(kept)
        made = Seeded.make()
        file.write(pickle.dumps(made))
        return made


@pytest.fixture(scope="session")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Seeded:
    with django_db_blocker.unblock():
        return once()


@stage.maker("demo")
def play() -> World:
    once().write()
    return once().world()


@pytest.fixture
def demo(db: None) -> World:
    """The demo data are there; what a test changes is taken back after it."""
    return stage.ready("demo")
