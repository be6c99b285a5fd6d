"""Imports, their rows and the mappings that partners use: read-only."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import ImportBatch, ImportFile, ImportMapping, ImportRow
from .base import ViewOnly


@admin.register(ImportBatch)
class ImportBatchAdmin(ViewOnly):
    list_display = ("id", "file_name", "state", "partner", "provider", "created_at")
    list_filter = ("state", "format")
    list_select_related = ("partner", "provider")
    search_fields = ("id__exact", "file_name", "partner__name")
    ordering = ("-created_at", "id")
    fields = (
        ("id", "state", "state_since", "revision"),
        ("partner", "user", "provider"),
        ("file_name", "size"),
        ("format", "workbook", "encoding", "delimiter", "sheet"),
        "header",
        "mapping",
        "options",
        "counts",
        "problem",
        ("job", "written"),
        ("created_at", "updated_at", "decided_at"),
    )


@admin.register(ImportRow)
class ImportRowAdmin(ViewOnly):
    list_display = ("batch_id", "number", "outcome", "chosen", "name", "target", "made")
    list_filter = ("outcome",)
    search_fields = ("batch__id__exact", "target__exact", "made__exact")
    search_help_text = _("The whole ID of an import or an account.")
    ordering = ("-pk",)
    fields = (
        ("batch", "number", "outcome", "chosen", "fixed"),
        ("name", "type", "external_id", "external_uid"),
        "cells",
        "faults",
        "errors",
        "warnings",
        "differences",
        ("parent", "parent_row", "parent_ref"),
        ("target", "made", "base_version", "version"),
        "undo",
    )


@admin.register(ImportFile)
class ImportFileAdmin(ViewOnly):
    list_display = ("batch_id",)
    ordering = ("-batch",)
    fields = ("batch",)

    def get_queryset(self, request):  # type: ignore[no-untyped-def]
        return super().get_queryset(request).defer("content")


@admin.register(ImportMapping)
class ImportMappingAdmin(ViewOnly):
    list_display = ("partner", "signature", "used_at")
    list_select_related = ("partner",)
    search_fields = ("partner__name",)
    ordering = ("-used_at",)
    fields = ("partner", "signature", "mapping", "options", "used_at")
