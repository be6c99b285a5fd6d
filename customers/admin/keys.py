"""Keys of the API and what they called: read-only, and never their secrets."""

from __future__ import annotations

from django.contrib import admin

from ..models import ApiCall, IdempotentAnswer, ServiceUser
from .base import ViewOnly


@admin.register(ServiceUser)
class ServiceUserAdmin(ViewOnly):
    list_display = ("name", "partner", "owner", "active", "expires_at", "last_used_at", "id")
    list_filter = ("active", ("expires_at", admin.EmptyFieldListFilter))
    list_select_related = ("partner", "owner")
    search_fields = ("id__exact", "partner__name", "name")
    ordering = ("partner", "name", "id")
    fields = (
        "id",
        ("partner", "owner"),
        ("name", "description"),
        "rights",
        ("active", "secret_hint"),
        ("expires_at", "old_secret_until", "last_used_at"),
        ("created_at", "updated_at"),
        "events",
    )


@admin.register(ApiCall)
class ApiCallAdmin(ViewOnly):
    list_display = ("at", "service_user", "method", "path", "status", "milliseconds")
    list_select_related = ("service_user",)
    search_fields = ("service_user__id__exact", "request_id__exact")
    ordering = ("-pk",)
    fields = (
        ("at", "service_user", "partner"),
        ("method", "path"),
        ("status", "milliseconds"),
        ("request_id", "address"),
    )


@admin.register(IdempotentAnswer)
class IdempotentAnswerAdmin(ViewOnly):
    list_display = ("created_at", "service_user", "name", "status")
    list_select_related = ("service_user",)
    search_fields = ("service_user__id__exact", "name__exact")
    ordering = ("-pk",)
    fields = (("created_at", "service_user"), "name", "status")
