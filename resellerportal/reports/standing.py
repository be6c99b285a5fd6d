"""How a report stands, in words; of objects and of light rows alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ..states import badge_of

#: What `standing` reads of a light row.
READS = ("finished_at", "expires_at", "job__ended_at", "job__error", "job__started_at")
OPEN = Q(finished_at=None, job__isnull=False, job__ended_at=None)
#: A job that nobody took for so long waits for a worker that is not there.
PATIENCE = timedelta(seconds=20)


def is_ready(report: Any) -> bool:
    """Whether there is a file to take."""
    return bool(report.finished_at and report.expires_at > timezone.now())


def is_busy(report: Any) -> bool:
    return bool(report.finished_at is None and report.job and report.job.ended_at is None)


def problem(report: Any) -> str:
    """Why there is no file and will be none, "" while there may be one."""
    if report.finished_at is None and not is_busy(report):
        return (report.job.error if report.job else "") or _("Something went wrong on our side.")
    return ""


def badge(report: Any) -> SafeString:
    if is_ready(report):
        return badge_of("approved", _("Ready"))
    if report.finished_at is not None:
        return badge_of("discarded", _("File deleted"))
    if not is_busy(report):
        return badge_of("failed", _("Failed"))
    if report.job.started_at is None:
        return badge_of("scheduled", _("Waiting"))
    return badge_of("checking", _("Being made"))


def size(report: Any) -> str | None:
    return filesizeformat(report.size) if report.size else None
