"""What subscriptions show, by themselves and within requests, read together for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from customers.actors import Actor
from fulfillment.models import Subscription
from tierconfig import parameters
from tierconfig.models import Parameter

from ..shaping import NO_CONTRACT, NO_MARKETPLACE, Branches, named, stamp
from ..shared.accounts import Readable
from ..shared.connections import connection_shape
from ..shared.params import Params, Presentation, constants_of
from ..shared.products import Products

#: Read once for all, and each row of them once, however many subscriptions share it.
SHARED = (
    "product__category",
    "vendor",
    "provider",
    "connection__hub",
    "marketplace",
    "customer",
    "tier1",
    "tier2",
)


class Assets:
    """The common part of some subscriptions that the actor sees, in a constant number of queries.

    `path` is where they stand in the object that select() speaks of: "asset." or "".
    """

    def __init__(
        self, subscriptions: Sequence[Subscription], actor: Actor, branches: Branches, path: str
    ) -> None:
        self.actor = actor
        self.has_items = branches.wants(f"{path}items")
        self.has_params = branches.wants(f"{path}params")
        wants_tiers = branches.wants(f"{path}tiers")
        prefetch_related_objects(subscriptions, *(SHARED if wants_tiers else SHARED[:5]))
        if self.has_items:
            prefetch_related_objects(subscriptions, "items__item")
        own = {each.product_id: each.product for each in subscriptions}
        self.products = Products(own.values())
        self.values = Params(actor, ((pk, Parameter.Scope.ASSET) for pk in own if self.has_params))
        wants_constants = branches.wants(f"{path}configuration")
        self.constants = constants_of(own, actor) if wants_constants else {}
        self.readable = Readable(
            actor,
            (
                account
                for each in subscriptions
                if wants_tiers
                for account in (each.customer, each.tier1, each.tier2)
            ),
        )
        self.wants_tiers = wants_tiers
        self.connections: dict[Any, dict[str, Any]] = {}
        self.accounts: dict[str | None, dict[str, Any]] = {None: {}}

    def one(self, subscription: Subscription) -> dict[str, Any]:
        """All but its items and values; what select() leaves out may be empty."""
        market = named(subscription.marketplace, NO_MARKETPLACE)
        return {
            "id": subscription.pk,
            "status": subscription.state,
            "external_id": subscription.external_id or "",
            "external_uid": subscription.external_uid or "",
            "product": self.products.ref(subscription.product_id),
            "connection": self._connection(subscription),
            "events": {
                "created": {"at": stamp(subscription.created_at)},
                "updated": {"at": stamp(subscription.updated_at)},
            },
            "tiers": self._tiers(subscription) if self.wants_tiers else {},
            "marketplace": market,
            "contract": {**NO_CONTRACT},
            "configuration": {"params": self.constants.get(subscription.product_id, [])},
        }

    def params(
        self,
        subscription: Subscription,
        values: parameters.Values,
        presentation: Presentation | None = None,
    ) -> list[dict[str, Any]]:
        """What the actor reads of `values`."""
        if not self.has_params:
            return []
        scope = (subscription.product_id, Parameter.Scope.ASSET)
        return self.values.of(scope, values, presentation)

    def _connection(self, subscription: Subscription) -> dict[str, Any]:
        key = (subscription.connection_id, subscription.vendor_id, subscription.provider_id)
        if key not in self.connections:
            self.connections[key] = connection_shape(
                subscription.connection, subscription.vendor, subscription.provider, self.actor
            )
        return self.connections[key]

    def _tiers(self, subscription: Subscription) -> dict[str, Any]:
        return {
            "customer": self._account(subscription.customer),
            "tier1": self._account(subscription.tier1),
            "tier2": self._account(subscription.tier2),
        }

    def _account(self, account: Any) -> dict[str, Any]:
        pk = account and account.pk
        if pk not in self.accounts:
            self.accounts[pk] = self.readable.snapshot(account) or {}
        return self.accounts[pk]
