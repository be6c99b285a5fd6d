"""Shared parts of `visible_to`: everything starts from nothing (decisions 3 and 4)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from .actors import RESELLER, Actor

#: A condition that no row meets.
NOTHING = Q(pk__in=[])


def scope(actor: Actor) -> tuple[Any, ...]:
    """All that `visible_to` may look at, no level and no clock: equal scopes see the same rows."""
    return (actor.role, actor.partner_id, *_operated(actor))


def operated_ids(actor: Actor) -> list[str]:
    """Accounts the acting reseller operates now; read once per Actor."""
    return [row[0] for row in _operated(actor)]


def within_subtree(actor: Actor, path: str = "") -> Q:
    """Rows whose account at `path` lies in the present subtree of an account the actor operates.

    The ranges, read once per request, only lead the database to the rows quickly: trees may be
    renumbered after they were read. What decides is the access row and the tree position as they
    are when the statement runs.
    """
    key = f"within_subtree {path}"
    if key not in actor.memo:
        actor.memo[key] = _within_subtree(actor, path)
    found: Q = actor.memo[key]
    return found


def _within_subtree(actor: Actor, path: str) -> Q:
    ranges = NOTHING
    for _pk, tree_id, left, right in _operated(actor):
        ranges |= Q(
            **{
                f"{path}tree_id": tree_id,
                f"{path}lft__gte": left,
                f"{path}lft__lte": right,
            }
        )
    if ranges == NOTHING:
        return NOTHING
    from .models import AccountAccess

    enclosing = AccountAccess.objects.operating(actor.partner).filter(
        account__tree_id=OuterRef(f"{path}tree_id"),
        account__lft__lte=OuterRef(f"{path}lft"),
        account__rght__gte=OuterRef(f"{path}lft"),
    )
    return ranges & Q(Exists(enclosing))


def strangers(partners: set[str], actor: Actor) -> set[str]:
    """Those of the reseller `partners` that operate nothing below or above the acting reseller."""
    if not partners:
        return set()
    from .models import AccountAccess

    near = within_subtree(actor, "account__")
    for _pk, tree_id, left, right in _operated(actor):
        near |= Q(account__tree_id=tree_id, account__lft__lt=left, account__rght__gt=right)
    operating = AccountAccess.objects.current().filter(
        near, partner__in=partners, kind=AccountAccess.Kind.OPERATES
    )
    return partners - set(operating.values_list("partner", flat=True))


def _operated(actor: Actor) -> list[tuple[str, int, int, int]]:
    if actor.role != RESELLER:
        return []
    if "operated" not in actor.memo:
        from .models import AccountAccess

        actor.memo["operated"] = list(
            AccountAccess.objects.operating(actor.partner)
            .values_list("account_id", "account__tree_id", "account__lft", "account__rght")
            .order_by("account_id")
        )
    operated: list[tuple[str, int, int, int]] = actor.memo["operated"]
    return operated
