"""Actions, embedded texts, messages and webhooks of products; their secrets are never shown."""

from __future__ import annotations

from django.contrib import admin

from customers.admin.base import ViewOnly

from ..models import Action, Embedding, ProductMessage, Webhook


@admin.register(Action)
class ActionAdmin(ViewOnly):
    list_display = ("name", "id", "product", "action", "scope", "position")
    list_filter = ("scope",)
    list_select_related = ("product",)
    search_fields = ("id__startswith", "action", "name", "product__name")
    ordering = ("-created_at", "id")
    fields = (
        "id",
        "product",
        "action",
        "name",
        "description",
        ("scope", "position"),
        ("created_at", "updated_at"),
    )


@admin.register(Embedding)
class EmbeddingAdmin(ViewOnly):
    list_display = ("product", "action_url", "secret_since")
    list_select_related = ("product",)
    search_fields = ("product__name", "product__id__startswith")
    ordering = ("-pk",)
    fields = (
        "product",
        "description",
        "getting_started",
        "download_links",
        "documents",
        "action_url",
        "secret_since",
    )


@admin.register(ProductMessage)
class ProductMessageAdmin(ViewOnly):
    list_display = ("external_id", "id", "product", "value")
    list_select_related = ("product",)
    search_fields = ("id__startswith", "external_id", "value", "product__name")
    ordering = ("-created_at", "id")
    fields = ("id", "product", "external_id", "value", ("created_at", "updated_at"))


@admin.register(Webhook)
class WebhookAdmin(ViewOnly):
    list_display = ("label", "id", "product", "type", "active", "last_success", "last_failure")
    list_filter = ("type", "active")
    list_select_related = ("product",)
    search_fields = ("id__startswith", "label", "product__name")
    ordering = ("-created_at", "id")
    fields = (
        "id",
        "product",
        "type",
        "label",
        "external_url",
        "active",
        ("last_success", "last_failure"),
        "last_problem",
        ("created_at", "updated_at"),
    )
