"""The audit log and the attempts to tell the world: read-only."""

from __future__ import annotations

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import DeliveryAttempt, Event
from .base import ViewOnly


@admin.register(Event)
class EventAdmin(ViewOnly):
    list_display = ("at", "verb", "object_id", "from_state", "to_state", "actor_name", "partner")
    list_filter = ("role", ("told_at", admin.EmptyFieldListFilter))
    list_select_related = ("partner",)
    # Exact ones are answered by an index.
    search_fields = ("object_id__exact", "verb__exact", "actor_name")
    search_help_text = _("The whole ID of an object, a whole verb, or part of an actor's name.")
    ordering = ("-at", "id")
    fields = (
        "id",
        "at",
        "verb",
        ("object_type", "object_id"),
        ("from_state", "to_state"),
        "reason",
        "pretty",
        ("actor_name", "role"),
        ("user", "partner", "key_id"),
        ("provider", "vendor"),
        ("told_at", "attempts", "next_attempt_at"),
    )

    def lookup_allowed(self, lookup: str, value: str, request: object = None) -> bool:
        return lookup == "object_id" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    @admin.display(description=_("data"))
    def pretty(self, obj: Event) -> SafeString:
        text = json.dumps(obj.data, indent=2, ensure_ascii=False, sort_keys=True)
        return format_html("<pre>{}</pre>", text)


@admin.register(DeliveryAttempt)
class DeliveryAttemptAdmin(ViewOnly):
    list_display = ("at", "channel", "recipient", "delivered", "message", "event", "detail")
    list_filter = ("channel", "delivered")
    list_select_related = ("event",)
    search_fields = ("message__exact", "recipient", "event__object_id__exact")
    ordering = ("-pk",)
    fields = ("event", "channel", "message", "recipient", "at", "delivered", "detail")
