"""What lists of hubs and marketplaces are narrowed and ordered by."""

from __future__ import annotations

from customers.models import Hub

from ..rql import Filters, field


class HubFilters(Filters):
    MODEL = Hub
    FILTERS = [
        field("id", order=True, search=True),
        field("name", order=True),
        field("instance.id", "id", search=True),
        field("instance.type", "type", order=True),
    ]
