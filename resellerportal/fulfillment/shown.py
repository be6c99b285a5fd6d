"""Parts that pages of orders and subscriptions share: tiers, values, choices of filters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.html import format_html
from django.utils.translation import gettext as _

from customers.actors import ADMIN, VENDOR, Actor
from customers.models import Marketplace, Product, TierAccount
from fulfillment.models import Subscription
from tierconfig import parameters
from tierconfig.models import Parameter, TierConfig

from ..chains import Url, address
from ..states import badge

Choices = list[tuple[str, str]]


def products(actor: Actor) -> Choices:
    rows = Product.objects.visible_to(actor).order_by("name")
    return list(rows.values_list("pk", "name"))


def vendors(actor: Actor) -> Choices:
    rows = Product.objects.visible_to(actor).order_by("owner__name")
    return list(rows.values_list("owner", "owner__name").distinct())


def distributors(actor: Actor) -> Choices:
    rows = Marketplace.objects.visible_to(actor).order_by("owner__name")
    return list(rows.values_list("owner", "owner__name").distinct())


def reads_secrets(actor: Actor) -> bool:
    """Passwords are masked for everybody but the vendor."""
    return actor.role in (VENDOR, ADMIN)


@dataclass
class Value:
    """A parameter with its value as the reader may see it."""

    label: str
    name: str
    value: str
    error: str = ""
    hidden: bool = False
    required: bool = False


@dataclass
class Phase:
    label: str
    rows: list[Value] = field(default_factory=list)


def values_by_phase(
    definitions: Iterable[Parameter], values: parameters.Values, actor: Actor
) -> list[Phase]:
    """What the actor reads of some values, by phase; phases without a row are left out."""
    phases = {
        "ordering": Phase(_("Filled in with the order")),
        "fulfillment": Phase(_("Filled in by the vendor")),
    }
    masked = not reads_secrets(actor)
    for each in parameters.readable(definitions, values, actor.role):
        stored = values.get(each.name)
        phases[each.phase].rows.append(
            Value(
                label=str(each),
                name=each.name,
                value=parameters.display(each, stored, masked=masked),
                error=str((stored or {}).get("value_error") or ""),
                hidden=each.hidden,
                required=each.required,
            )
        )
    return [phase for phase in phases.values() if phase.rows]


def tier_nodes(
    subscription: Subscription,
    actor: Actor,
    url: Url,
    *,
    configs: Iterable[TierConfig] = (),
) -> list[dict[str, Any]]:
    """Nodes for portal/_tiers.html, tier 2 outermost.

    `configs` are configurations whose state is shown beside their account (id, name and state are
    open to everybody who sees the order).
    """
    chain = [
        (_("Tier 2"), subscription.tier2),
        (_("Tier 1"), subscription.tier1),
        (_("Customer"), subscription.customer),
    ]
    accounts = [(label, account) for label, account in chain if account is not None]
    visible = TierAccount.objects.visible_to(actor)
    seen = set(visible.filter(pk__in=[a.pk for _l, a in accounts]).values_list("pk", flat=True))
    by_account = {config.account_id: config for config in configs}
    nodes: list[dict[str, Any]] = []
    for label, account in reversed(accounts):
        config = by_account.get(account.pk)
        nodes = [
            {
                "tier": label,
                "name": account.name,
                "url": address(url, "account-detail", account.pk) if account.pk in seen else "",
                "current": account.pk == subscription.customer_id,
                "badge": _config_badge(config, url) if config else "",
                "children": nodes,
            }
        ]
    return nodes


def marked(configs: Any, actor: Actor) -> list[TierConfig]:
    """Configurations of an order, each marked with whether the actor may `opens` it."""
    visible = TierConfig.objects.visible_to(actor).filter(pk=OuterRef("pk"))
    return list(configs.annotate(opens=Exists(visible)))


def _config_badge(config: TierConfig, url: Url) -> Any:
    page = address(url, "config-detail", config.pk)
    if not config.opens or not page:  # type: ignore[attr-defined]
        return badge(config)
    return format_html(
        '<a class="text-decoration-none" href="{}" title="{}">{}</a>',
        page,
        config.pk,
        badge(config),
    )
