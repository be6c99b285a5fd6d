"""The addresses of imports for one role; vendors have none."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import editing, pages, results, steps, workbench
from .mapping import ImportMapping


def patterns(role: str) -> list[URLPattern]:
    bound: dict[str, tuple[str, ...]] = {"roles": (role,)}
    detail = workbench.ImportDetail.as_view(**bound)
    return [
        path("imports/", pages.ImportList.as_view(**bound), name="import-list"),
        path("imports/add/", pages.ImportAdd.as_view(**bound), name="import-add"),
        path(
            "imports/template/<slug:form>/",
            results.ImportTemplate.as_view(**bound),
            name="import-template",
        ),
        path("imports/<str:pk>/columns/", ImportMapping.as_view(**bound), name="import-columns"),
        path(
            "imports/<str:pk>/choose/",
            editing.ImportChoose.as_view(**bound),
            name="import-choose",
        ),
        path(
            "imports/<str:pk>/lines/<int:number>/",
            editing.ImportRowFix.as_view(**bound),
            name="import-row",
        ),
        path(
            "imports/<str:pk>/apply/", steps.ImportApply.as_view(**bound), name="import-start_apply"
        ),
        path("imports/<str:pk>/undo/", steps.ImportUndo.as_view(**bound), name="import-start_undo"),
        path(
            "imports/<str:pk>/discard/", steps.ImportDiscard.as_view(**bound), name="import-discard"
        ),
        path(
            "imports/<str:pk>/result/<slug:form>/",
            results.ImportResult.as_view(**bound),
            name="import-result",
        ),
        path("imports/<str:pk>/", detail, name="import-detail"),
        path("imports/<str:pk>/<slug:tab>/", detail, name="import-detail"),
    ]
