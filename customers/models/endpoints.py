"""Webhooks of partners: where news is sent to, and every try (Standard Webhooks)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import actors
from ..sealing import SealedField
from .base import OfPartner, Stamped
from .catalog import Product
from .events import Event
from .partners import Partner


class WebhookEndpoint(Stamped):
    """An address of a partner that is told what happens to what it sees.

    `types` are event types such as "order.approved", empty for all; `product` narrows them. The
    secrets sign (`whsec_` and base64); the old one signs too until `old_secret_until`, so that a
    receiver can change over. `failing_since` is the first failure after the last success.
    """

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="webhook_endpoints")
    label = models.CharField(_("name"), max_length=100)
    url = models.URLField(_("address"), max_length=1024)
    types = models.JSONField(_("event types"), default=list)
    product = models.ForeignKey(Product, models.CASCADE, null=True, blank=True, related_name="+")
    secret = SealedField()
    old_secret = SealedField()
    old_secret_until = models.DateTimeField(null=True, editable=False)
    active = models.BooleanField(_("active"), default=True)
    stopped_because = models.CharField(_("stopped because"), max_length=255, blank=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)

    objects = OfPartner.as_manager()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ["partner", "label", "id"]

    def __str__(self) -> str:
        return self.label


class WebhookMessageQuerySet(models.QuerySet["WebhookMessage"]):
    def visible_to(self, actor: actors.Actor | None) -> WebhookMessageQuerySet:
        """With their endpoint."""
        return self.filter(endpoint__in=WebhookEndpoint.objects.visible_to(actor))


class WebhookMessage(models.Model):
    """One message for one endpoint; its id is the `webhook-id` of every try and of every replay.

    An outbox row of its own: claimed as events are (decision 23), so that a slow or broken
    endpoint keeps neither mail nor other endpoints waiting. Test messages have no event.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="messages")
    event = models.ForeignKey(Event, models.CASCADE, null=True, related_name="+")
    type = models.CharField(_("type"), max_length=64)
    payload = models.JSONField(_("payload"))
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.WAITING
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_attempt_at = models.DateTimeField(_("next try"), default=timezone.now)
    claimed_by = models.CharField(max_length=64, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)

    objects = WebhookMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_message_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "delivered", "failed"]),
                name="webhook_message_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state="waiting"),
                name="webhook_message_due",
            ),
            models.Index(fields=["endpoint", "-created_at"], name="webhook_message_log"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class WebhookAttemptQuerySet(models.QuerySet["WebhookAttempt"]):
    def visible_to(self, actor: actors.Actor | None) -> WebhookAttemptQuerySet:
        """With their message."""
        return self.filter(message__endpoint__in=WebhookEndpoint.objects.visible_to(actor))


class WebhookAttempt(models.Model):
    """One try to deliver a message; rows are added, never overwritten. `milliseconds` of the
    call; `status` is empty when no answer came, `detail` says why."""

    message = models.ForeignKey(WebhookMessage, models.CASCADE, related_name="tries")
    at = models.DateTimeField(_("time"), default=timezone.now)
    delivered = models.BooleanField(_("delivered"))
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)
    detail = models.CharField(_("detail"), max_length=500, blank=True)

    objects = WebhookAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.message_id} {self.status}"
