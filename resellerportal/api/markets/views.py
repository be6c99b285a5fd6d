"""Hubs: the distributor's own."""

from __future__ import annotations

from customers.models import Hub

from ..views import DetailView, ListView
from .filters import HubFilters
from .shapes import HubRendering


class Hubs(ListView):
    module = "account"
    model = Hub
    filters = HubFilters
    rendering = HubRendering
    ordering = ("name",)


class HubDetail(DetailView):
    module = "account"
    model = Hub
    rendering = HubRendering
