"""python -m tests.benchmarks [--sizes 1000 100000] [--rounds 15] [--write]"""

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
    parser.add_argument("--write", action="store_true", help="keep the result in docs/")
    options = parser.parse_args()
    listing.SIZES = (*listing.SIZES, pages.ROWS)
    urls.urlpatterns += [
        route(pages.FLOOR_PATH[1:], lambda request: HttpResponse("ok")),
        route(pages.RAW_PATH[1:], raw.view),
    ]
    stages = [build(size) for size in options.sizes]
    text = report(stages, options.rounds)
    print(text)
    if options.write:
        (Path(settings.BASE_DIR) / "docs" / "benchmarks.md").write_text(text)


def report(stages: list[Stage], rounds: int) -> str:
    browsers = []
    for stage in stages:
        stage.enter()
        browsers.append({role: pages.Browser(user) for role, user in stage.users.items()})
    small, large = stages
    large.enter()
    floor = median(pages.cpu(lambda: browsers[1]["vendor"].get(pages.FLOOR_PATH), rounds * 20))
    yardstick = median(pages.cpu(lambda: browsers[1]["vendor"].get(pages.RAW_PATH), rounds * 10))
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench ARGS=--write`. CPU milliseconds of one request through the whole "
        f"handler, in process, median of {rounds}; PostgreSQL; lists show {pages.ROWS} rows. "
        "Machines differ and carry other load: compare the ratios.",
        "",
        f"- Python {platform.python_version()}, Django {django.get_version()}, "
        f"PostgreSQL {connection.pg_version // 10000}",
        f"- floor (constant answer through our middleware): {floor:.2f} ms",
        f"- raw page (psycopg and f-strings behind the same middleware: the same rows, user and tab counts): "
        f"{yardstick:.2f} ms",
        f"- goals: lists at most {GOAL} × raw (above {DEFECT} × is a defect), at most "
        f"{MOST_QUERIES} queries, growth at most {GROWTH} ×",
        "",
        f"| Page | {small.size:,}: CPU ms | queries | {large.size:,}: CPU ms | queries "
        "| growth | × raw | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for role in small.users:
        lines += _rows(role, stages, browsers, rounds, yardstick)
    lines += ["", *_tree(large), ""]
    return "\n".join(lines)


def _rows(
    role: str,
    stages: list[Stage],
    browsers: list[dict[str, pages.Browser]],
    rounds: int,
    yardstick: float,
) -> list[str]:
    found = []
    for stage in stages:
        stage.enter()
        found.append({page.label: page for page in pages.pages(role, stage.users[role])})
    lines = []
    for label, page in found[1].items():
        if label not in found[0]:
            continue
        costs: list[list[float]] = [[], []]
        counts = []
        for index, stage in enumerate(stages):
            stage.enter()
            browser, path = browsers[index][role], found[index][label].path
            answer = browser.get(path)
            if answer.status_code != 200:
                raise SystemExit(f"{path} answers {answer.status_code}")
            counts.append(pages.queries(browser, path))
        for _round in range(rounds):
            for index, stage in enumerate(stages):
                stage.enter()
                browser, path = browsers[index][role], found[index][label].path
                costs[index] += pages.cpu(lambda b=browser, p=path: b.get(p), 1)
        lines.append(_line(role, page, [median(each) for each in costs], counts, yardstick))
    return lines


def _line(
    role: str, page: pages.Page, costs: list[float], counts: list[int], yardstick: float
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
        f"| {role}: {page.label} | {costs[0]:.1f} | {counts[0]} | {costs[1]:.1f} | {counts[1]} "
        f"| {growth:.2f} | {times:.1f} | {', '.join(remarks)} |"
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
