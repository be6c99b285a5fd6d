"""Addresses of webhooks of products."""

from ..routing import route
from . import views

urlpatterns = [
    route("notifications/webhooks", views.Webhooks),
    route("notifications/webhooks/{pk}", views.WebhookDetail),
    route("notifications/webhooks/{pk}/trigger", views.WebhookTrigger),
]
