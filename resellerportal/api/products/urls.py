"""Addresses of products and of what they have."""

from __future__ import annotations

from django.urls import URLPattern

from ..routing import route
from . import (
    actions,
    configurations,
    connections,
    items,
    media,
    messages,
    parameters,
    templates,
    units,
    views,
)

ONE = "products/{pk}"
VERSION = f"{ONE}/versions/{{version}}"
#: Kind -> its list and one of its rows, where rows have addresses of their own.
CHILDREN = {
    "parameters": (parameters.Parameters, parameters.ParameterDetail),
    "templates": (templates.Templates, templates.TemplateDetail),
    "items": (items.Items, items.ItemDetail),
    "actions": (actions.Actions, actions.ActionDetail),
    "connections": (connections.Connections, connections.ConnectionDetail),
    "configurations": (configurations.Configurations, None),
    "media": (media.Media, media.MediaDetail),
    "messages": (messages.ProductMessages, messages.ProductMessageDetail),
}
READING = ["get", "head", "options"]


def children() -> list[URLPattern]:
    """Each kind below the product, and to be read below its version."""
    found = []
    for kind, views_ in CHILDREN.items():
        for view, rest in zip(views_, ("", "/{key}"), strict=True):
            if view is not None:
                found.append(route(f"{ONE}/{kind}{rest}", view))
                copy = {"http_method_names": READING}
                found.append(route(f"{VERSION}/{kind}{rest}", view, **copy))
    return found


urlpatterns = [
    route("products", views.Products),
    route(ONE, views.ProductDetail),
    route(f"{ONE}/endsale", views.EndSale),
    route(f"{ONE}/resumesale", views.ResumeSale),
    route(f"{ONE}/versions", views.Versions),
    route(VERSION, views.VersionDetail),
    route(f"{VERSION}/build", views.Build),
    route(f"{ONE}/actions/regeneratesecret", actions.NewSecret),
    route(f"{ONE}/actions/{{key}}/actionLink", actions.ActionLink),
    route(f"{ONE}/items/{{key}}/endsale", items.ItemEndSale),
    route(f"{ONE}/items/{{key}}/resumesale", items.ItemResumeSale),
    route(f"{ONE}/templates/{{key}}/preview", templates.TemplateText),
    route(f"{ONE}/templates/{{key}}/render", templates.TemplateText),
    route("templates/{pk}/render", templates.TemplateRender),
    route("settings/units", units.Units),
    *children(),
]
