"""Files that belong to notes."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import actors
from .notes import Note


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(
        self, actor: actors.Actor | None, about: Collection[str] | None = None
    ) -> AttachmentQuerySet:
        """Visible with their note; `about` are ids of the objects the notes are on."""
        return self.filter(note__in=Note.objects.visible_to(actor, about=about))


class Attachment(models.Model):
    """A file of a checked type and size; its content is read for the one who opens it only.

    `type` is what the content was found to be, not what the sender said.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    note = models.ForeignKey(Note, models.CASCADE, related_name="attachments")
    name = models.CharField(_("name"), max_length=120)
    type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    content = models.BinaryField(_("content"))
    at = models.DateTimeField(_("time"), default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["at", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_holds_something")
        ]

    def __str__(self) -> str:
        return self.name
