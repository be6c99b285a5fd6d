"""Where an account stands and what it takes part in, for pages that are about something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Window
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import RESELLER, VENDOR, Actor
from customers.models import Product, TierAccount
from fulfillment.models import Subscription

from ..states import badge
from .seen import named

#: Subscriptions shown; the account's own page has all.
SHOWN = 5
ROLES = (
    ("customer_id", gettext_lazy("Customer")),
    ("tier1_id", gettext_lazy("Tier 1")),
    ("tier2_id", gettext_lazy("Tier 2")),
)


@dataclass(frozen=True)
class Above:
    """The accounts above one that the actor sees, the top first, and the ids of `parents`, present
    and former, that it may be told; None: all."""

    rows: list[TierAccount]
    named: set[str] | None


def above(actor: Actor, account: TierAccount, parents: set[str]) -> Above:
    """Of an account the actor sees; one query mostly."""
    up = {"tree_id": account.tree_id, "lft__lt": account.lft, "rght__gt": account.rght}
    seen = TierAccount.objects.visible_to(actor).filter(Q(**up) | Q(pk__in=parents))
    found = list(seen.select_related("parent").order_by("tree_id", "lft"))
    rows = [
        row
        for row in found
        if row.tree_id == account.tree_id and row.lft < account.lft and row.rght > account.rght
    ]
    if actor.role not in (VENDOR, RESELLER):
        return Above(rows, None)
    known = {row.pk for row in found}
    if actor.role == RESELLER:
        known |= {row.parent_id for row in (*rows, account)}
        known |= named(actor, parents - known)
    return Above(rows, known)


def chain(view: Any, account: TierAccount, over: Above) -> list[dict[str, Any]]:
    """The account below the accounts above it, as far as the actor may know them: one root.

    Levels count from the top of the tree whoever may know it, tiers upwards from a customer.
    """
    rows = [*over.rows, account]
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


def running(
    actor: Actor, account: TierAccount, product: Product
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Its running subscriptions that the actor sees, SHOWN of them, and what it is in each; and in
    how many of the product it is what. One query."""
    state = Subscription.State
    rows = Subscription.objects.visible_to(actor).filter(
        Q(customer=account) | Q(tier1=account) | Q(tier2=account)
    )
    rows = rows.exclude(state__in=[state.DRAFT, state.TERMINATED]).select_related(
        "product", "customer"
    )
    among = {"customer": 0, "tier1": 0, "tier2": 0}
    counted = rows.annotate(
        **{
            f"as_{name}": Window(Count("pk", filter=Q(**{name: account}, product=product)))
            for name in among
        }
    )
    found = list(counted.order_by("product__name", "pk")[:SHOWN])
    lines = [
        {
            "obj": row,
            "badge": badge(row),
            "role": next(label for name, label in ROLES if getattr(row, name) == account.pk),
            "customer": row.customer.name if row.customer_id != account.pk else "",
        }
        for row in found
    ]
    return lines, {name: getattr(found[0], f"as_{name}") for name in among} if found else among
