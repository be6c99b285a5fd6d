"""Shared parts of `visible_to`: everything starts from nothing (decisions 3 and 4)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Q, QuerySet, Subquery

from .actors import RESELLER, VENDOR, Actor

if TYPE_CHECKING:
    from .models import AccountAccess

#: A condition that no row meets.
NOTHING = Q(pk__in=[])


def scope(actor: Actor) -> tuple[Any, ...]:
    """All that `visible_to` may look at, no level and no clock: equal scopes see the same rows."""
    own = (*_operated(actor), *seen_ids(actor), *preview_ids(actor))
    return (actor.role, actor.partner_id, *own)


def operated_ids(actor: Actor) -> list[str]:
    """Accounts the acting reseller operates now; read once per Actor."""
    return [row[0] for row in _operated(actor)]


def seen_ids(actor: Actor) -> list[str]:
    """Accounts that were shown to the acting reseller one by one; read once per Actor."""
    return [row[1] for row in _accesses(actor) if row[0] == "sees"]


def preview_ids(actor: Actor) -> list[str]:
    """Preview accounts the acting vendor made for itself; read once per Actor."""
    if actor.role != VENDOR:
        return []
    if "previews" not in actor.memo:
        actor.memo["previews"] = list(_previews().filter(owner=actor.partner))
    found: list[str] = actor.memo["previews"]
    return found


@cache
def _previews() -> QuerySet[Any, str]:
    """Ids of all preview accounts; begun once, because each request of a vendor begins with it."""
    from .models import TierAccount

    rows = TierAccount._base_manager.filter(environment=TierAccount.Environment.PREVIEW)
    return rows.order_by("pk").values_list("pk", flat=True)


def providers(actor: Actor) -> list[str]:
    """Distributors of the accounts the acting reseller operates.

    What hangs below those accounts has the same ones for ever; named in a statement, they lead
    the database by the indexes of distributors.
    """
    return sorted({row[-1] for row in _accesses(actor) if row[0] == "operates"})


def within_subtree(actor: Actor, path: str = "") -> Q:
    """Rows whose account at `path` lies in the present subtree of an account the actor operates.

    The ranges, read once per request, lead the database to the rows quickly. What decides are the
    access rows and the positions in the trees as they are when the statement runs: usually the
    range still lies within its account's, which is asked once; else that one's counts, too.
    """
    key = f"within_subtree {path}"
    if key not in actor.memo:
        actor.memo[key] = _within_subtree(actor, path)
    found: Q = actor.memo[key]
    return found


def _within_subtree(actor: Actor, path: str) -> Q:
    from .models import AccountAccess

    shown = NOTHING
    for pk, tree_id, left, right in _operated(actor):
        now = AccountAccess.objects.operating(actor.partner).filter(account=pk)
        here = {"account__tree_id": tree_id, "account__lft__lte": left, "account__rght__gte": right}
        # Nothing is between these once the account went to another tree.
        renumbered = {
            f"{path}lft__gte": Subquery(
                now.filter(account__tree_id=tree_id).values("account__lft")[:1]
            ),
            f"{path}lft__lte": Subquery(now.values("account__rght")[:1]),
        }
        range_read = Q(
            **{
                f"{path}tree_id": tree_id,
                f"{path}lft__gte": left,
                f"{path}lft__lte": right,
            }
        )
        shown |= range_read & (Q(Exists(now.filter(**here))) | Q(**renumbered))
    return shown


def within_ranges(actor: Actor, account: Any) -> bool:
    """Whether an account that was read in this request is one the acting reseller sees, by the
    ranges and accesses that were.

    For links on a page: it is no statement of this moment, as those of `visible_to` are.
    """
    if account.pk in seen_ids(actor):
        return True
    return any(
        tree_id == account.tree_id and left <= account.lft <= right
        for _pk, tree_id, left, right in _operated(actor)
    )


def strangers(partners: set[str], actor: Actor) -> set[str]:
    """Those of the reseller `partners` that operate nothing below or above the acting reseller;
    each is asked about once per Actor."""
    told: dict[str, bool] = actor.memo.setdefault("strangers", {})
    if asked := partners - set(told):
        operating = near(actor).filter(partner__in=asked).values_list("partner", flat=True)
        told.update(dict.fromkeys(asked, True) | dict.fromkeys(operating, False))
    return {partner for partner in partners if told[partner]}


def near(actor: Actor) -> QuerySet[AccountAccess]:
    """By what resellers operate accounts now below and above those of the acting reseller."""
    from .models import AccountAccess

    found = within_subtree(actor, "account__")
    for _pk, tree_id, left, right in _operated(actor):
        found |= Q(account__tree_id=tree_id, account__lft__lt=left, account__rght__gt=right)
    return AccountAccess.objects.operations().filter(found)


def _operated(actor: Actor) -> list[tuple[str, int, int, int]]:
    return [row[1:5] for row in _accesses(actor) if row[0] == "operates"]


def _accesses(actor: Actor) -> list[tuple[str, str, int, int, int, str]]:
    """(kind, account, its tree and range, its distributor) of each current access."""
    if actor.role != RESELLER:
        return []
    if "accesses" not in actor.memo:
        from .models import AccountAccess

        actor.memo["accesses"] = list(
            AccountAccess.objects.current()
            .filter(partner=actor.partner)
            .values_list(
                "kind",
                "account_id",
                "account__tree_id",
                "account__lft",
                "account__rght",
                "account__provider_id",
            )
            .order_by("account_id", "kind")
        )
    accesses: list[tuple[str, str, int, int, int, str]] = actor.memo["accesses"]
    return accesses
