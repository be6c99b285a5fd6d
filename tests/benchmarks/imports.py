"""python -m tests.benchmarks.imports 100000

An import of many rows beside COPY of the same rows into a bare table, in a schema of its own. A
process does nothing else, so its peak memory is the import's.
"""

from __future__ import annotations

import csv
import io
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from stdnum.iso7064 import mod_11_10  # noqa: E402

from customers import identifiers, trees  # noqa: E402
from customers.actors import Actor  # noqa: E402
from customers.imports import services  # noqa: E402
from customers.jobs import run_pending  # noqa: E402
from customers.models import ImportBatch, Membership, Partner, User  # noqa: E402

HEADER = (
    "external_id,type,name,parent_external_id,tax_id,address_line1,city,state,postal_code,"
    "country,contact_first_name,contact_last_name,contact_email,phone"
)
#: Every so many rows one is a reseller, the parent of those after it.
FAMILY = 20
GOAL, MEMORY = 5_000, 500


def lines(count: int) -> str:
    """A file of companies that resemble nobody, in trees of two and three levels."""
    out = io.StringIO()
    out.write(HEADER + "\n")
    writer = csv.writer(out, lineterminator="\n")
    for number in range(count):
        reseller = number % FAMILY == 0
        family = number - number % FAMILY
        tax = f"{10_000_000 + number}"
        above = f"X{family - FAMILY}" if number % (FAMILY * 4) else ""
        writer.writerow(
            [
                f"X{number}",
                "reseller" if reseller else "customer",
                f"Kaufhaus {number:06d} Nord GmbH",
                above if reseller else f"X{family}",
                f"DE{tax}{mod_11_10.calc_check_digit(tax)}",
                f"Große Straße {number % 400}",
                "Osnabrück",
                "Niedersachsen",
                f"{49000 + number % 1000}",
                "DE",
                "Jörg",
                "Möller",
                f"it{number}@kaufhaus-{number}.test",
                f"+49 541 {100000 + number}",
            ]
        )
    return out.getvalue()


def actor() -> Actor:
    partner = identifiers.insert(Partner, "PA", role="distributor", name="Import distributor")
    user = User.objects.create_user("import@bench.example", "bench", name="Import")
    return Actor.of(Membership.objects.create(user=user, partner=partner, level="agent"))


def of_server() -> float:
    """CPU seconds of the server process behind our connection so far; 0 where it is elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(call: Callable[[], Any]) -> tuple[float, float, float]:
    """Seconds of a call: wall, CPU of this process, CPU of the database."""
    wall, used, served = time.perf_counter(), time.process_time(), of_server()
    call()
    return time.perf_counter() - wall, time.process_time() - used, of_server() - served


def bare(text: str) -> None:
    """The same rows by COPY into a table without keys, indexes and checks."""
    names = HEADER.split(",")
    columns = ", ".join(f"{name} text" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare ({columns})")
        with cursor.copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(text)
        cursor.execute("DROP TABLE bare")


def finish(batch: ImportBatch, state: str) -> None:
    run_pending()
    batch = ImportBatch.objects.get(pk=batch.pk)
    if batch.state != state:
        raise SystemExit(f"the import is {batch.state}: {batch.problem or batch.job.error}")


def report(count: int) -> list[str]:
    """Import `count` rows in the present schema and say what it took."""
    who = actor()
    text = lines(count)
    content = text.encode()
    made: list[ImportBatch] = []

    def upload() -> None:
        made.append(
            services.upload(actor=who, provider=who.partner, name="bench.csv", content=content)
        )

    def check() -> None:
        services.check_batch(made[0], actor=who)
        finish(made[0], "checked")

    def apply() -> None:
        services.apply_batch(made[0], actor=who)
        finish(made[0], "applied")

    def undo() -> None:
        services.undo_batch(made[0], actor=who)
        finish(made[0], "undone")

    phases = {
        "upload and header": timed(upload),
        "parse and check": timed(check),
        "write accounts, versions, events and tree": timed(apply),
    }
    wall, used, served = (sum(each) for each in zip(*phases.values(), strict=True))
    broken = len(trees.broken())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    copied = timed(lambda: bare(text))[0]
    undone = timed(undo)
    return [
        f"- import of {count:,} new accounts from CSV ({len(content) / 2**20:.1f} MiB): "
        f"{wall:.1f} s wall, {count / wall:,.0f} rows/s (goal {GOAL:,}); {used:.1f} s CPU of the "
        f"worker and {served:.1f} s of the database, {count / (used + served):,.0f} rows per "
        f"second of CPU; peak memory of the process {peak:.0f} MiB (goal {MEMORY}), "
        f"{broken} accounts sit wrong afterwards",
        *(
            f"  - {name}: {each[0]:.1f} s wall, {each[1]:.1f} s + {each[2]:.1f} s CPU"
            for name, each in phases.items()
        ),
        f"- the same rows by COPY into a bare table: {copied:.2f} s, {count / copied:,.0f} rows/s; "
        f"the import takes {wall / copied:.0f} × that",
        f"- undoing it: {undone[0]:.1f} s wall, {undone[1]:.1f} s + {undone[2]:.1f} s CPU",
    ]


def main() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
        cursor.execute("CREATE SCHEMA imports")
        cursor.execute("SET search_path TO imports, public")
    call_command("migrate", verbosity=0)
    print("\n".join(report(int(sys.argv[1]))), flush=True)


if __name__ == "__main__":
    main()
