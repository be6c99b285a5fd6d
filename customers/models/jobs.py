"""Work that is too long for a request; see customers/jobs.py."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import OfPartner, Stamped
from .partners import Partner, User


class Job(Stamped):
    """One piece of work for the worker: `kind` names the registered function, `args` its input.

    Waiting while `ended_at` is empty and nobody claims it; running while claimed; failed when it
    ended with an `error`, a sentence for the person who asked for it. `done` of `total` steps of
    the present `phase` are behind it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=32)
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    role = models.CharField(_("role"), max_length=16)
    level = models.CharField(_("level"), max_length=16)
    args = models.JSONField(_("input"), default=dict)
    result = models.JSONField(_("result"), default=dict)
    error = models.CharField(_("error"), max_length=500, blank=True)
    phase = models.CharField(_("phase"), max_length=64, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    claimed_by = models.CharField(max_length=64, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)

    objects = OfPartner.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="job_to_run"),
            models.Index(fields=["partner", "-created_at"], name="job_of_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def failed(self) -> bool:
        return bool(self.error)

    @property
    def ended(self) -> bool:
        return self.ended_at is not None
