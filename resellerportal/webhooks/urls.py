"""The addresses of webhooks for one role."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import detail, lists, steps


def patterns(role: str) -> list[URLPattern]:
    bound: dict[str, tuple[str, ...]] = {"roles": (role,)}
    log, message = lists.MessageList, detail.MessageDetail
    found = [
        path("webhooks/", lists.EndpointList.as_view(**bound), name="webhook-list"),
        path("webhooks/add/", steps.EndpointAdd.as_view(**bound), name="webhook-add"),
        path("webhooks/log/", log.as_view(**bound), name="webhook-message-list"),
        path("webhooks/log/<str:pk>/", message.as_view(**bound), name="webhook-message-detail"),
        path(
            "webhooks/log/<str:pk>/replay/",
            steps.MessageReplay.as_view(**bound),
            name="webhook-message-replay",
        ),
        path("webhooks/<str:pk>/", detail.EndpointDetail.as_view(**bound), name="webhook-detail"),
    ]
    pages = {
        "edit": steps.EndpointEdit,
        "switch": steps.EndpointSwitch,
        "secret": steps.EndpointSecret,
        "test": steps.EndpointTest,
        "replay": steps.EndpointReplay,
        "delete": steps.EndpointDelete,
    }
    return found + [
        path(f"webhooks/<str:pk>/{name}/", page.as_view(**bound), name=f"webhook-{name}")
        for name, page in pages.items()
    ]
