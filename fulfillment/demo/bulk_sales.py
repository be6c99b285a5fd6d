"""Bulk configurations, their requests, subscriptions and orders, in a realistic mix of states."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from customers import identifiers
from customers.models import Connection, Hub, Marketplace, Partner, Product
from tierconfig.models import TierConfig

from ..models import Item, Subscription
from .bulk_accounts import Planted
from .forest import Node

DAY = 86_400


@dataclass(frozen=True)
class Offer:
    """A product as the bulk data need it."""

    product: Product
    item: Item
    connection: Connection
    #: Tier -> name of a parameter that is asked there.
    asked: dict[int, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Side:
    """Who trades with whom; `offers` belong to the vendor and are sold by the distributor."""

    vendor: Partner
    distributor: Partner
    hub: Hub
    market: Marketplace
    offers: list[Offer]


@dataclass(slots=True)
class Work:
    """A request: kind, state, when it was born and when it came to its state."""

    kind: str
    state: str
    born: datetime
    since: datetime


@dataclass(slots=True, eq=False)
class Config:
    """A configuration and its requests, oldest first."""

    account: Node
    offer: Offer
    level: int
    parent: Config | None
    pk: str = ""
    works: list[Work] = field(default_factory=list)

    @property
    def configured(self) -> bool:
        return self.works[0].state == "approved"

    @property
    def open(self) -> bool:
        return self.works[-1].state not in ("approved", "failed")

    @property
    def state(self) -> str:
        return "active" if self.configured and not self.open else "processing"


@dataclass(slots=True, eq=False)
class Sale:
    """A subscription with its purchase."""

    customer: Node
    offer: Offer
    required: list[Config]
    work: Work
    pk: str = ""

    @property
    def state(self) -> str:
        return {"approved": "active", "failed": "terminated"}.get(self.work.state, "processing")

    @property
    def tiers(self) -> list[Node]:
        """Customer, tier 1 and, if there is one, tier 2."""
        chain = [self.customer, self.customer.parent, self.customer.parent.parent]  # type: ignore[union-attr]
        return [node for node in chain if node is not None]


@dataclass
class Sales:
    side: Side
    configs: list[Config]
    sales: list[Sale]


def plan(side: Side, planted: Planted, count: int, rng: random.Random, now: datetime) -> Sales:
    """`count` orders, and as many configuration requests as long as there are configurations."""
    planner = _Planner(rng, now)
    customers = planted.customers
    sales = []
    for turn in range(count):
        customer = customers[turn % len(customers)]
        offer = side.offers[(turn + turn // len(customers)) % len(side.offers)]
        sales.append(planner.sell(customer, offer))
    configs = list(planner.configs.values())
    planner.change(configs, count - len(configs))
    for config, pk in zip(
        configs, identifiers.free_ids(TierConfig, "TC", len(configs)), strict=True
    ):
        config.pk = pk
    for sale, pk in zip(sales, identifiers.free_ids(Subscription, "AS", count), strict=True):
        sale.pk = pk
    return Sales(side, configs, sales)


class _Planner:
    def __init__(self, rng: random.Random, now: datetime) -> None:
        self.rng = rng
        self.now = now
        self.configs: dict[tuple[str, str, int], Config] = {}

    def sell(self, customer: Node, offer: Offer) -> Sale:
        tier1 = customer.parent
        assert tier1 is not None
        required = []
        if offer.product.authorization_level > 1 and tier1.parent is not None:
            required.append(self._config(tier1.parent, offer, 2, None))
        if offer.product.authorization_level > 0:
            above = required[0] if required else None
            required.append(self._config(tier1, offer, 1, above))
        if all(config.configured for config in required):
            states = ("approved", "pending", "inquiring", "failed")
            state = self.rng.choices(states, (86, 7, 2, 5))[0]
        elif any(not config.configured and not config.open for config in required):
            state = "failed"
        else:
            state = "tiers_setup"
        return Sale(customer, offer, required, self._work("purchase", state))

    def change(self, configs: list[Config], count: int) -> None:
        """Add `count` requests that change configured configurations."""
        ready = [config for config in configs if config.configured]
        for _number in range(count if ready else 0):
            config = self.rng.choice(ready)
            last = config.works[-1]
            if config.open:
                quick = min(timedelta(hours=30), (self.now - last.born) * 0.5)
                last.state, last.since = "approved", last.born + quick
            states = ("approved", "pending", "inquiring", "failed")
            work = self._work("update", self.rng.choices(states, (60, 25, 9, 6))[0])
            if work.born <= last.born:
                work.born = last.since + (self.now - last.since) * self.rng.uniform(0.05, 0.5)
                work.since = work.born + (self.now - work.born) * 0.1
            config.works.append(work)

    def _config(self, account: Node, offer: Offer, level: int, parent: Config | None) -> Config:
        key = (account.pk, offer.product.pk, level)
        if key not in self.configs:
            self.configs[key] = Config(account, offer, level, parent)
            self.configs[key].works.append(self._work("setup", self._setup_state(parent)))
        return self.configs[key]

    def _setup_state(self, parent: Config | None) -> str:
        if parent is not None and not parent.configured:
            return "tiers_setup" if parent.open else "failed"
        states = ("approved", "pending", "inquiring", "failed")
        return self.rng.choices(states, (94, 3, 2, 1))[0]

    def _work(self, kind: str, state: str) -> Work:
        """Closed work lies anywhere in the last year, open work in the last fortnight."""
        days = 14 if state not in ("approved", "failed") else 360
        born = self.now - timedelta(seconds=self.rng.randrange(3600, days * DAY))
        since = born + (self.now - born) * self.rng.random() * 0.3
        return Work(kind, state, born, since)


def works(sales: Sales) -> Iterator[tuple[Config, int, Work]]:
    """Every configuration request with its ordinal."""
    for config in sales.configs:
        for ordinal, work in enumerate(config.works, start=1):
            yield config, ordinal, work
