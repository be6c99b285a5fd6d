"""Webhooks of partners and what was sent: read-only, and never their secrets."""

from __future__ import annotations

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from .base import ViewOnly


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ViewOnly):
    list_display = ("label", "partner", "active", "failing_since", "stopped_because", "id")
    list_filter = ("active", ("failing_since", admin.EmptyFieldListFilter))
    list_select_related = ("partner",)
    search_fields = ("id__exact", "partner__name", "label")
    ordering = ("partner", "label", "id")
    fields = (
        "id",
        "partner",
        "label",
        "url",
        ("types", "product"),
        ("active", "stopped_because"),
        ("failing_since", "old_secret_until"),
        ("created_at", "updated_at"),
    )


@admin.register(WebhookMessage)
class WebhookMessageAdmin(ViewOnly):
    list_display = ("created_at", "type", "endpoint", "state", "attempts", "next_attempt_at")
    list_filter = ("state",)
    list_select_related = ("endpoint",)
    search_fields = ("endpoint__id__exact", "endpoint__label", "type__exact")
    ordering = ("-created_at", "id")
    fields = (
        "id",
        ("endpoint", "event"),
        "type",
        "pretty",
        ("state", "attempts"),
        ("created_at", "next_attempt_at"),
        ("claimed_by", "claimed_until"),
    )

    @admin.display(description=_("payload"))
    def pretty(self, obj: WebhookMessage) -> SafeString:
        text = json.dumps(obj.payload, indent=2, ensure_ascii=False, sort_keys=True)
        return format_html("<pre>{}</pre>", text)


@admin.register(WebhookAttempt)
class WebhookAttemptAdmin(ViewOnly):
    list_display = ("at", "message", "delivered", "status", "milliseconds", "detail")
    list_filter = ("delivered",)
    list_select_related = ("message",)
    search_fields = ("message__endpoint__id__exact", "message__endpoint__label")
    ordering = ("-pk",)
    fields = ("message", "at", "delivered", "status", "milliseconds", "detail")
