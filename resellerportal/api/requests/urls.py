"""Addresses of fulfillment requests."""

from ..routing import route
from . import steps, views

urlpatterns = [
    route("requests", views.Requests),
    route("requests/{pk}", views.RequestDetail),
    route("requests/{pk}/render", steps.Text),
    route("requests/{pk}/approve", steps.Approve),
    route("requests/{pk}/fail", steps.Fail),
    route("requests/{pk}/inquire", steps.Inquire),
    route("requests/{pk}/pend", steps.Pend),
    route("requests/{pk}/assign", steps.Assign),
    route("requests/{pk}/assign/{user}", steps.Assign),
    route("requests/{pk}/unassign", steps.Unassign),
    route("requests/{pk}/schedule", steps.Schedule),
    route("requests/{pk}/revoke", steps.Revoke),
    route("requests/{pk}/confirm", steps.Confirm),
    route("requests/{pk}/validate", steps.Validate),
    route("requests/{pk}/submit", steps.Submit),
    route("requests/{pk}/purchase", steps.Submit, "requests-pk-purchase"),
]
