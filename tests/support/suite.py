"""The whole test run: SQLite, then PostgreSQL, then journeys and races on PostgreSQL.

    python -m tests.support.suite [arguments for pytest]

Stops at the first part that fails, so that the last line is pytest's summary of it. Without
PostgreSQL or Chromium the parts that need them are left out and named; with REQUIRE_ALL=1 that
is a failure.
"""

import os
import subprocess
import sys

from tests.support import packages, postgres

PYTEST = [sys.executable, "-m", "pytest"]
ON_POSTGRES = [sys.executable, "-m", "tests.support.postgres"]
# Browser and race tests measure time and threads: they get the machine for themselves.
PLAIN = ["-m", "not browser and not postgres", "-n", os.environ.get("TEST_PROCESSES", "2")]
NO_TESTS_COLLECTED = 5


def main(extra: list[str]) -> int:
    packages.install(packages.missing())
    missing = packages.missing()
    for name in missing:
        print(f"{name} is missing ({packages.remedy(name)}): its tests are left out.", flush=True)
    if missing and os.environ.get("REQUIRE_ALL") == "1":
        print("REQUIRE_ALL=1: nothing may be left out.", flush=True)
        return 1
    for title, command in _parts(missing):
        print(f"\n=== {title}", flush=True)
        code = subprocess.run([*command, *extra], env=_environment(), check=False).returncode
        if code == NO_TESTS_COLLECTED and extra:
            continue
        if code:
            return code
    return 0


def _parts(missing: list[str]) -> list[tuple[str, list[str]]]:
    parts = [("All but journeys and races, on SQLite", [*PYTEST, *PLAIN])]
    if postgres.binaries():
        parts.append(("All but journeys and races, on PostgreSQL", [*ON_POSTGRES, *PYTEST, *PLAIN]))
        marks = "postgres" if "Chromium" in missing else "browser or postgres"
        parts.append(("Journeys and races, on PostgreSQL", [*ON_POSTGRES, *PYTEST, "-m", marks]))
    return parts


def _environment() -> dict[str, str]:
    """This environment without the settings of a person's own server."""
    dropped = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DEMO_MODE", "DEBUG"}
    return {name: value for name, value in os.environ.items() if name not in dropped}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
