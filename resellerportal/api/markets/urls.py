"""Addresses of hubs and marketplaces."""

from ..routing import route
from . import views

urlpatterns = [
    route("hubs", views.Hubs),
    route("hubs/{pk}", views.HubDetail),
]
