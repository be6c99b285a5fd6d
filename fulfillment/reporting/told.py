"""What the reader of a report may be told beyond its own rows (decision 4), page by page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from customers.actors import ADMIN, DISTRIBUTOR, RESELLER, SYSTEM, VENDOR, Actor
from customers.bulk import among
from customers.models import Partner, TierAccount
from customers.services.participation import scopes_of
from tierconfig import parameters
from tierconfig.models import Parameter

from ..models import SubscriptionItem


class Told:
    """Knows the reader, the moment of the report, and what belongs to the present page.

    Ids of accounts are asked for with `look_up` before their cells are made.
    """

    def __init__(self, actor: Actor, at: datetime) -> None:
        self.actor = actor
        self.at = at
        self.scopes: dict[str, list[str]] = {}
        self.periods: dict[str, list[str]] = {}
        self._all = actor.role in (DISTRIBUTOR, ADMIN, SYSTEM)
        self._seen: set[str] = set()
        self._keys: dict[str, Parameter | None] = {}

    def look_up(self, accounts: Iterable[str | None]) -> None:
        """Which of these accounts the reader sees now; forgets those of the page before."""
        wanted = {pk for pk in accounts if pk}
        if self._all or not wanted:
            return
        rows = TierAccount.objects.visible_to(self.actor).filter(among("id", wanted))
        self._seen = set(rows.values_list("pk", flat=True))

    def account_id(self, pk: str | None) -> str | None:
        return pk if self._named(pk) else None

    def account_name(self, pk: str | None, name: str | None) -> str | None:
        return name if self._named(pk) else None

    def of_account(self, pk: str | None, value: Any) -> Any:
        """A value of an account: only of those the reader sees."""
        return value if self._all or pk in self._seen else None

    def _named(self, pk: str | None) -> bool:
        """Resellers are told the names above them, vendors of those they see."""
        return self._all or self.actor.role != VENDOR or pk in self._seen

    def hub(self, value: str | None) -> str | None:
        """Hubs are their distributor's; vendors know those they are connected to."""
        return None if self.actor.role == RESELLER else value

    @property
    def vendor(self) -> Partner | None:
        """A vendor is told its own subscriptions' part of an account's scopes."""
        return self.actor.partner if self.actor.role == VENDOR else None

    def look_up_scopes(self, accounts: list[str]) -> None:
        self.scopes = scopes_of(accounts, self.vendor)

    def look_up_periods(self, subscriptions: list[str]) -> None:
        """The billing periods of what each subscription holds."""
        rows = SubscriptionItem.objects.filter(among("subscription_id", subscriptions))
        self.periods = {}
        for pk, period in (
            rows.filter(quantity__gt=0)
            .order_by("item__period")
            .values_list("subscription_id", "item__period")
            .distinct()
        ):
            self.periods.setdefault(pk, []).append(period)

    def look_up_keys(self, products: Iterable[str]) -> None:
        """The parameter by which each product's vendor knows its subscriptions."""
        new = set(products) - set(self._keys)
        if not new:
            return
        self._keys |= dict.fromkeys(new)
        rows = Parameter.objects.filter(product__in=new, scope=Parameter.Scope.ASSET)
        for each in rows.order_by("-position", "-name"):
            if each.constraints.get("reconciliation"):
                self._keys[each.product_id] = each

    def key_of(self, product: str, values: parameters.Values) -> str:
        """The vendor's own key of a subscription, "" when there is none the reader may read."""
        found = self._keys.get(product)
        if found is None or not parameters.readable([found], values, self.actor.role):
            return ""
        return parameters.display(found, values.get(found.name))
