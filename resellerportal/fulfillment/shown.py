"""Parts that pages of orders and of subscriptions share: texts, items, tiers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.actors import Actor
from fulfillment.models import FulfillmentRequest, Item, Subscription
from tierconfig.models import TierConfig
from tierconfig.rendering import FORM_ADDRESS, without_address

from .. import texts, tiers
from ..chains import Url, address
from ..states import badge

_ADDRESS = re.compile(r"(\]\(<?\s*)?\{\{\s*" + FORM_ADDRESS + r"\s*\}\}")


@dataclass(frozen=True)
class Line:
    """How many of an item there are, and how many there were or will be."""

    item: Item
    quantity: int
    before: int

    @property
    def changed(self) -> bool:
        return self.quantity != self.before

    @property
    def gone(self) -> bool:
        return not self.quantity

    @property
    def difference(self) -> str:
        """With its sign, "" for none."""
        step = self.quantity - self.before
        return f"{step:+d}".replace("-", "\N{MINUS SIGN}") if step else ""


def lines(order: FulfillmentRequest) -> list[Line]:
    """The items an order is about; those of a change with what there was before."""
    rows = order.items.select_related("item").order_by("item")
    return [Line(row.item, row.quantity, row.old_quantity) for row in rows]


def held_lines(subscription: Subscription, opened: FulfillmentRequest | None) -> list[Line]:
    """What a subscription holds, and what its open change would make of it."""
    present = {
        row.item_id: Line(row.item, row.quantity, row.quantity)
        for row in subscription.items.select_related("item")
    }
    if opened is not None and opened.type == FulfillmentRequest.Type.CHANGE:
        for line in lines(opened):
            present[line.item.pk] = line
    return [present[pk] for pk in sorted(present)]


def total(found: Iterable[Line]) -> Line | None:
    """The sum of several lines; None where there is nothing to add up."""
    found = list(found)
    if len(found) < 2:
        return None
    return Line(Item(), sum(each.quantity for each in found), sum(each.before for each in found))


def changes(order: FulfillmentRequest) -> bool:
    """Whether its items are shown with what there was before."""
    return order.type == FulfillmentRequest.Type.CHANGE


def panel(order: FulfillmentRequest, page: Any) -> SafeString | str:
    """What the control panel shows of an order.

    The link to its form, never stored (decision 18), leads those who may answer to their own page;
    others read that it was mailed.
    """
    text = order.template_text
    if not text:
        return ""
    if not page.may("answer"):
        return texts.rendered(without_address(text, _("(the link is in the mail to the contact)")))
    own = address(page.url, "order-answer", order.pk)

    def linked(match: re.Match[str]) -> str:
        return f"{match[1]}{own}" if match[1] else f"[{_('the form')}]({own})"

    return texts.rendered(_ADDRESS.sub(linked, text))


def tier_nodes(
    subscription: Subscription,
    actor: Actor,
    url: Url,
    *,
    seen: Set[str] | None = None,
    required: Iterable[Any] = (),
) -> list[dict[str, Any]]:
    """Nodes for portal/_tiers.html, tier 2 outermost; `seen` as tiers.nodes takes it.

    Configurations an order `required` are shown beside their accounts: their state is open to
    everybody who sees the order, their page to who sees them.
    """
    chain = [(0, subscription.customer), (1, subscription.tier1), (2, subscription.tier2)]
    badges = {
        config.account_id: _config_badge(
            config, address(url, "config-detail", config.pk) if config.opens else ""
        )
        for config in required
    }
    current = subscription.customer_id
    return tiers.nodes(chain, actor, url, current=current, badges=badges, seen=seen)


def required(order: FulfillmentRequest, actor: Actor) -> list[Any]:
    """The configurations an order required, with their accounts and whether the actor `opens`
    them."""
    visible = TierConfig.objects.visible_to(actor).filter(pk=OuterRef("pk"))
    rows = order.required_configurations.annotate(opens=Exists(visible))
    return list(rows.select_related("account"))


def _config_badge(config: TierConfig, page: str) -> Any:
    if not page:
        return badge(config)
    return format_html(
        '<a class="text-decoration-none" href="{}" title="{}">{}</a>',
        page,
        config.pk,
        badge(config),
    )
