"""Named views, choices about mail, what waits for the daily mail, and who held what: read-only."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import DigestEntry, Holding, NotificationPreference, SavedView
from .base import ViewOnly


@admin.register(SavedView)
class SavedViewAdmin(ViewOnly):
    list_display = ("title", "list", "partner", "user", "shared", "created_at")
    list_filter = ("list", "shared")
    list_select_related = ("partner", "user")
    search_fields = ("title", "partner__name", "user__email")
    ordering = ("-pk",)
    fields = ("title", "list", "query", ("partner", "user"), "shared", ("created_at", "updated_at"))


@admin.register(NotificationPreference)
class NotificationPreferenceAdmin(ViewOnly):
    list_display = ("user", "partner", "kind", "mode")
    list_filter = ("mode",)
    list_select_related = ("user", "partner")
    search_fields = ("user__email", "partner__name", "kind__exact")
    ordering = ("-pk",)
    fields = (("user", "partner"), "kind", "mode")


@admin.register(DigestEntry)
class DigestEntryAdmin(ViewOnly):
    list_display = ("at", "user", "partner", "kind", "event", "sent_in")
    list_filter = (("sent_in", admin.EmptyFieldListFilter),)
    list_select_related = ("user", "partner", "event", "sent_in")
    search_fields = ("user__email", "partner__name")
    ordering = ("-pk",)
    fields = (("user", "partner"), "kind", "at", ("event", "sent_in"))


@admin.register(Holding)
class HoldingAdmin(ViewOnly):
    list_display = ("object_id", "state", "holder", "partner", "account", "started_at", "ended_at")
    list_filter = ("holder", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("partner", "account")
    search_fields = ("object_id__exact",)
    search_help_text = _("The whole ID of a request.")
    ordering = ("-pk",)
    fields = (
        ("object_type", "object_id"),
        ("state", "holder"),
        ("partner", "account"),
        ("product", "vendor", "provider"),
        ("started_at", "ended_at"),
        ("nudged_at", "nudges"),
    )
