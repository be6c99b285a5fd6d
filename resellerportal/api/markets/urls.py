"""Addresses of hubs and marketplaces."""

from ..routing import route
from . import views

urlpatterns = [
    route("hubs", views.Hubs),
    route("hubs/{pk}", views.HubDetail),
    route("hubs/{pk}/connections", views.HubConnections),
    route("hubs/{pk}/marketplaces", views.HubMarketplaces),
    route("marketplaces", views.Marketplaces),
    route("marketplaces/{pk}", views.MarketplaceDetail),
]
