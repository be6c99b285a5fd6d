"""The addresses by which one kind of object is talked about and watched."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import URLPattern, path

from .views import NoteAdd, WatchStart, WatchStop


def patterns(folder: str, name: str, model: type[Model], **bound: Any) -> list[URLPattern]:
    """Below `<folder>/<pk>/`; `name` is the model part of the URL names, `bound` the roles."""
    bound = {"model": model, "name": name, **bound}
    pages = (("note", NoteAdd), ("watch", WatchStart), ("unwatch", WatchStop))
    return [
        path(f"{folder}/<str:pk>/{step}/", view.as_view(**bound), name=f"{name}-{step}")
        for step, view in pages
    ]
