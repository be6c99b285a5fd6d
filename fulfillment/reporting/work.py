"""The job that makes a report, and the chore that ends its time.

The file is kept in parts, each written in a transaction of its own that first makes sure that the
job is still this worker's: another one that took it over has deleted the parts and begun anew, and
a cancelled one has none. Nobody reads a part before the report is finished.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from customers import chores, jobs
from customers.actors import Actor
from customers.models import Job, Report, ReportPart
from customers.spreadsheets import Sheet, write

from . import reading
from .asking import JOB
from .kinds import KINDS
from .told import Told

#: Bytes of a part; the last one has fewer.
PART = 1 << 20


@jobs.register(JOB)
def make(job: Job, actor: Actor, progress: jobs.Progress) -> dict[str, Any]:
    report = Report.objects.get(pk=job.args["report"])
    kind = KINDS[report.kind]
    told = Told(actor, timezone.now())
    with _still_mine(job):
        ReportPart.objects.filter(report=report).delete()
    progress.at(_("Counting the lines"))
    most = settings.REPORT_LINES
    total = reading.count(kind, report.params, told, most)
    if total > most:
        text = _("A report holds at most %(most)s lines. Narrow it, for example by its dates.")
        raise ValidationError(text % {"most": number_format(most, use_l10n=True)})
    counted = _Counted(progress, total)
    found = reading.sheet(kind, report.params, told)
    sheet = Sheet(found.name, found.head, counted.each(found.rows), found.keys)
    size = 0
    for number, content in enumerate(_parts(write(report.format, [sheet]))):
        with _still_mine(job):
            ReportPart.objects.create(report=report, number=number, content=content)
        size += len(content)
    now = timezone.now()
    with _still_mine(job):
        Report.objects.filter(pk=report.pk).update(
            rows=counted.done,
            size=size,
            finished_at=now,
            updated_at=now,
            expires_at=now + timedelta(days=settings.REPORTS_KEPT_DAYS),
        )
    return {"rows": counted.done, "size": size}


@contextmanager
def _still_mine(job: Job) -> Iterator[None]:
    """A transaction in which nobody takes the job over or ends it."""
    with transaction.atomic():
        own = Job.objects.select_for_update().filter(
            pk=job.pk, claimed_by=job.claimed_by, attempts=job.attempts, ended_at=None
        )
        if not list(own):
            # Its outcome is written by whoever has the job now; this one is heard by nobody.
            raise ValidationError(_("Another worker has taken this over, or it was cancelled."))
        yield


class _Counted:
    """Passes lines on and shows how many went by."""

    def __init__(self, progress: jobs.Progress, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def each(self, lines: Iterable[Any]) -> Iterator[Any]:
        phase = _("Writing the lines")
        self.progress.at(phase, 0, self.total)
        for line in lines:
            yield line
            self.done += 1
            if self.done % 500 == 0:
                self.progress.at(phase, self.done, max(self.done, self.total))
        self.progress.at(phase, self.done, self.done)


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    collected: list[bytes] = []
    size = 0
    for piece in pieces:
        collected.append(piece)
        size += len(piece)
        if size >= PART:
            yield b"".join(collected)
            collected, size = [], 0
    if collected:
        yield b"".join(collected)


@chores.register
def expire_reports() -> int:
    """Delete files whose time is over, and what reports that failed have left behind."""
    over = Q(report__expires_at__lte=timezone.now())
    failed = Q(report__finished_at=None) & (
        Q(report__job=None) | Q(report__job__ended_at__isnull=False)
    )
    deleted, _by_model = ReportPart.objects.filter(over | failed).delete()
    return deleted
