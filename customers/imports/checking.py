"""The job that reads a file and plans its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from .. import jobs, lifecycle
from ..actors import Actor
from ..jobs import Progress
from ..models import ImportBatch, ImportFile, ImportRow, Job
from .batches import PART, begin, stepping_back, whole
from .entries import Entries
from .plan import Planner, chunks
from .planned import Rules
from .read import Line, open_table
from .rows import count, save

State = ImportBatch.State


@jobs.register("import.check")
def check(job: Job, actor: Actor, progress: Progress) -> dict[str, Any]:
    with stepping_back(job, State.CHECKING), whole():
        with transaction.atomic():
            held = begin(job, actor, State.CHECKING)
            if held is None:
                return {}
            fixed = _fixed(held)
            ImportRow.objects.filter(batch=held).delete()
        planner, lines = _read(held, actor, fixed, progress)
        waiting: list[Any] = []
        done = 0
        total = len(lines)
        for chunk in chunks(_consumed(lines)):
            waiting += planner.plan(chunk)
            done += len(chunk)
            if len(waiting) >= PART or done == total:
                save(held, waiting, set(fixed), {})
                waiting = []
            progress.at(_("Checking"), done, total)
        with transaction.atomic():
            held = begin(job, actor, State.CHECKING)
            if held is None:
                return {}
            held.counts, held.written = count(held), 0
            lifecycle.write(held, "check_rows", actor=Actor.system(), data=held.counts)
            return dict(held.counts)


def _consumed(lines: list[Line]) -> Iterator[Line]:
    """The lines in their order; what was taken is not kept."""
    lines.reverse()
    while lines:
        yield lines.pop()


def _fixed(batch: ImportBatch) -> dict[int, list[str]]:
    rows = ImportRow.objects.filter(batch=batch, fixed=True)
    return dict(rows.values_list("number", "cells"))


def _read(
    batch: ImportBatch, actor: Actor, fixed: dict[int, list[str]], progress: Progress
) -> tuple[Planner, list[Line]]:
    content = bytes(ImportFile.objects.get(batch=batch).content)
    progress.at(_("Reading"))
    rules = Rules(batch.mapping, batch.options, batch.workbook)
    entries = Entries()
    lines: list[Line] = []
    for line in open_table(content, sheet=batch.sheet).lines:
        if line.number in fixed:
            line = Line(line.number, tuple(fixed[line.number]), None)
        lines.append(line)
        entries.add(rules.entry(line))
    return Planner(provider=batch.provider, actor=actor, rules=rules, entries=entries), lines
