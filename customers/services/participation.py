"""Who takes part in what (decision 1); called by fulfillment and tierconfig only."""

from __future__ import annotations

from collections.abc import Iterable

from ..models import Participation, Partner, Product, TierAccount


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
    rows = Participation.objects.filter(
        account=account, live=True, kind=Participation.Kind.SUBSCRIPTION
    )
    if vendor is not None:
        rows = rows.filter(vendor=vendor)
    tiers = rows.values_list("tier", flat=True).distinct().order_by("tier")
    return [("customer", "tier1", "tier2")[tier] for tier in tiers]
