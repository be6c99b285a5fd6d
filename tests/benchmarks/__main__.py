"""python -m tests.benchmarks [--sizes 1000 100000] [--rounds 15] [--only "order list"] [--write]"""

from __future__ import annotations

import argparse
import os
import platform
import time
from pathlib import Path
from statistics import median

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path as route  # noqa: E402

from config import urls  # noqa: E402
from customers import trees  # noqa: E402
from resellerportal import listing  # noqa: E402

from . import pages, raw  # noqa: E402
from .stage import Stage, build  # noqa: E402

GOAL, DEFECT, MOST_QUERIES, GROWTH = 10, 14, 12, 1.3


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--sizes", type=int, nargs=2, default=[1000, 100_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", help='pages whose name holds this: "order list"')
    parser.add_argument("--write", action="store_true", help="keep the result in docs/")
    options = parser.parse_args()
    listing.SIZES = (*listing.SIZES, pages.ROWS)
    urls.urlpatterns += [
        route(pages.FLOOR_PATH[1:], lambda request: HttpResponse("ok")),
        route(pages.RAW_PATH[1:], raw.view),
    ]
    stages = [build(size) for size in options.sizes]
    text = report(Bench(stages, options.rounds), options.only)
    print(text)
    if options.write:
        (Path(settings.BASE_DIR) / "docs" / "benchmarks.md").write_text(text)


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
        costs: list[list[float]] = [[], []]
        raws: list[float] = []
        walls: list[float] = []
        counts = [self._queries(index, key) for index in (0, 1)]
        for _round in range(self.rounds):
            for index, stage in enumerate(self.stages):
                stage.enter()
                browser, path = self.browsers[index][key[0]], self.found[index][key].path
                start = time.perf_counter()
                costs[index] += pages.cpu(lambda b=browser, p=path: b.get(p), 1)
                walls.append((time.perf_counter() - start) * 1000)
            raws.append(self.raw())
        self.yardsticks += raws
        return _line(
            self.found[1][key],
            [median(each) for each in costs],
            counts,
            median(walls[1::2]),
            median(raws),
        )

    def _queries(self, index: int, key: tuple[str, str]) -> int:
        self.stages[index].enter()
        browser, path = self.browsers[index][key[0]], self.found[index][key].path
        answer = browser.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answers {answer.status_code}")
        return pages.queries(browser, path)


def report(bench: Bench, only: str) -> str:
    small, large = bench.stages
    keys = [key for key in bench.found[1] if key in bench.found[0] and only in " ".join(key)]
    table = [bench.line(key) for key in keys]
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench ARGS=--write`. CPU milliseconds of one request through the whole "
        f"handler, in process, median of {bench.rounds}; PostgreSQL; lists show {pages.ROWS} rows "
        "of all tabs together. Wall milliseconds include the database. Machines differ and carry "
        "other load: compare the ratios.",
        "",
        f"- Python {platform.python_version()}, Django {django.get_version()}, "
        f"PostgreSQL {connection.pg_version // 10000}",
        f"- floor (constant answer through our middleware): {bench.floor():.2f} ms",
        f"- raw page (psycopg and f-strings behind the same middleware: the same rows, user and "
        f"tab counts): {median(bench.yardsticks):.2f} ms, measured in turns with each page",
        f"- goals: lists at most {GOAL} × raw (above {DEFECT} × is a defect), at most "
        f"{MOST_QUERIES} queries, growth at most {GROWTH} ×",
        "",
        f"| Page | {small.size:,}: CPU ms | queries | {large.size:,}: CPU ms | queries | wall ms "
        "| growth | × raw | |",
        "|---|---|---|---|---|---|---|---|---|",
        *table,
    ]
    return "\n".join([*lines, "", *_tree(large), ""])


def _line(
    page: pages.Page, costs: list[float], counts: list[int], wall: float, yardstick: float
) -> str:
    growth = costs[1] / costs[0]
    times = costs[1] / yardstick
    remarks = []
    if page.rows and times > DEFECT:
        remarks.append("over the defect line")
    elif page.rows and times > GOAL:
        remarks.append("over the goal")
    if max(counts) > MOST_QUERIES:
        remarks.append("too many queries")
    if growth > GROWTH:
        remarks.append("grows")
    return (
        f"| {page.role}: {page.label} | {costs[0]:.1f} | {counts[0]} | {costs[1]:.1f} | "
        f"{counts[1]} | {wall:.0f} | {growth:.2f} | {times:.1f} | {', '.join(remarks)} |"
    )


def _tree(stage: Stage) -> list[str]:
    """How long check and repair of all trees take, wall time."""
    stage.enter()
    start = time.perf_counter()
    wrong = len(trees.broken())
    checked = time.perf_counter() - start
    with connection.cursor() as cursor:
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
