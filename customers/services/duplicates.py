"""Accounts that are probably the same company: an equal tax id, e-mail domain or name.

Compared are the keys of customers.matching within one distributor's accounts in use. Preview
accounts are invented, so they resemble nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from .. import actors, matching
from ..actors import Actor
from ..models import Partner, TierAccount
from .account_rules import PREVIEW

#: Accounts named at most, the surest ones first.
SHOWN = 5
#: The surest first: keys as columns of TierAccount.
KEYS = ("tax_key", "name_key", "email_domain")


@dataclass(frozen=True)
class Match:
    """An account that the actor sees, and which of KEYS are equal."""

    account: TierAccount
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Similar:
    """What an actor may be told.

    `more`: there are others that it sees. `elsewhere`: the distributor has others that it does
    not see; always False where the distributor does not tell, and then nothing was looked up.
    """

    matches: list[Match] = field(default_factory=list)
    more: bool = False
    elsewhere: bool = False

    def __bool__(self) -> bool:
        return bool(self.matches) or self.elsewhere


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """The non-empty keys that are new in `after`; both have the sources of the keys."""
    old = matching.keys(before) if before else {}
    new = matching.keys(after)
    return {name: key for name, key in new.items() if key and key != old.get(name)}


def similar(
    actor: Actor, provider: Partner, keys: Mapping[str, str], but: TierAccount | None = None
) -> Similar:
    """Accounts of `provider` with one of these non-empty keys, as far as the actor may know.

    `but` is the account the keys are of. A constant number of queries. A vendor is told nothing.
    """
    if not keys or actor.role == actors.VENDOR or (but and but.environment == PREVIEW):
        return Similar()
    seen = TierAccount.objects.visible_to(actor)
    found: dict[str, TierAccount] = {}
    for rows in _rows(seen, provider, keys, but):
        fresh = rows.order_by("created_at", "pk")[: SHOWN + 1]
        found |= {row.pk: row for row in fresh if row.pk not in found}
    matches = [
        Match(row, tuple(key for key in KEYS if keys.get(key) and getattr(row, key) == keys[key]))
        for row in found.values()
    ]
    matches.sort(key=lambda match: [name not in match.keys for name in KEYS])
    elsewhere = (
        actor.role == actors.RESELLER
        and provider.tells_known
        and any(
            rows.exclude(pk__in=seen.order_by().values("pk")).exists()
            for rows in _rows(TierAccount._base_manager.all(), provider, keys, but)
        )
    )
    return Similar(matches[:SHOWN], len(matches) > SHOWN, elsewhere)


def _rows(
    rows: Any, provider: Partner, keys: Mapping[str, str], but: TierAccount | None
) -> Iterator[Any]:
    """The accounts with each of the keys, the surest key first."""
    compared = _compared(rows, provider)
    if but is not None:
        compared = compared.exclude(pk=but.pk)
    for name in KEYS:
        if keys.get(name):
            yield compared.filter(_not_empty(name), **{name: keys[name]})


def _compared(rows: Any, provider: Partner) -> Any:
    return rows.filter(provider=provider, decommissioned_at=None).exclude(environment=PREVIEW)


def _not_empty(name: str) -> Q:
    """As the index says it; SQLite uses a partial index only then."""
    return ~Q(**{name: ""})
