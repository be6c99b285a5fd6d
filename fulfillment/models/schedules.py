"""Reports that are asked for again and again, by the calendar."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers import actors
from customers.models import Partner, Report, User
from customers.models.base import Stamped


class ReportScheduleQuerySet(models.QuerySet["ReportSchedule"]):
    def visible_to(self, actor: actors.Actor | None) -> ReportScheduleQuerySet:
        """Those of one's own partner, as the reports they make."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.partner is not None:
            return self.filter(partner=actor.partner)
        return self.none()


class ReportSchedule(Stamped):
    """A report its owner gets every day, week or month, made with the rights the owner has then.

    `params` are those of a report without its days; with `recent` each one holds what was created
    in the day, week or month before. `next_at` is when the next one is asked for, `last` the
    latest that was.
    """

    class Repeat(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every Monday")
        MONTHLY = "monthly", _("On the first of every month")

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    name = models.CharField(_("name"), max_length=128)
    kind = models.CharField(_("report"), max_length=32)
    format = models.CharField(_("format"), max_length=8, choices=Report.Format.choices)
    params = models.JSONField(_("choices"), default=dict)
    repeat = models.CharField(_("repeats"), max_length=8, choices=Repeat.choices)
    recent = models.BooleanField(_("only what is new"), default=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("owner"))
    last = models.ForeignKey(Report, models.SET_NULL, null=True, blank=True, related_name="+")
    next_at = models.DateTimeField(_("next"))

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("report schedule")
        verbose_name_plural = _("report schedules")
        indexes = [
            models.Index(fields=["partner", "name", "id"], name="schedule_of_partner"),
            models.Index(fields=["next_at"], name="schedule_next"),
        ]

    def __str__(self) -> str:
        return self.name
