"""Addresses of what vendors keep about their products: items, templates, webhooks and so on."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from . import action_pages as actions
from . import connections, embedding, icons, items, listings, messages, webhooks
from . import template_pages as templates

ONE = "products/<str:pk>/"
#: Part of the address -> name of the URLs, and the pages by what they do.
PARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "items": ("item", {"add": items.ItemAdd, "edit": items.ItemEdit, "remove": items.ItemRemove}),
    "listings": ("listing", {"add": listings.ListingAdd, "end": listings.ListingEnd}),
    "templates": (
        "template",
        {
            "add": templates.TemplateAdd,
            "edit": templates.TemplateEdit,
            "move": templates.TemplateMove,
            "remove": templates.TemplateRemove,
        },
    ),
    "actions": (
        "action",
        {
            "add": actions.ActionAdd,
            "edit": actions.ActionEdit,
            "move": actions.ActionMove,
            "remove": actions.ActionRemove,
        },
    ),
    "messages": (
        "message",
        {
            "add": messages.MessageAdd,
            "edit": messages.MessageEdit,
            "remove": messages.MessageRemove,
        },
    ),
    "webhooks": (
        "webhook",
        {
            "add": webhooks.WebhookAdd,
            "edit": webhooks.WebhookEdit,
            "switch": webhooks.WebhookSwitch,
            "secret": webhooks.WebhookSecret,
            "test": webhooks.WebhookTest,
            "remove": webhooks.WebhookRemove,
        },
    ),
    "connections": (
        "connection",
        {"approve": connections.ConnectionApprove, "reject": connections.ConnectionReject},
    ),
}


def patterns() -> list[URLPattern]:
    """Pages of vendors about their own products."""
    found = [
        path(f"{ONE}embedding/edit/", embedding.EmbeddingEdit.as_view(), name="product-embedding"),
        path(f"{ONE}embedding/secret/", embedding.SecretNew.as_view(), name="product-secret"),
        path(f"{ONE}icon/", icons.IconSet.as_view(), name="product-icon"),
        path(f"{ONE}icon/remove/", icons.IconRemove.as_view(), name="product-icon-remove"),
    ]
    for folder, (name, pages) in PARTS.items():
        for step, page in pages.items():
            one = "add/" if step == "add" else f"<str:key>/{step}/"
            found.append(
                path(f"{ONE}{folder}/{one}", page.as_view(), name=f"product-{name}-{step}")
            )
    return found
