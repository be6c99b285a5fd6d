"""Which reseller an account is in the hands of."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery

from ..models import AccountAccess, TierAccount


def nearest_operators(accounts: Iterable[str]) -> dict[str, str]:
    """The partner that operates each account, or the nearest one above it; ids by account id.

    One statement, which judges by the tree as it is then. Accounts nobody operates are missing.
    """
    enclosing = AccountAccess.objects.current().filter(
        kind=AccountAccess.Kind.OPERATES,
        account__tree_id=OuterRef("tree_id"),
        account__lft__lte=OuterRef("lft"),
        account__rght__gte=OuterRef("lft"),
    )
    nearest = enclosing.order_by("-account__lft").values("partner")[:1]
    rows = TierAccount.objects.filter(pk__in=list(accounts)).annotate(operator=Subquery(nearest))
    found: dict[str, str] = dict(
        rows.exclude(operator=None).order_by().values_list("pk", "operator")
    )
    return found


def partners_over(account_id: str) -> set[str]:
    """Ids of the partners that operate the account or one above it, or to whom it was shown."""
    own = TierAccount._base_manager.filter(pk=account_id)
    place = Subquery(own.values("lft")[:1])
    rows = AccountAccess.objects.current().filter(
        account__tree_id=Subquery(own.values("tree_id")[:1]),
        account__lft__lte=place,
        account__rght__gte=place,
    )
    return set(rows.values_list("partner", flat=True))
