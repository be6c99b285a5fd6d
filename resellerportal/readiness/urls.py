"""Addresses of the readiness of resellers in the portal of one role."""

from __future__ import annotations

from django.urls import URLPattern, path

from customers.actors import DISTRIBUTOR, RESELLER

from . import cell, complete, grid, one


def patterns(role: str) -> list[URLPattern]:
    only = {"roles": (role,)}
    completing = complete.ReadinessComplete.as_view(**only)
    own = [path("readiness/<slug:pk>/complete/", completing, name="readiness-complete")]
    return [
        *(own if role in (DISTRIBUTOR, RESELLER) else []),
        path("readiness/", grid.ReadinessList.as_view(**only), name="readiness-list"),
        path(
            "readiness/<slug:pk>/",
            one.ResellerReadiness.as_view(**only),
            name="readiness-detail",
        ),
        path(
            "readiness/<slug:pk>/<slug:product>/",
            cell.CellDetail.as_view(**only),
            name="readiness-cell",
        ),
    ]
