"""Run calls at the same moment on connections of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import connection

from customers.lifecycle import StaleState

#: Answers a person may get in a race; anything else fails the test. What was deleted is not there.
POLITE = (StaleState, ValidationError, PermissionDenied, ObjectDoesNotExist)
PATIENCE = 30


def together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all calls at once; what each returned, or the polite refusal it raised.

    A dead-lock, a lock not granted within seconds or any other error is raised here.
    """
    barrier = threading.Barrier(len(calls), timeout=PATIENCE)
    results: list[Any] = [None] * len(calls)
    failures: list[BaseException] = []

    def run(index: int, call: Callable[[], Any]) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '10s'; SET deadlock_timeout = '100ms'")
            barrier.wait()
            results[index] = call()
        except POLITE as refusal:
            results[index] = refusal
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(index, call), daemon=True)
        for index, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    if failures:
        raise failures[0]
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


def until_blocked(thread: threading.Thread) -> bool:
    """Wait until the started thread waits for a lock, True, or is done, False.

    Whoever asks may hold a transaction open. AssertionError when it takes too long for either.
    """
    patience = time.monotonic() + PATIENCE
    while thread.is_alive():
        with connection.cursor() as cursor:
            # What a transaction has seen of the others once is what it sees again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return True
        assert time.monotonic() < patience, "it neither waits nor ends"
        time.sleep(0.01)
    return False


def refusals(results: list[Any]) -> list[Any]:
    return [each for each in results if isinstance(each, POLITE)]
