"""The naive model's configurations, requests and orders, and how they begin."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError

from customers.lifecycle import StaleState

from .questions import (
    Offer,
    Question,
    Refused,
    Values,
    by_answerer,
    by_anybody,
    by_buyer,
    by_changer,
)

Key = tuple[str, str, int, str]
OPEN = ("draft", "tiers_setup", "inquiring", "pending", "scheduled", "revoking")
#: Orders in which the buying side is asked for values.
ASKING = ("purchase", "change")
#: What each side may change of values in force.
OFFERED = {
    "vendor": by_anybody,
    "admin": by_anybody,
    "distributor": by_answerer,
    "operator": by_changer,
}


@dataclass(eq=False)
class Request:
    key: Key
    kind: str
    state: str
    values: Values
    parent: Key | None = None
    #: Who began it, and submits it while it is a draft.
    by: str = "distributor"


@dataclass
class Config:
    values: Values = field(default_factory=dict)
    configured: bool = False
    draft: bool = False
    requests: list[Request] = field(default_factory=list)

    @property
    def open(self) -> Request | None:
        return next((each for each in self.requests if each.state in OPEN), None)

    @property
    def state(self) -> str:
        if self.draft:
            return "draft"
        busy = self.open is not None and self.open.state != "draft"
        return "active" if self.configured and not busy else "processing"


@dataclass(eq=False)
class Sold:
    """A subscription; of its one item it has `quantity`."""

    product: str
    customer: str
    place: str
    state: str = "draft"
    values: Values = field(default_factory=dict)
    quantity: int = 0


@dataclass(eq=False)
class Order:
    """`tiers` are the values a draft has for tiers, `before` what the subscription was before."""

    sold: Sold
    kind: str
    values: Values
    by: str
    state: str = "draft"
    quantity: int = 1
    needs: list[Key] = field(default_factory=list)
    tiers: dict[str, Values] = field(default_factory=dict)
    before: str = ""
    automatic: bool = False
    due: bool = False


@dataclass
class Births:
    """How everything that waits for somebody comes into the world."""

    parents: dict[str, str | None]
    offers: dict[str, Offer]
    configs: dict[Key, Config] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)

    @contextmanager
    def tried(self) -> Iterator[None]:
        """What is refused leaves nothing behind."""
        before = copy.deepcopy((self.configs, self.orders))
        try:
            yield
            self.check_unique()
        except Refused:
            self.configs, self.orders = before
            raise

    def check_unique(self) -> None:
        """No value of a unique parameter in two configurations or subscriptions, decided or not."""
        held: list[tuple[str, str, str]] = []
        for key, config in self.configs.items():
            held += self.claims(key[1], f"tier{key[2]}", config.values, config.open)
        for sold in {order.sold: None for order in self.orders}:
            if sold.state not in ("terminated", "discarded"):
                held += self.claims(sold.product, "asset", sold.values, self.open_order(sold))
        if len(held) != len(set(held)):
            raise Refused(ValidationError)

    def open_order(self, sold: Sold) -> Order | None:
        open_ones = (each for each in self.orders if each.sold is sold and each.state in OPEN)
        return next(open_ones, None)

    def claims(
        self, product: str, scope: str, values: Values, request: Request | Order | None
    ) -> set[tuple[str, str, str]]:
        both = [values, request.values if request else {}]
        names = {each.name for each in self.offers[product].of(scope) if each.unique}
        return {(product, name, each[name]) for each in both for name in names if each.get(name)}

    def everything(self) -> list[Request]:
        return [each for config in self.configs.values() for each in config.requests]

    def seen(self, request: Request | Order) -> tuple[Offer, str, Values]:
        """Its product, scope, and the values that would be in force."""
        if isinstance(request, Order):
            known = {**request.sold.values, **request.values}
            return self.offers[request.sold.product], "asset", known
        known = {**self.configs[request.key].values, **request.values}
        return self.offers[request.key[1]], f"tier{request.key[2]}", known

    def check(self, thing: Request | Order, by: str, allowed: str, *states: str) -> None:
        if by not in allowed.split():
            raise Refused(PermissionDenied)
        if thing.state not in states:
            raise Refused(StaleState)

    # -- births

    def needs(self, product: str, chain: tuple[str | None, str | None], place: str) -> list[Key]:
        """Keys of what (tier 2, tier 1) must have, tier 2 first."""
        offer = self.offers[product]
        return [
            (account, product, tier, place)
            for tier, account in zip((2, 1), chain, strict=True)
            if account and offer.level >= tier and offer.of(f"tier{tier}")
        ]

    def ensure(
        self, key: Key, parent: Key | None, sent: Values, *, by: str = "distributor"
    ) -> None:
        """What an order does for each configuration it needs."""
        config = self.configs.setdefault(key, Config())
        if config.configured or config.open:
            if any(sent.values()):
                raise Refused(ValidationError)
            if config.open and config.open.state == "draft" and not config.configured:
                self.submit(config.open, parent)
            return
        values, _form = self.offers[key[1]].take(f"tier{key[2]}", {}, sent, by_buyer)
        self.bear(key, "setup", values, parent, by=by)

    def submit(self, request: Request, parent: Key | None) -> None:
        request.parent = parent
        self.configs[request.key].draft = False
        self.judge(request)

    def begin(self, key: Key, by: str, sent: Values) -> None:
        """A setup without an order."""
        if by not in ("distributor", "operator", "admin"):
            raise Refused(PermissionDenied)
        account, product, tier, place = key
        offer, config = self.offers[product], self.configs.get(key)
        if not self.opens(key) or (config and (config.configured or config.open)):
            raise Refused(ValidationError)
        parent = None
        for above in self.needs(product, (self.parents[account], None), place):
            if tier == 1 and not offer.validates_setups:
                self.ensure(above, None, {}, by=by)
                parent = above
        if config is None:
            config = self.configs[key] = Config(draft=offer.validates_setups)
        values, _form = offer.take(f"tier{tier}", {}, sent, by_buyer)
        self.bear(key, "setup", values, parent, by=by, draft=offer.validates_setups)

    def opens(self, key: Key) -> bool:
        """Whether a setup of it may be begun by hand."""
        _account, product, tier, _place = key
        offer = self.offers[product]
        return offer.on_sale and offer.level >= tier and bool(offer.of(f"tier{tier}"))

    def bear(
        self,
        key: Key,
        kind: str,
        values: Values,
        parent: Key | None = None,
        *,
        by: str = "distributor",
        draft: bool = False,
    ) -> None:
        request = Request(key, kind, "draft", values, parent, by)
        if not draft:
            self.judge(request)
        self.configs[key].requests.append(request)

    def judge(self, request: Request | Order) -> None:
        """Where something new or parked stands now."""
        if isinstance(request, Order):
            above = request.needs
        else:
            above = [request.parent] if request.parent else []
        if not all(self.configs[key].configured for key in above):
            request.state = "tiers_setup"
            return
        offer, scope, known = self.seen(request)
        asks = not isinstance(request, Order) or request.kind in ASKING
        request.state = "inquiring" if asks and offer.lacks(scope, known) else "pending"

    def change(self, key: Key, by: str, sent: Values) -> None:
        """An update is requested; only what differs travels."""
        if by not in ("vendor", "distributor", "operator", "admin"):
            raise Refused(PermissionDenied)
        draft = self.offers[key[1]].validates_updates and by != "vendor"
        self.bear(key, "update", self.differences(key, by, sent), by=by, draft=draft)

    def adjust(self, key: Key, by: str, sent: Values, *, apply: bool) -> None:
        """The vendor corrects what is in force, and may approve that at once."""
        if by not in ("vendor", "admin"):
            raise Refused(PermissionDenied)
        self.bear(key, "adjustment", self.differences(key, by, sent), by=by)
        if apply:
            self.approve(self.configs[key].requests[-1], by, {})

    def differences(self, key: Key, by: str, sent: Values) -> Values:
        config, offer, scope = self.configs[key], self.offers[key[1]], f"tier{key[2]}"
        if config.state != "active" or config.open:
            raise Refused(ValidationError)
        vendor = by in ("vendor", "admin")
        taken, form = offer.take(scope, config.values, sent, OFFERED[by], vendor=vendor)
        after = {**config.values, **taken}
        if any(each.required and not after.get(each.name) for each in form):
            raise Refused(ValidationError)
        differs = {
            name: text for name, text in taken.items() if text != config.values.get(name, "")
        }
        if not differs:
            raise Refused(ValidationError)
        return differs

    # -- drafts

    def save(self, request: Request, by: str, sent: Values) -> None:
        self.check(request, by, f"{request.by} admin", "draft")
        offer, scope, known = self.seen(request)
        force = self.configs[request.key].values

        def offered(question: Question, _known: Values) -> bool:
            if request.kind == "setup":
                return by_answerer(question, known)
            return OFFERED[by](question, force)

        taken, _form = offer.take(scope, known, sent, offered)
        values = {**request.values, **taken}
        request.values = {n: text for n, text in values.items() if text != force.get(n, "")}

    def hand_over(self, request: Request, by: str) -> None:
        self.check(request, by, f"{request.by} admin", "draft")
        config, parent = self.configs[request.key], None
        account, product, tier, place = request.key
        if request.kind == "setup" and not self.opens(request.key):
            raise Refused(ValidationError)
        if tier == 1 and not config.configured:
            for above in self.needs(product, (self.parents[account], None), place):
                self.ensure(above, None, {}, by=by)
                parent = above
        if request.kind == "update":
            offer, scope, known = self.seen(request)
            form = [q for q in offer.now(scope, known).values() if OFFERED[by](q, config.values)]
            same = {n: text for n, text in known.items() if text} == config.values
            if same or any(each.required and not known.get(each.name) for each in form):
                raise Refused(ValidationError)
        self.submit(request, parent)

    def discard(self, request: Request, by: str) -> None:
        self.check(request, by, f"{request.by} admin", "draft")
        request.state = "discarded"
        if self.configs[request.key].draft:
            del self.configs[request.key]
