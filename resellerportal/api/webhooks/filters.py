"""What webhooks are narrowed and ordered by."""

from __future__ import annotations

from tierconfig.models import Webhook

from ..rql import FLAG, RANGE, Filters, field


class WebhookFilters(Filters):
    MODEL = Webhook
    FILTERS = [
        field("id", order=True, search=True),
        field("label", order=True, search=True),
        field("type", order=True),
        field("active", lookups=FLAG),
        field("external_url", search=True),
        field("product.id"),
        field("product.name", search=True),
        field("created_at", order=True, lookups=RANGE),
        field("modified_at", "updated_at", order=True, lookups=RANGE),
    ]
    ALIASES = {"product_id": "product.id"}
