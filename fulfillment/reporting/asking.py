"""Asking for a report, reading its file, and throwing it away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import identifiers, jobs
from customers.actors import Actor
from customers.errors import field_error
from customers.models import Job, Partner, Report, ReportPart

from .kinds import KINDS
from .narrowing import cleaned

JOB = "report.make"


@transaction.atomic
def request_report(
    kind: str, *, actor: Actor, format: str, params: dict[str, Any] | None = None
) -> Report:
    """Ask for a report; the worker makes it with the rights the actor has then.

    `params` are start and end (dates, both included), product, marketplace, type, status and tiers
    (lists), as far as the kind has them. Locks the partner. Raises PermissionDenied for viewers,
    LookupError for an unknown kind, and ValidationError by parameter, on `format`, or for the
    whole when too many are under way.
    """
    chosen = KINDS[kind]
    check_format(format)
    return ask(kind, actor=actor, format=format, params=cleaned(chosen, params or {}, actor))


def check_format(format: str) -> None:
    if format not in Report.Format.values:
        raise field_error("format", _("Choose a format."), "unknown")


def ask(
    kind: str, *, actor: Actor, format: str, params: dict[str, Any], tell: bool = False
) -> Report:
    """As request_report, with cleaned parameters; runs in the caller's transaction. With `tell` the
    actor hears of the end however quick it comes."""
    chosen = KINDS[kind]
    if not actor.may_act or actor.user is None:
        raise PermissionDenied
    if actor.partner is not None:  # two sent at once are counted one after the other
        Partner.objects.select_for_update(no_key=True).get(pk=actor.partner.pk)
    open_ = Report.objects.filter(partner=actor.partner, finished_at=None, job__ended_at=None)
    most = settings.REPORTS_WAITING
    if open_.exclude(job=None).count() >= most:
        text = ngettext(
            "%(n)d report is being made already. Wait for it, or cancel it.",
            "%(n)d reports are being made already. Wait for one, or cancel one.",
            most,
        )
        raise ValidationError(text % {"n": most}, code="limit")
    report = identifiers.insert(
        Report,
        "REP",
        name=str(chosen.label),
        kind=kind,
        format=format,
        params=params,
        partner=actor.partner,
        user=actor.user,
    )
    report.job = jobs.enqueue(JOB, actor=actor, args={"report": report.pk}, tell=tell)
    report.save(update_fields=["job"])
    return report


def repeat_report(report: Report, *, actor: Actor) -> Report:
    """Ask for the same again, as it is now. Raises what `request_report` does."""
    try:
        return request_report(
            report.kind, actor=actor, format=report.format, params=dict(report.params)
        )
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        raise ValidationError(
            _("What it was narrowed to is not there any more. Choose anew."), code="unknown"
        ) from error


@transaction.atomic
def discard_report(report: Report, *, actor: Actor) -> Report:
    """Throw its file away, or end its making; that it was asked for stays known.

    Locks the report's job. What has no file any more is left as it is. Raises PermissionDenied
    for viewers and for reports of others.
    """
    if not actor.may_act or not Report.objects.visible_to(actor).filter(pk=report.pk).exists():
        raise PermissionDenied
    now = timezone.now()
    running = Job.objects.select_for_update().filter(report=report, ended_at=None)
    if list(running):
        text = _("Cancelled by %(name)s.") % {"name": actor}
        running.update(ended_at=now, updated_at=now, claimed_until=None, error=text[:500])
    Report.objects.filter(pk=report.pk, expires_at__gt=now).update(expires_at=now, updated_at=now)
    ReportPart.objects.filter(report=report).delete()
    return Report.objects.select_related("job", "user").get(pk=report.pk)


def content_of(report: Report) -> Iterator[bytes]:
    """The file of a finished report, piece by piece; ends early when it is deleted meanwhile."""
    number = 0
    while True:
        parts = ReportPart.objects.filter(report=report, number=number)
        found = parts.values_list("content", flat=True).first()
        if found is None:
            return
        yield bytes(found)
        number += 1
