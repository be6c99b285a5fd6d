"""The addresses of API keys for one role."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import lists, pages


def patterns(role: str) -> list[URLPattern]:
    bound: dict[str, tuple[str, ...]] = {"roles": (role,)}
    found = [
        path("api-keys/", lists.KeyList.as_view(**bound), name="api-key-list"),
        path("api-keys/add/", pages.KeyAdd.as_view(**bound), name="api-key-add"),
        path("api-keys/calls/", lists.CallList.as_view(**bound), name="api-call-list"),
        path("api-keys/<str:pk>/", pages.KeyDetail.as_view(**bound), name="api-key-detail"),
    ]
    steps = {
        "edit": pages.KeyEdit,
        "secret": pages.KeySecret,
        "switch": pages.KeySwitch,
        "delete": pages.KeyDelete,
    }
    return found + [
        path(f"api-keys/<str:pk>/{name}/", page.as_view(**bound), name=f"api-key-{name}")
        for name, page in steps.items()
    ]
