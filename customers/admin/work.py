"""Jobs of the worker, reports, notes with their files, threads, and watches: read-only."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import Attachment, Job, Note, Report, Watch
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


@admin.register(Attachment)
class AttachmentAdmin(ViewOnly):
    """What is known of a file; what it holds is for the readers of its note."""

    list_display = ("at", "name", "type", "size", "note")
    list_filter = ("type",)
    list_select_related = ("note",)
    search_fields = ("name", "note__object_id__exact")
    ordering = ("-at", "id")
    fields = ("id", "note", "name", ("type", "size"), "at")

    def get_queryset(self, request):  # type: ignore[no-untyped-def]
        return super().get_queryset(request).defer("content")


@admin.register(Report)
class ReportAdmin(ViewOnly):
    list_display = ("id", "name", "format", "partner", "user", "rows", "size", "created_at")
    list_filter = ("kind", "format")
    list_select_related = ("partner", "user")
    search_fields = ("id__exact", "name", "partner__name")
    ordering = ("-created_at", "id")
    fields = (
        ("id", "name", "kind", "format"),
        "params",
        ("partner", "user", "job"),
        ("rows", "size"),
        ("created_at", "finished_at", "expires_at"),
    )


@admin.register(Watch)
class WatchAdmin(ViewOnly):
    list_display = ("started_at", "user", "partner", "object_id")
    list_select_related = ("user", "partner")
    search_fields = ("object_id__exact", "user__email")
    ordering = ("-pk",)
    fields = ("user", "partner", ("object_type", "object_id"), "started_at")
