"""The worker: tells what happened (customers/events.py), carries webhooks (customers/webhooks.py),
runs jobs (customers/jobs.py), and does what comes due by time (customers/chores.py)."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection

from customers.chores import do_due
from customers.events import deliver_pending
from customers.jobs import run_pending
from customers.webhooks import Courier, deliver_due

logger = logging.getLogger(__name__)

#: Events taken at a time. Few, so that an ending worker leaves little behind under its claim.
BATCH = 5
LONGEST_PAUSE = 60.0
#: Seconds between two looks for what comes due by time; it is counted in days.
CHORES_EVERY = 180.0


class Command(BaseCommand):
    help = (
        "Sends the mail and the webhooks of events after their commit, again and again until they "
        "are taken, and runs jobs such as imports beside it; reminds who leaves an inquiry "
        "unanswered. Any number of workers may run side by side; SIGTERM and Ctrl-C end one after "
        "its batch; a job cut short is begun again by the next worker."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="End when nothing is due.")
        parser.add_argument(
            "--interval",
            type=float,
            default=2.0,
            metavar="SECONDS",
            help="Pause between two looks when nothing is due (default: 2).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        ended = threading.Event()
        if options["once"]:
            do_due()
            while deliver_pending(BATCH) or run_pending() or deliver_due():
                pass
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        pause = max(options["interval"], 0.05)
        # A daemon: a long job does not keep the worker from ending, it is begun again.
        threading.Thread(target=run, args=(ended, pause, _jobs), daemon=True).start()
        threading.Thread(target=run, args=(ended, CHORES_EVERY, do_due), daemon=True).start()
        webhooks = threading.Thread(target=_webhooks, args=(ended, pause), daemon=True)
        webhooks.start()
        run(ended, pause, _mail)
        webhooks.join(settings.WEBHOOK_TIMEOUT + 1.0)


def _webhooks(ended: threading.Event, pause: float) -> None:
    """Until `ended`, and then what is under way: its outcome is noted, so it is not sent twice."""
    courier = Courier()
    run(ended, pause, courier.step)
    courier.drain()
    connection.close()


def _mail() -> int:
    return deliver_pending(BATCH)


def _jobs() -> int:
    return run_pending(beat=True)


def run(ended: threading.Event, interval: float, work: Callable[[], int]) -> None:
    """Do `work` until `ended` is set; outlives a database that is away for a while."""
    pause = interval
    while not ended.is_set():
        close_old_connections()
        try:
            found = work()
        except Exception:
            logger.exception("the work could not be read; next try in %.0f s", pause)
            ended.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            continue
        pause = interval
        if not found:
            # Whoever waits holds no connection: there may be fewer of them than threads.
            close_old_connections()
            ended.wait(interval)
