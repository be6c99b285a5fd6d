"""Where an account stands and what it takes part in, for pages that are about something else."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import RESELLER, Actor
from customers.models import TierAccount
from fulfillment.models import Subscription

from ..states import badge

#: Subscriptions shown; the account's own page has all.
SHOWN = 5
ROLES = (
    ("customer_id", gettext_lazy("Customer")),
    ("tier1_id", gettext_lazy("Tier 1")),
    ("tier2_id", gettext_lazy("Tier 2")),
)


def chain(view: Any, account: TierAccount) -> list[dict[str, Any]]:
    """The account below the accounts above it, as far as the actor may know them: one root.

    Levels count from the top of the tree whoever may know it, tiers upwards from a customer.
    """
    above = TierAccount.objects.visible_to(view.actor).filter(
        tree_id=account.tree_id, lft__lt=account.lft, rght__gt=account.rght
    )
    rows = [*above.select_related("parent").order_by("lft"), account]
    node: dict[str, Any] = {}
    for row in reversed(rows):
        node = {
            "tier": _level(row, account),
            "name": row.name,
            "url": view.url("account-detail", row.pk) if row != account else "",
            "current": row == account,
            "badge": "",
            "open": 0,
            "children": [node] if node else [],
        }
    top = rows[0]
    if view.actor.role == RESELLER and top.parent is not None:
        # Named, because an order names it as tier 2; no page behind it.
        node = {"tier": _level(top.parent, account), "name": top.parent.name, "children": [node]}
    return [node]


def _level(row: TierAccount, seen_from: TierAccount) -> str:
    level = _("Level %(n)d") % {"n": row.level + 1}
    tier = seen_from.level - row.level
    if seen_from.type != TierAccount.Type.CUSTOMER or tier > 2:
        return level
    return _("%(level)s · Tier %(n)d") % {"level": level, "n": tier}


def running(actor: Actor, account: TierAccount) -> list[dict[str, Any]]:
    """Its running subscriptions that the actor sees, SHOWN of them, and what it is in each."""
    state = Subscription.State
    rows = Subscription.objects.visible_to(actor).filter(
        Q(customer=account) | Q(tier1=account) | Q(tier2=account)
    )
    rows = rows.exclude(state__in=[state.DRAFT, state.TERMINATED]).select_related(
        "product", "customer"
    )
    return [
        {
            "obj": row,
            "badge": badge(row),
            "role": next(label for name, label in ROLES if getattr(row, name) == account.pk),
            "customer": row.customer.name if row.customer_id != account.pk else "",
        }
        for row in rows.order_by("product__name", "pk")[:SHOWN]
    ]
