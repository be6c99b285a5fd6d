"""The log of calls: a line for operators at once, a row for the Settings page soon after.

Rows wait in memory for a second at most and are written by a thread, many at a time: a call that
reads must neither write nor wait for who writes. What waits when a process is killed is lost, its
lines in the log are not. The limit of a key counts what waits, too (throttling.py).
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import Counter
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from customers.masking import masked
from customers.models import ApiCall, ServiceUser
from customers.services.api_calls import minute_of, write_calls

from .authentication import client_address

logger = logging.getLogger("tierdesk.api")


class Waiting:
    """Calls of this process that are not written yet."""

    PAUSE = 1.0
    MOST = 10_000

    def __init__(self) -> None:
        self._calls: list[ApiCall] = []
        self._counts: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, call: ApiCall) -> None:
        with self._lock:
            self._calls.append(call)
            self._counts[call.service_user_id, minute_of(call.at)] += 1
        if settings.API_CALLS == "inline":
            self.write()
        else:
            self._run()
            self._wake.set()

    def count(self, key: str, minute: int) -> int:
        """Calls of the key in the minute that the database does not know of."""
        return self._counts.get((key, minute), 0)

    def write(self) -> None:
        """Write what waits; what cannot be written waits on, the oldest are dropped first."""
        with self._lock:
            calls, self._calls = self._calls, []
        if not calls:
            return
        try:
            write_calls(calls)
        except Exception:
            with self._lock:
                self._calls = (calls + self._calls)[-self.MOST :]
                self._recount()
            raise
        with self._lock:
            self._recount()

    def _recount(self) -> None:
        self._counts = Counter((call.service_user_id, minute_of(call.at)) for call in self._calls)

    def _run(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._loop, name="api-calls", daemon=True)
                self._thread.start()

    def _loop(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            time.sleep(self.PAUSE)
            try:
                self.write()
            except Exception:
                logger.exception("calls could not be written")
                self._wake.set()
            finally:
                connection.close()


waiting = Waiting()


@atexit.register
def _last() -> None:
    try:
        waiting.write()
    except Exception:
        logger.warning("the last calls were not written")


def log_call(request: Any, response: Any, service_user: ServiceUser | None, started: float) -> None:
    """Note a call that began at `started` (time.perf_counter); its failure never fails the call.

    Calls without a key that opens have a line and no row.
    """
    try:
        _log(request, response, service_user or getattr(request, "_auth", None), started)
    except Exception:
        logger.exception("a call could not be logged")


def _log(request: Any, response: Any, key: ServiceUser | None, started: float) -> None:
    milliseconds = round((time.perf_counter() - started) * 1000)
    path = masked(request.get_full_path())[:500]
    name = getattr(request, "request_id", "")
    logger.info(
        "key=%s partner=%s method=%s path=%s status=%d ms=%d request=%s",
        key.pk if key else "-",
        key.partner_id if key else "-",
        request.method,
        path,
        response.status_code,
        milliseconds,
        name or "-",
    )
    if key is None:
        return
    waiting.add(
        ApiCall(
            service_user_id=key.pk,
            partner_id=key.partner_id,
            at=timezone.now(),
            method=(request.method or "")[:8],
            path=path,
            status=response.status_code,
            milliseconds=milliseconds,
            request_id=name,
            address=client_address(request) or None,
        )
    )
