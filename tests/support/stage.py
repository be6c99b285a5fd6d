"""Rows that many tests begin with: written once, kept in an open transaction between tests.

Each test works in a savepoint inside of it and takes back what it wrote, as always. A test that
needs other rows, an empty database or transactions of its own ends the open one first. Rows do not
grow old: what was written "now" must not become "a minute ago".
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from tests.support import chance

#: Seconds after which rows are written anew.
FRESH = 20
_makers: dict[str, Callable[[], Any]] = {}


class Stage:
    """At most one set of rows, by the name of the fixture that asks for them."""

    def __init__(self) -> None:
        self.name = ""
        self._made = b""
        self._since = 0.0
        self._open: transaction.Atomic | None = None

    def set(self, name: str) -> None:
        """Have the rows of `name` in the database, and no others; "" leaves it empty."""
        fresh = not name or time.monotonic() - self._since < FRESH
        if name == self.name and fresh and not self._lost():
            return
        self.clear()
        if not name:
            return
        self._open = transaction.atomic()
        # For Django this is a test's own transaction: durable blocks may begin in it.
        self._open._from_testcase = True  # type: ignore[attr-defined]
        self._open.__enter__()
        try:
            self._made = pickle.dumps(_make(name))
        except BaseException:
            self.clear()
            raise
        self.name, self._since = name, time.monotonic()

    def clear(self) -> None:
        if self._open is not None:
            if connection.in_atomic_block:
                transaction.set_rollback(True)
                self._open.__exit__(None, None, None)
            self._open = None
        self.name = ""

    def objects(self) -> Any:
        """What the maker returned, new for each test: tests change the objects in it."""
        return pickle.loads(self._made)

    def _lost(self) -> bool:
        """A test ended the connection, and the transaction with it."""
        ended = connection.closed_in_transaction or connection.needs_rollback
        return self._open is not None and (ended or not connection.in_atomic_block)


def _make(name: str) -> Any:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    with chance.drawn_by(name):
        made = _makers[name]()
    connection.check_constraints()
    # What was to follow the commit never follows.
    connection.run_on_commit = []
    return made


main = Stage()


def maker(name: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Names the function that writes the rows for fixture `name` and returns the objects."""

    def note(function: Callable[[], Any]) -> Callable[[], Any]:
        _makers[name] = function
        return function

    return note


def names() -> list[str]:
    """Of all that can be set, in the order of their making: later ones may hold earlier ones."""
    return [*_makers]


def ready(name: str) -> Any:
    """The objects of `name`: those on the stage, or made now, in the test's own transaction."""
    return main.objects() if main.name == name else _makers[name]()
