"""Tiers as pages of orders and subscriptions show them."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.html import format_html

from customers.actors import Actor
from fulfillment.models import FulfillmentRequest, Subscription
from tierconfig.models import TierConfig

from .. import tiers
from ..chains import Url, address
from ..states import badge


def tier_nodes(
    subscription: Subscription, actor: Actor, url: Url, *, order: FulfillmentRequest | None = None
) -> list[dict[str, Any]]:
    """Nodes for portal/_tiers.html, tier 2 outermost.

    With `order` the configurations it needs are shown beside their accounts: their state is open
    to everybody who sees the order, their page to who sees them.
    """
    chain = [(0, subscription.customer), (1, subscription.tier1), (2, subscription.tier2)]
    badges = {}
    if order is not None:
        visible = TierConfig.objects.visible_to(actor).filter(pk=OuterRef("pk"))
        for config in order.required_configurations.annotate(opens=Exists(visible)):
            page = address(url, "config-detail", config.pk) if config.opens else ""
            badges[config.account_id] = _config_badge(config, page)
    return tiers.nodes(chain, actor, url, current=subscription.customer_id, badges=badges)


def _config_badge(config: TierConfig, page: str) -> Any:
    if not page:
        return badge(config)
    return format_html(
        '<a class="text-decoration-none" href="{}" title="{}">{}</a>',
        page,
        config.pk,
        badge(config),
    )
