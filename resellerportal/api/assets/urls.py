"""Addresses of assets; `subscriptions/assets` is an older name of the same."""

from ..routing import route
from . import views

urlpatterns = [
    route("assets", views.Assets),
    route("assets/{pk}", views.AssetDetail),
    route("assets/{pk}/requests", views.AssetRequests),
    route("assets/{pk}/render", views.AssetText),
    route("subscriptions/assets", views.Assets),
    route("subscriptions/assets/{pk}", views.AssetDetail),
]
