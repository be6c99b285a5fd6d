"""What a user keeps for a partner: named views of lists, and what is told by mail and how."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import actors
from .base import Stamped
from .events import Event
from .partners import Partner, User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, actor: actors.Actor | None) -> SavedViewQuerySet:
        """One's own for the acting partner, and what its members share."""
        if actor is None or actor.user is None or actor.partner is None:
            return self.none()
        return self.filter(Q(user=actor.user) | Q(shared=True), partner=actor.partner)


class SavedView(Stamped):
    """The address of a list under a name: filters, tab, order, columns and page size.

    It holds no rows and no rights: whoever opens it sees what he may see. `list` is the name of
    the list in the portal of the partner's role, `query` the query string without "?".
    """

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    list = models.CharField(_("list"), max_length=32)
    title = models.CharField(_("name"), max_length=64)
    query = models.CharField(_("address"), max_length=2000, blank=True)
    shared = models.BooleanField(_("shared with colleagues"), default=False)
    #: Members whose list begins with it.
    starts = models.ManyToManyField(User, blank=True, related_name="+")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "user", "list", "title"], name="saved_view_once"
            )
        ]

    def __str__(self) -> str:
        return self.title


class NotificationPreference(models.Model):
    """How a member hears of one kind of news; kinds without a row are told one by one.

    `kind` is one of the web app's kinds of notifications (resellerportal/notifications).
    """

    class Mode(models.TextChoices):
        EACH = "each", _("At once")
        DIGEST = "digest", _("Once a day")
        OFF = "off", _("Not at all")

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=32)
    mode = models.CharField(_("mode"), max_length=8, choices=Mode.choices)

    class Meta:
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "user", "kind"], name="notification_preference_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class DigestEntry(models.Model):
    """One event that waits for a member's next daily mail; `sent_in` is the event of that mail."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=32)
    at = models.DateTimeField(_("time"), default=timezone.now)
    sent_in = models.ForeignKey(Event, models.SET_NULL, null=True, related_name="digest_entries")

    class Meta:
        verbose_name = _("digest entry")
        verbose_name_plural = _("digest entries")
        constraints = [
            models.UniqueConstraint(fields=["partner", "user", "event"], name="digest_entry_once")
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(sent_in=None), name="digest_entry_waits")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.event_id}"
