"""Jobs of the worker, notes and watches: read-only."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import Job, Note, Watch
from .base import ViewOnly


@admin.register(Job)
class JobAdmin(ViewOnly):
    list_display = ("created_at", "kind", "partner", "user", "phase", "done", "total", "ended_at")
    list_filter = ("kind", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("partner", "user")
    search_fields = ("kind__exact", "partner__name", "error")
    ordering = ("-created_at", "id")
    fields = (
        "id",
        "kind",
        ("partner", "user", "role", "level"),
        "args",
        "result",
        "error",
        ("phase", "done", "total"),
        ("created_at", "started_at", "ended_at"),
        ("attempts", "due_at", "claimed_by", "claimed_until"),
    )


@admin.register(Note)
class NoteAdmin(ViewOnly):
    list_display = ("at", "kind", "object_id", "author_name", "partner")
    list_filter = ("kind", "role")
    list_select_related = ("partner",)
    search_fields = ("object_id__exact", "author_name")
    search_help_text = _("The whole ID of an object, or part of an author's name.")
    ordering = ("-at", "id")
    fields = (
        ("object_type", "object_id"),
        "kind",
        "text",
        ("author_name", "role"),
        ("user", "partner"),
        ("mentioned", "readers"),
        "at",
    )


@admin.register(Watch)
class WatchAdmin(ViewOnly):
    list_display = ("started_at", "user", "partner", "object_id")
    list_select_related = ("user", "partner")
    search_fields = ("object_id__exact", "user__email")
    ordering = ("-pk",)
    fields = ("user", "partner", ("object_type", "object_id"), "started_at")
