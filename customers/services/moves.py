"""What a move of an account would do, and the move that does exactly that.

A move takes the account and everything below it to another parent of the same distributor, or to
a tree of its own (domain 4.f). Running subscriptions keep their tiers; new orders take the new
ones. Only the moved account itself gets a new version (decision 9).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from .. import trees
from ..actors import Actor
from ..errors import field_error
from ..lifecycle import StaleForm
from ..models import AccountAccess, Partner, Product, TierAccount, TierAccountRequest
from ..permissions import by_reseller
from .account_rules import check_move, check_open, check_parent, may_uproot
from .accounts import edit_account, move_account
from .requests import connected_products

#: Tier 1 and tier 2 of an order; None where the tree ends.
Tiers = tuple[TierAccount | None, TierAccount | None]


@dataclass(frozen=True)
class Chain:
    """The tiers of future orders, before and after.

    `below` tells the `count` accounts directly below the moved one from the moved one itself,
    which can place no order while it is at the top of a tree (tier 1 is None then).
    """

    below: bool
    count: int
    before: Tiers
    after: Tiers


@dataclass(frozen=True)
class Effects:
    """Everything a move changes. `moved` counts the account itself and all below it.

    `asked` are the connected products, each gets one tier account request: pending when the
    product takes part in Tier Accounts Sync, unsupported otherwise. `losing` and `gaining` are the
    resellers whose sight of the account changes. `levels` count from 1, the top. `fingerprint`
    differs whenever anything differs that the effects were computed from.
    """

    account: TierAccount
    parent: TierAccount | None
    moved: int
    customers: int
    levels: tuple[int, int]
    asked: tuple[Product, ...]
    chains: tuple[Chain, ...]
    losing: tuple[Partner, ...]
    gaining: tuple[Partner, ...]
    fingerprint: str


def may_move(account: TierAccount, actor: Actor) -> bool:
    """Its distributor, the owner of a preview, or the reseller that operates its parent.

    A reseller moves nothing that is its own.
    """
    if may_uproot(account, actor):
        return True
    return account.parent is not None and by_reseller(account.parent, actor)


def preview_move(account: TierAccount, *, actor: Actor, parent: TierAccount | None) -> Effects:
    """What moving `account` under `parent` (None: to its own tree) would do, as things are now.

    Reads in a constant number of queries and locks nothing. Raises PermissionDenied, and
    ValidationError (on field `parent`, or on none) for a move that would be refused.
    """
    rows = TierAccount._base_manager.select_related("parent__parent", "provider", "hub")
    node = rows.get(pk=account.pk)
    target = rows.get(pk=parent.pk) if parent is not None else None
    if not may_move(node, actor):
        raise PermissionDenied
    check_open(node)
    if (target.pk if target else None) == node.parent_id:
        raise field_error("parent", _("This is its place already; choose another."), "no_change")
    check_move(node, target, actor)
    check_parent(node.type, target, node.provider)
    return _effects(node, target)


@trees.in_tree_transaction
def confirm_move(
    account: TierAccount,
    *,
    actor: Actor,
    parent: TierAccount | None,
    expected: str,
    version: int | None = None,
    check: Callable[[Effects], None] | None = None,
) -> tuple[TierAccount, list[TierAccountRequest]]:
    """Move the account as its preview said; returns it fresh, with the requests raised.

    `expected` is the preview's fingerprint: the effects are computed again under the tree locks,
    and StaleForm is raised when they differ. `check` gets them there too and may raise. Raises
    PermissionDenied and ValidationError as `preview_move`. Locks: trees, then the account row.
    """
    trees.lock_accounts(account.pk, parent.pk if parent else None, new_tree=parent is None)
    effects = preview_move(account, actor=actor, parent=parent)
    if effects.fingerprint != expected:
        raise StaleForm
    if check is not None:
        check(effects)
    moved, raised = move_account(account, actor=actor, parent=parent, version=version)
    # Whether a product takes part in the sync is not under the tree's lock.
    pending = TierAccountRequest.State.PENDING
    if {(each.product_id, each.state == pending) for each in raised} != {
        (product.pk, product.tier_accounts_sync) for product in effects.asked
    }:
        raise StaleForm
    return moved, raised


@trees.in_tree_transaction
def edit_and_move(
    account: TierAccount,
    *,
    actor: Actor,
    data: Mapping[str, Any],
    parent: TierAccount | None,
    by_hub: bool = False,
) -> tuple[TierAccount, list[TierAccountRequest]]:
    """Edit the account and hang it under `parent` (None: its own tree), as one change.

    What a move is allowed counts for it, unless `parent` is its parent already. Raises what
    edit_account does. Locks: trees, then the account row.
    """
    fresh = trees.lock_accounts(account.pk, parent.pk if parent else None, new_tree=parent is None)
    node = fresh[account.pk]
    if (parent.pk if parent else None) != node.parent_id and not may_move(node, actor):
        raise PermissionDenied
    return edit_account(account, actor=actor, data=data, parent=parent, by_hub=by_hub)


def _effects(node: TierAccount, target: TierAccount | None) -> Effects:
    subtree = list(
        TierAccount._base_manager.filter(
            tree_id=node.tree_id, lft__gte=node.lft, rght__lte=node.rght
        )
        .order_by("pk")
        .values_list("pk", "parent_id", "type", "decommissioned_at")
    )
    below = sum(1 for _pk, parent, _type, ended in subtree if parent == node.pk and not ended)
    products = tuple(connected_products(node))
    chains = _chains(node, target, below)
    losing, gaining = _sight(node, target)
    levels = (node.level + 1, target.level + 2 if target else 1)
    seen: list[Any] = [
        (node.pk, node.version, levels),
        [(pk, parent, kind, str(ended)) for pk, parent, kind, ended in subtree],
        [(product.pk, product.name, product.tier_accounts_sync) for product in products],
        [[each and (each.pk, each.name) for each in c.before + c.after] for c in chains],
        [[partner.pk for partner in each] for each in (losing, gaining)],
    ]
    return Effects(
        account=node,
        parent=target,
        moved=len(subtree),
        customers=sum(1 for row in subtree if row[2] == TierAccount.Type.CUSTOMER),
        levels=levels,
        asked=products,
        chains=chains,
        losing=losing,
        gaining=gaining,
        fingerprint=hashlib.sha256(json.dumps(seen).encode()).hexdigest(),
    )


def _chains(node: TierAccount, target: TierAccount | None, below: int) -> tuple[Chain, ...]:
    """Deeper than directly below, no tier changes."""
    old, new = node.parent, target
    own = Chain(False, 1, (old, old.parent if old else None), (new, new.parent if new else None))
    return (own, Chain(True, below, (node, old), (node, new))) if below else (own,)


def _sight(
    node: TierAccount, target: TierAccount | None
) -> tuple[tuple[Partner, ...], tuple[Partner, ...]]:
    """Resellers that see the account now and would not, and the other way round."""
    above = Q(account__tree_id=node.tree_id, account__lft__lt=node.lft, account__rght__gt=node.rght)
    kept = Q(account=node)
    beyond = Q(pk__in=[])
    if target is not None:
        beyond = Q(
            account__tree_id=target.tree_id,
            account__lft__lte=target.lft,
            account__rght__gte=target.rght,
        )
    rows = AccountAccess.objects.current().filter(kind=AccountAccess.Kind.OPERATES)
    partners: list[dict[str, Partner]] = []
    for where in (above, beyond, kept):
        found = rows.filter(where).select_related("partner").order_by("partner__name", "partner")
        partners.append({each.partner_id: each.partner for each in found})
    old, new, own = partners
    return (
        tuple(partner for pk, partner in old.items() if pk not in new and pk not in own),
        tuple(partner for pk, partner in new.items() if pk not in old and pk not in own),
    )
