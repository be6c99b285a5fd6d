"""Addresses of tier configuration requests."""

from ..routing import route
from . import steps, views

ONE = "tier/config-requests/{pk}"

urlpatterns = [
    route("tier/config-requests", views.ConfigRequests),
    route(ONE, views.ConfigRequestDetail),
    route(f"{ONE}/render", views.ConfigRequestText),
    route(f"{ONE}/approve", steps.Approve),
    route(f"{ONE}/fail", steps.Fail),
    route(f"{ONE}/inquire", steps.Inquire),
    route(f"{ONE}/pend", steps.Pend),
    route(f"{ONE}/assign", steps.Assign),
    route(f"{ONE}/unassign", steps.Unassign),
    route(f"{ONE}/validate", steps.Validate),
    route(f"{ONE}/submit", steps.Submit),
]
