"""What people say about an object, and who follows it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .partners import Partner, User


class Note(models.Model):
    """One message about an account or a request, never changed; read beside its events.

    A private note is for the author's own partner. A message is for everybody who sees the
    object, except that vendors never read what the channel says about an account.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        PRIVATE = "private", _("Only for colleagues")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    object_type = models.CharField(_("object type"), max_length=32)
    object_id = models.CharField(_("object"), max_length=36)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    text = models.CharField(_("text"), max_length=2000)
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    role = models.CharField(_("role"), max_length=16)
    author_name = models.CharField(_("author"), max_length=254)
    mentioned = models.ManyToManyField(User, related_name="+", blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [models.Index(fields=["object_id", "at"], name="note_of_object")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
            models.CheckConstraint(
                condition=Q(kind__in=["message", "private"]), name="note_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_name} on {self.object_id}"


class Watch(models.Model):
    """A user, as a member of a partner, hears by mail what happens to an object."""

    user = models.ForeignKey(User, models.CASCADE, related_name="watches")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    object_type = models.CharField(_("object type"), max_length=32)
    object_id = models.CharField(_("object"), max_length=36)
    started_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        constraints = [
            models.UniqueConstraint(fields=["user", "partner", "object_id"], name="watch_once")
        ]
        indexes = [models.Index(fields=["object_id"], name="watch_of_object")]

    def __str__(self) -> str:
        return f"{self.user} watches {self.object_id}"
