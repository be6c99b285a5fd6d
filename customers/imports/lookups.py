"""What the plan must know of existing accounts, read for many rows at once.

`Lookups` sees the accounts of one distributor, and of these, when a reseller imports, only those
in its subtree: anything else is unknown, exactly like what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from .. import actors
from ..actors import Actor
from ..bulk import among
from ..models import AccountAccess, Hub, Participation, Partner, TierAccount
from ..visibility import within_subtree

#: Values in one IN list.
PART = 2_000
KEYS = ("id", "external_id", "external_uid")


def parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Sorted lists of at most PART of the distinct values."""
    distinct = sorted(set(values))
    for start in range(0, len(distinct), PART):
        yield distinct[start : start + PART]


@dataclass(frozen=True, slots=True)
class Known:
    """As much of an account as its children and namesakes ask for."""

    id: str
    type: str
    name: str
    parent_id: str | None
    hub_id: str | None
    environment: str
    external_id: str
    external_uid: str
    gone: bool
    mine: bool


class Lookups:
    """Reads by need and keeps what it read, so that no value is asked for twice."""

    def __init__(self, provider: Partner, actor: Actor) -> None:
        self.provider = provider
        self.actor = actor
        self.hubs: dict[str, Hub] = {hub.pk: hub for hub in Hub.objects.filter(provider=provider)}
        self._by: dict[str, dict[str, tuple[Known, ...]]] = {key: {} for key in KEYS}

    def all(self) -> QuerySet[TierAccount]:
        return TierAccount._base_manager.filter(provider=self.provider)

    def mine(self) -> QuerySet[TierAccount]:
        """The accounts the actor may write."""
        rows = self.all()
        if self.actor.role == actors.RESELLER:
            return rows.filter(within_subtree(self.actor))
        return rows

    def read(self, key: str, values: Iterable[str]) -> None:
        """Make `find(key, …)` know these values."""
        found = self._by[key]
        column = "pk" if key == "id" else key
        limited = self.actor.role == actors.RESELLER
        for part in parts(value for value in values if value and value not in found):
            found.update(dict.fromkeys(part, ()))
            wanted = among(column, part)
            own = set(self.mine().filter(wanted).values_list("pk", flat=True)) if limited else None
            for row in self.all().filter(wanted).values_list(*_COLUMNS):
                known = _known(row, own is None or row[0] in own)
                value = getattr(known, key)
                found[value] = (*found[value], known)
                if key != "id":
                    self._by["id"].setdefault(known.id, (known,))

    def find(self, key: str, value: str) -> list[Known]:
        """Accounts within reach of the actor whose `key` is `value`; read before."""
        return [known for known in self._by[key].get(value, ()) if known.mine]

    def there(self, pk: str) -> Known:
        """An account that something hangs below, within reach or not; read before."""
        return self._by["id"][pk][0]

    def takers(self, key: str, value: str, hub_id: str | None) -> list[str]:
        """Ids of all the distributor's accounts that have an external id on this hub."""
        return [known.id for known in self._by[key].get(value, ()) if known.hub_id == hub_id]

    def accounts(self, pks: Iterable[str]) -> dict[str, TierAccount]:
        """Whole accounts within reach of the actor."""
        found: dict[str, TierAccount] = {}
        for part in parts(pks):
            for account in self.mine().filter(among("pk", part)).select_related("parent", "hub"):
                found[account.pk] = account
        return found

    def ancestors(self, pks: Iterable[str], into: dict[str, str | None]) -> None:
        """Add id -> parent id of these accounts and everything above them."""
        wanted = {pk for pk in pks if pk not in into}
        while wanted:
            above: set[str] = set()
            for part in parts(wanted):
                rows = self.all().filter(among("pk", part)).values_list("pk", "parent_id")
                into.update(rows)
                above |= {parent for _pk, parent in rows if parent}
            into.update((pk, None) for pk in wanted if pk not in into)
            wanted = {pk for pk in above if pk not in into}


def children(pks: Iterable[str]) -> dict[str, set[str]]:
    """Account -> the accounts directly below it; only those that have any."""
    found: dict[str, set[str]] = {}
    for part in parts(pks):
        rows = TierAccount._base_manager.filter(among("parent_id", part)).values_list(
            "parent_id", "pk"
        )
        for parent, pk in rows:
            found.setdefault(parent, set()).add(pk)
    return found


def tiers(pks: Iterable[str]) -> dict[str, int]:
    """Account -> in how much it takes part as tier 1 or tier 2; only those that do."""
    found: dict[str, int] = {}
    for part in parts(pks):
        taking = Participation.objects.filter(among("account_id", part), tier__gt=0, live=True)
        grouped = taking.order_by().values_list("account_id")
        found.update(grouped.annotate(Count("source", distinct=True)))
    return found


def operated(pks: Iterable[str]) -> set[str]:
    """Those of the accounts that a partner operates."""
    found: set[str] = set()
    for part in parts(pks):
        rows = AccountAccess.objects.operations().filter(among("account_id", part))
        found.update(rows.values_list("account_id", flat=True))
    return found


_COLUMNS = (
    "pk",
    "type",
    "name",
    "parent_id",
    "hub_id",
    "environment",
    "external_id",
    "external_uid",
    "decommissioned_at",
)


def _known(row: tuple[Any, ...], mine: bool) -> Known:
    pk, kind, name, parent, hub, environment, *rest = row
    external_id, external_uid, gone = rest
    known = (pk, kind, name, parent, hub, environment, external_id or "", external_uid or "")
    return Known(*known, gone=gone is not None, mine=mine)
