"""python -m tests.benchmarks [--sizes 1000 100000] [--rounds 15] [--only "order list" | --only import | --only readiness | --only api] [--write]"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path as route  # noqa: E402

from config import urls  # noqa: E402
from customers import trees  # noqa: E402
from resellerportal.lists import listing  # noqa: E402

from . import pages, raw  # noqa: E402
from .stage import REQUESTS, Stage, build  # noqa: E402

GOAL, DEFECT, MOST_QUERIES, GROWTH = 10, 14, 12, 1.5


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--sizes", type=int, nargs=2, default=[1000, 100_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", help='pages whose name holds this: "order list"')
    parser.add_argument("--write", action="store_true", help="keep the result in docs/")
    parser.add_argument("--import-rows", type=int, default=100_000)
    options = parser.parse_args()
    if options.only == "import":
        print(imported(options.import_rows))
        return
    if options.only == "readiness":
        print(matrix())
        return
    if options.only == "api":
        print(lists())
        return
    listing.SIZES = (*listing.SIZES, pages.ROWS)
    urls.urlpatterns += [
        route(pages.FLOOR_PATH[1:], lambda request: HttpResponse("ok")),
        route(pages.RAW_PATH[1:], raw.view),
    ]
    stages = [build(size) for size in options.sizes]
    text = report(Bench(stages, options.rounds), options.only)
    if not options.only:
        text += imported(options.import_rows) + matrix() + lists()
    print(text)
    if options.write:
        (Path(settings.BASE_DIR) / "docs" / "benchmarks.md").write_text(text)


def imported(rows: int) -> str:
    """The lines about an import, measured in a process of its own: its memory counts."""
    command = [sys.executable, "-m", "tests.benchmarks.imports", str(rows)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def matrix() -> str:
    """The lines about readiness, measured in a process and a schema of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.readiness", "10000", "50"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def lists() -> str:
    """The lines about the API, measured in a process and a schema of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.api", "20000"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@dataclass
class Cost:
    """Milliseconds of each request for a page at one size."""

    queries: int
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    @property
    def p90(self) -> float:
        return quantiles(self.wall, n=10)[-1]


class Bench:
    """The pages of all roles at both sizes, and the yardstick they are held against.

    Everything is measured in turns: small, large, raw page, and again. A machine that is busy for
    a while is then busy for all three.
    """

    def __init__(self, stages: list[Stage], rounds: int) -> None:
        self.stages = stages
        self.rounds = rounds
        self.browsers: list[dict[str, pages.Browser]] = []
        self.found: list[dict[tuple[str, str], pages.Page]] = []
        for stage in stages:
            stage.enter()
            users = stage.users.items()
            self.browsers.append({role: pages.Browser(user) for role, user in users})
            listed = [page for role, user in users for page in pages.pages(role, user)]
            self.found.append({(page.role, page.label): page for page in listed})
        self.yardsticks: list[float] = []

    def raw(self) -> float:
        """CPU ms of the raw page at the large size, which is where `enter` must have been."""
        browser = self.browsers[1]["vendor"]
        return median(pages.cpu(lambda: browser.get(pages.RAW_PATH), 2))

    def floor(self) -> float:
        self.stages[1].enter()
        browser = self.browsers[1]["vendor"]
        return median(pages.cpu(lambda: browser.get(pages.FLOOR_PATH), self.rounds * 20))

    def line(self, key: tuple[str, str]) -> str:
        """One row of the table."""
        small, large = Cost(self._queries(0, key)), Cost(self._queries(1, key))
        raws: list[float] = []
        for _round in range(self.rounds):
            for index, cost in enumerate((small, large)):
                self.stages[index].enter()
                browser, page = self.browsers[index][key[0]], self.found[index][key]
                start = time.perf_counter()
                cost.cpu += pages.cpu(lambda b=browser, p=page: b.get(p.path, p.piece), 1)
                cost.wall.append((time.perf_counter() - start) * 1000)
            raws.append(self.raw())
        self.yardsticks += raws
        line = _line(self.found[1][key], small, large, median(raws))
        print(line, file=sys.stderr, flush=True)
        return line

    def _queries(self, index: int, key: tuple[str, str]) -> int:
        self.stages[index].enter()
        browser, page = self.browsers[index][key[0]], self.found[index][key]
        answer = browser.get(page.path, page.piece)
        if answer.status_code != 200:
            raise SystemExit(f"{page.path} answers {answer.status_code}")
        return pages.queries(browser, page)


def report(bench: Bench, only: str) -> str:
    small, large = bench.stages
    keys = [key for key in bench.found[1] if key in bench.found[0] and only in " ".join(key)]
    table = [bench.line(key) for key in keys]
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench ARGS=--write`. CPU milliseconds of one request through the whole "
        f"handler, in process, median of {bench.rounds}; PostgreSQL; lists show {pages.ROWS} rows "
        "of all tabs together. Wall milliseconds include the database; nine requests of ten took "
        "less. Machines differ and carry other load: compare the ratios.",
        "",
        f"- Python {platform.python_version()}, Django {django.get_version()}, "
        f"PostgreSQL {connection.pg_version // 10000}",
        f"- floor (constant answer through our middleware): {bench.floor():.2f} ms",
        f"- raw page (psycopg and f-strings behind the same middleware: the same rows, user and "
        f"tab counts): {median(bench.yardsticks):.2f} ms, measured in turns with each page",
        f"- goals: lists at most {GOAL} × raw (above {DEFECT} × is a defect), at most "
        f"{MOST_QUERIES} queries, growth at most {GROWTH} ×",
        f"- {large.size:,} accounts, and {min(large.size, REQUESTS):,} requests of each kind",
        "",
        f"| Page | CPU ms: {small.size:,} | {large.size:,} | growth | wall ms, p90: "
        f"{small.size:,} | {large.size:,} | growth | queries: {small.size:,} | {large.size:,} | "
        "× raw | |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        *table,
    ]
    return "\n".join([*lines, "", *_tree(large), ""]) if not only else "\n".join(lines)


def _line(page: pages.Page, small: Cost, large: Cost, yardstick: float) -> str:
    cpu, wall = (median(each.cpu) for each in (small, large)), large.p90 / small.p90
    before, after = cpu
    times = after / yardstick
    remarks = []
    if page.rows and times > DEFECT:
        remarks.append("over the defect line")
    elif page.rows and times > GOAL:
        remarks.append("over the goal")
    if max(small.queries, large.queries) > MOST_QUERIES:
        remarks.append("too many queries")
    if after / before > GROWTH or wall > GROWTH:
        remarks.append("grows")
    return (
        f"| {page.role}: {page.label} | {before:.1f} | {after:.1f} | {after / before:.2f} | "
        f"{small.p90:.0f} | {large.p90:.0f} | {wall:.2f} | {small.queries} | {large.queries} | "
        f"{times:.1f} | {', '.join(remarks)} |"
    )


def _tree(stage: Stage) -> list[str]:
    """How long check and repair of all trees take, wall time."""
    stage.enter()
    start = time.perf_counter()
    wrong = len(trees.broken())
    checked = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("UPDATE customers_tieraccount SET lft = 0, rght = 0, level = 9")
    start = time.perf_counter()
    changed = trees.rebuild()
    rebuilt = time.perf_counter() - start
    return [
        f"- `check_trees` on {stage.size:,} accounts: {checked:.1f} s, {wrong} broken",
        f"- `rebuild_trees` after the index of all was destroyed: {changed:,} accounts put right "
        f"in {rebuilt:.1f} s, {len(trees.broken())} broken afterwards",
    ]


main()
