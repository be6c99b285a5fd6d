"""Administration of reports by the calendar."""

from __future__ import annotations

from django.contrib import admin

from customers.admin.base import ViewOnly

from ..models import ReportSchedule


@admin.register(ReportSchedule)
class ReportScheduleAdmin(ViewOnly):
    list_display = ("id", "name", "repeat", "format", "partner", "user", "next_at")
    list_filter = ("kind", "repeat")
    list_select_related = ("partner", "user")
    search_fields = ("id__exact", "name", "partner__name")
    ordering = ("partner", "name", "id")
    fields = (
        ("id", "name", "kind", "format"),
        "params",
        ("repeat", "recent"),
        ("partner", "user"),
        ("last", "next_at"),
        ("created_at", "updated_at"),
    )
