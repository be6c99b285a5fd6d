"""Under which id what is said and done about an object is asked for from outside."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import actors
from .notes import SUBJECTS, in_sight


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, actor: actors.Actor | None) -> ConversationQuerySet:
        """Of the objects the actor sees now."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        found = models.Q(pk__in=[])
        for name, subject in SUBJECTS.items():
            found |= in_sight(subject, name, actor, None)
        return self.filter(found)


class Conversation(models.Model):
    """The thread of one object: its notes and events, which are kept under the object's own id.

    The row is only the id of the thread. It is there once a message was written or somebody asked
    for the thread, and it stays.
    """

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    object_type = models.CharField(_("object type"), max_length=32)
    object_id = models.CharField(_("object"), max_length=36, unique=True)
    #: When its object was made.
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [models.Index(fields=["-created_at", "id"], name="conversation_by_age")]

    def __str__(self) -> str:
        return self.pk
