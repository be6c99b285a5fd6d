"""The whole test run: SQLite, then PostgreSQL, then journeys and clients, then races.

What touches no database runs once, in the first part.

    python -m tests.support.suite [arguments for pytest]

Stops at the first part that fails, so that the last line is pytest's summary of it. Without
PostgreSQL or Chromium the parts that need them are left out and named; with REQUIRE_ALL=1 that
is a failure.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile

from tests.support import clients, packages, postgres

PYTEST = [sys.executable, "-m", "pytest"]
PROCESSES = int(os.environ.get("TEST_PROCESSES", "2"))
# Who has nothing left to do takes from the others: the dearest tests stand close together.
TOGETHER = ["-n", str(PROCESSES), "--dist", "worksteal"]
PLAIN = ["-m", "not browser and not clients and not postgres", *TOGETHER]
# A process waits while its server works: one more keeps the machine busy.
ON_POSTGRES = [*PLAIN, "-n", str(PROCESSES + 1)]
# They need a server that answers, and its threads a database they meet in.
LIVE = ["-m", "browser or clients", *TOGETHER]
# Races measure threads: they get the machine for themselves.
RACES = ["-m", "postgres"]
NO_TESTS_COLLECTED = 5


def main(extra: list[str]) -> int:
    packages.install(packages.missing())
    missing = packages.missing()
    for name in missing:
        print(f"{name} is missing ({packages.remedy(name)}): its tests are left out.", flush=True)
    if missing and os.environ.get("REQUIRE_ALL") == "1":
        print("REQUIRE_ALL=1: nothing may be left out.", flush=True)
        return 1
    signal.signal(signal.SIGTERM, _leave)
    server = postgres.cluster() if postgres.binaries() else contextlib.nullcontext()
    with tempfile.TemporaryDirectory() as shared, server as url:
        for title, options, more in _parts(missing, url):
            print(f"\n=== {title}", flush=True)
            environment = _environment() | more | {"TEST_SHARED": shared}
            command = [*PYTEST, *options, *extra]
            code = subprocess.run(command, env=environment, check=False).returncode
            if code and not (code == NO_TESTS_COLLECTED and extra):
                return code
    return 0


def _parts(missing: list[str], url: str | None) -> list[tuple[str, list[str], dict[str, str]]]:
    """Title, options for pytest and environment of each part; `url` is that of PostgreSQL.

    All parts on PostgreSQL share a server: the first of them leaves it the migrated database.
    """
    parts: list[tuple[str, list[str], dict[str, str]]] = [
        ("All but journeys, clients and races, on SQLite", PLAIN, {})
    ]
    if url:
        there = {"DATABASE_URL": url}
        once = there | {"TEST_ONLY": "database"}
        parts.append(("What touches the database, on PostgreSQL", ON_POSTGRES, once))
        if "Chromium" not in missing or clients.found():
            parts.append(("Journeys and clients, on PostgreSQL", LIVE, there))
        parts.append(("Races, on PostgreSQL", RACES, there))
    return parts


def _leave(signum: int, frame: object) -> None:
    raise SystemExit(128 + signum)


def _environment() -> dict[str, str]:
    """This environment without the settings of a person's own server."""
    dropped = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DEMO_MODE", "DEBUG", "TEST_ONLY"}
    return {name: value for name, value in os.environ.items() if name not in dropped}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
