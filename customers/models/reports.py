"""Reports: files made in the background, kept for a while."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import OfPartner, Stamped
from .jobs import Job
from .partners import Partner, User


class Report(Stamped):
    """One file asked for: `kind` names the template, `params` its choices, `job` makes it.

    What it holds was visible to its partner when it was made. `rows` and `size` are 0 until then.
    The parts of the content are deleted at `expires_at`; the row stays as history.
    """

    class Format(models.TextChoices):
        XLSX = "xlsx", "XLSX"
        CSV = "csv", "CSV"
        JSON = "json", "JSON"

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    name = models.CharField(_("name"), max_length=128)
    kind = models.CharField(_("report"), max_length=32)
    format = models.CharField(_("format"), max_length=8, choices=Format.choices)
    params = models.JSONField(_("choices"), default=dict)
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    job = models.OneToOneField(Job, models.SET_NULL, null=True, related_name="report")
    rows = models.PositiveIntegerField(_("rows"), default=0)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True)

    objects = OfPartner.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [
            models.Index(fields=["partner", "-created_at"], name="report_of_partner"),
            models.Index(
                fields=["expires_at"], condition=Q(expires_at__isnull=False), name="report_expires"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReportPart(models.Model):
    """A piece of a report's file; pieces in the order of `number` are the file."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("part of a report")
        verbose_name_plural = _("parts of reports")
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.number}"
