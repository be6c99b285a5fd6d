"""Who takes part in what (decision 1); called by fulfillment and tierconfig only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache

from django.db.models import Q, QuerySet

from ..bulk import among
from ..models import Participation, Partner, Product, TierAccount

#: What an account may be in a subscription, by tier.
SCOPES = ("customer", "tier1", "tier2")


def join(
    product: Product, source: str, kind: str, members: Iterable[tuple[TierAccount, int]]
) -> None:
    """Record that each (account, tier) of `members` takes part in `source`, a new object's id."""
    Participation.objects.bulk_create(
        Participation(
            account=account,
            product=product,
            vendor_id=product.owner_id,
            provider_id=account.provider_id,
            tier=tier,
            kind=kind,
            source=source,
        )
        for account, tier in members
    )


def leave(source: str) -> None:
    """The source ended; its members stay visible to the vendor but are connected no more."""
    Participation.objects.filter(source=source).update(live=False)


def scopes(account: TierAccount, vendor: Partner | None = None) -> list[str]:
    """Subset of customer, tier1, tier2, derived from live subscriptions.

    Those of one vendor's products only, when a vendor is the one to be told.
    """
    return scopes_of([account.pk], vendor).get(account.pk, [])


def scopes_of(accounts: Collection[str], vendor: Partner | None = None) -> dict[str, list[str]]:
    """Scopes of several accounts by id, in one query; accounts without any are left out."""
    rows = _scopes().filter(among("account_id", accounts))
    found: dict[str, list[str]] = {}
    for account, tier in rows if vendor is None else rows.filter(vendor=vendor):
        found.setdefault(account, []).append(SCOPES[tier])
    return found


def in_scope(scope: str, vendor: Partner | None = None) -> Q:
    """Accounts with one of SCOPES, again in the eyes of one vendor; ValueError for another word."""
    rows = _subscribed(vendor).filter(tier=SCOPES.index(scope))
    return Q(pk__in=rows.values("account"))


@cache
def _scopes() -> QuerySet[Participation, tuple[str, int]]:
    """All (account id, tier); begun once, because each list of accounts would begin with it."""
    return _subscribed(None).values_list("account", "tier").distinct().order_by("tier")


def _subscribed(vendor: Partner | None) -> QuerySet[Participation]:
    rows = Participation.objects.filter(live=True, kind=Participation.Kind.SUBSCRIPTION)
    return rows if vendor is None else rows.filter(vendor=vendor)
