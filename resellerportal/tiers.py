"""The tiers of a request or subscription, as portal/_tiers.html shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from customers.actors import RESELLER, VENDOR, Actor
from customers.models import TierAccount
from customers.visibility import within_ranges

from .chains import Url, address

#: What leads from a subscription to its accounts, the lowest tier first.
TIERS = ("customer", "tier1", "tier2")


def with_sight(rows: QuerySet[Any], actor: Actor, path: str = "") -> QuerySet[Any]:
    """Rows that know which of the tiers of the subscription at `path` the actor sees.

    For a reseller that statement is long, and its sight is known.
    """
    if actor.role == RESELLER:
        return rows
    visible = TierAccount.objects.visible_to(actor).order_by()
    return rows.annotate(
        **{f"sees_{tier}": Exists(visible.filter(pk=OuterRef(path + tier))) for tier in TIERS}
    )


def sighted(row: Any, subscription: Any, actor: Actor) -> set[str]:
    """The ids of those tiers; `row` was read `with_sight`, its subscription with the accounts."""
    if actor.role == RESELLER:
        accounts = [getattr(subscription, tier) for tier in TIERS]
        return {each.pk for each in accounts if each and within_ranges(actor, each)}
    return {getattr(subscription, f"{tier}_id") for tier in TIERS if getattr(row, f"sees_{tier}")}


def nodes(
    tiers: Iterable[tuple[int, TierAccount | None]],
    actor: Actor,
    url: Url,
    *,
    current: str,
    badges: Mapping[str, Any] | None = None,
    seen: Set[str] | None = None,
) -> list[dict[str, Any]]:
    """Nested nodes from (tier, account), the lowest tier first; tier 0 is the customer. One query,
    none where it is known already which of them the actor has `seen`.

    An account the actor may not see is no link; to a vendor it has no name either (decision 4).
    `current` is the id of the account the page is about, `badges` are by account id.
    """
    chain = [(tier, account) for tier, account in tiers if account is not None]
    if seen is None:
        visible = TierAccount.objects.visible_to(actor)
        seen = set(visible.filter(pk__in=[a.pk for _t, a in chain]).values_list("pk", flat=True))
    found: list[dict[str, Any]] = []
    for tier, account in chain:
        known = account.pk in seen and not account._state.adding
        # What an order would create is the reader's own.
        named = known or account._state.adding or actor.role != VENDOR
        found = [
            {
                "tier": _("Tier %(tier)d") % {"tier": tier} if tier else _("Customer"),
                "name": account.name if named else _("A company you do not work with"),
                "url": address(url, "account-detail", account.pk) if known else "",
                "current": account.pk == current,
                "badge": (badges or {}).get(account.pk, ""),
                "open": False,
                "children": found,
            }
        ]
    return found
