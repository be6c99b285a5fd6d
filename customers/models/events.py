"""The audit log, which is also the outbox, and the attempts to tell the world."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import actors
from ..bulk import among
from .partners import Partner, User


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, actor: actors.Actor | None) -> EventQuerySet:
        """Events of one's own side; a reseller reads events only through the objects it sees."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.partner is None:  # would match the events that concern no vendor
            return self.none()
        if actor.role == actors.VENDOR:
            return self.filter(vendor=actor.partner)
        if actor.role == actors.DISTRIBUTOR:
            return self.filter(provider=actor.partner)
        return self.none()

    def about(self, *objects: models.Model) -> EventQuerySet:
        """Events of the given objects, whose visibility the caller has established."""
        return self.filter(among("object_id", [obj.pk for obj in objects]))

    def about_each(self, path: str = "pk") -> EventQuerySet:
        """Events of the object whose id a surrounding query has at `path`, as a subquery of it."""
        return self.filter(object_id=models.OuterRef(path))


class Event(models.Model):
    """One fact, recorded in the transaction that made it true; never changed afterwards.

    Only the delivery columns (`told_at` and the claim) move: they make the row an outbox entry.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("time"), default=timezone.now)
    verb = models.CharField(_("verb"), max_length=64)
    object_type = models.CharField(_("object type"), max_length=32)
    object_id = models.CharField(_("object"), max_length=36)
    provider = models.ForeignKey(Partner, models.SET_NULL, null=True, related_name="+")
    vendor = models.ForeignKey(Partner, models.SET_NULL, null=True, related_name="+")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    partner = models.ForeignKey(Partner, models.SET_NULL, null=True, related_name="+")
    role = models.CharField(_("role"), max_length=16)
    actor_name = models.CharField(_("actor"), max_length=254)
    key_id = models.CharField(_("key"), max_length=20, blank=True)
    from_state = models.CharField(_("from"), max_length=16, blank=True)
    to_state = models.CharField(_("to"), max_length=16, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    data = models.JSONField(_("data"), default=dict)

    told_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    next_attempt_at = models.DateTimeField(default=timezone.now, editable=False)
    claimed_by = models.CharField(max_length=64, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["object_id", "at"], name="event_of_object"),
            models.Index(fields=["vendor", "-at"], name="event_of_vendor"),
            models.Index(fields=["provider", "-at"], name="event_of_provider"),
            models.Index(
                fields=["next_attempt_at"], condition=Q(told_at=None), name="event_to_tell"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_id}"


class DeliveryAttempt(models.Model):
    """One try to tell one recipient of one event; rows are added, never overwritten.

    `message` identifies the message for deduplication: it is the same in every retry. `refused`
    says that the recipient's server wants no such message ever; it is not tried again.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", _("E-mail")

    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=16, choices=Channel.choices)
    message = models.CharField(_("message"), max_length=128)
    recipient = models.CharField(_("recipient"), max_length=254)
    at = models.DateTimeField(_("time"), default=timezone.now)
    delivered = models.BooleanField(_("delivered"))
    refused = models.BooleanField(_("refused for good"), default=False)
    detail = models.CharField(_("detail"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        indexes = [models.Index(fields=["message"], name="delivery_of_message")]

    def __str__(self) -> str:
        return f"{self.channel} {self.recipient}"
