"""The plainest model of orders, configurations and their requests: dictionaries, no database.

Accounts, products and places stand for themselves by id; a configuration is known by its key
(account, product, tier, place), a request by its key and its number. Values are texts by parameter
name. A step that is refused raises Refused with the exception the services raise;
tests/fulfillment/test_request_model.py does the same with the services and compares.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError

from customers.lifecycle import StaleState

from .questions import (
    Offer,
    Refused,
    Values,
    by_answerer,
    by_anybody,
    by_buyer,
    by_changer,
    by_vendor,
)

Key = tuple[str, str, int, str]
OPEN = ("draft", "tiers_setup", "inquiring", "pending")


@dataclass(eq=False)
class Request:
    key: Key
    kind: str
    state: str
    values: Values
    parent: Key | None = None


@dataclass
class Config:
    values: Values = field(default_factory=dict)
    configured: bool = False
    requests: list[Request] = field(default_factory=list)

    @property
    def open(self) -> Request | None:
        return next((each for each in self.requests if each.state in OPEN), None)

    @property
    def state(self) -> str:
        if self.open and self.open.state == "draft" and not self.configured:
            return "draft"
        return "active" if self.configured and self.open is None else "processing"


@dataclass(eq=False)
class Order:
    product: str
    customer: str
    needs: list[Key]
    values: Values
    state: str = ""

    @property
    def subscription(self) -> str:
        return {"approved": "active", "failed": "terminated"}.get(self.state, "processing")


@dataclass
class World:
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
        for order in self.orders:
            if order.state != "failed":
                held += self.claims(order.product, "asset", order.values, None)
        if len(held) != len(set(held)):
            raise Refused(ValidationError)

    def claims(
        self, product: str, scope: str, values: Values, request: Request | None
    ) -> set[tuple[str, str, str]]:
        both = [values, request.values if request else {}]
        names = {each.name for each in self.offers[product].of(scope) if each.unique}
        return {(product, name, each[name]) for each in both for name in names if each.get(name)}

    def everything(self) -> list[Request]:
        return [each for config in self.configs.values() for each in config.requests]

    def seen(self, request: Request | Order) -> tuple[Offer, str, Values]:
        """Its product, scope, and the values that would be in force."""
        if isinstance(request, Order):
            return self.offers[request.product], "asset", dict(request.values)
        known = {**self.configs[request.key].values, **request.values}
        return self.offers[request.key[1]], f"tier{request.key[2]}", known

    def check(self, thing: Request | Order, by: str, allowed: str, *states: str) -> None:
        if by not in allowed.split():
            raise Refused(PermissionDenied)
        if thing.state not in states:
            raise Refused(StaleState)

    # -- births

    def place(self, product: str, customer: str, place: str, sent: dict[str, Values]) -> Order:
        offer, tier1 = self.offers[product], self.parents[customer]
        if not offer.on_sale or tier1 is None:
            raise Refused(ValidationError)
        chain = {2: self.parents[tier1], 1: tier1}
        needs: list[Key] = [
            (account, product, tier, place)
            for tier, account in chain.items()
            if account and offer.level >= tier and offer.of(f"tier{tier}")
        ]
        scopes = {f"tier{key[2]}" for key in needs} | {"asset"}
        if any(any(values.values()) for scope, values in sent.items() if scope not in scopes):
            raise Refused(ValidationError)
        values, _form = offer.take("asset", {}, sent.get("asset", {}), by_buyer)
        for key in needs:
            above = needs[0] if key[2] == 1 and len(needs) == 2 else None
            self.ensure(key, above, sent.get(f"tier{key[2]}", {}))
        order = Order(product, customer, needs, values)
        self.judge(order)
        self.orders.append(order)
        return order

    def ensure(self, key: Key, parent: Key | None, sent: Values) -> None:
        config = self.configs.setdefault(key, Config())
        if config.configured or config.open:
            if any(sent.values()):
                raise Refused(ValidationError)
            return
        values, _form = self.offers[key[1]].take(f"tier{key[2]}", {}, sent, by_buyer)
        self.bear(key, "setup", values, parent)

    def bear(self, key: Key, kind: str, values: Values, parent: Key | None = None) -> Request:
        request = Request(key, kind, "", values, parent)
        self.judge(request)
        self.configs[key].requests.append(request)
        return request

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
        request.state = "inquiring" if offer.lacks(scope, known) else "pending"

    def change(self, key: Key, by: str, sent: Values) -> Request:
        """An update is requested; only what differs travels."""
        if by not in ("vendor", "distributor", "operator", "admin"):
            raise Refused(PermissionDenied)
        config, offer, scope = self.configs[key], self.offers[key[1]], f"tier{key[2]}"
        if config.state != "active":
            raise Refused(ValidationError)
        vendor = by in ("vendor", "admin")
        offered = by_anybody if vendor else by_answerer if by == "distributor" else by_changer
        taken, form = offer.take(scope, config.values, sent, offered, vendor=vendor)
        after = {**config.values, **taken}
        if any(each.required and not after.get(each.name) for each in form):
            raise Refused(ValidationError)
        differs = {
            name: text for name, text in taken.items() if text != config.values.get(name, "")
        }
        if not differs:
            raise Refused(ValidationError)
        return self.bear(key, "update", differs)

    # -- what the buying side and the vendor do with requests and orders alike

    def answer(self, request: Request | Order, by: str, sent: Values) -> None:
        """The addressee, or who may stand in for it, gives all that is asked."""
        self.check(request, by, "contact distributor operator admin", "inquiring")
        offer, scope, known = self.seen(request)
        taken, _form = offer.take(scope, known, sent, by_answerer)
        if offer.lacks(scope, {**known, **taken}):
            raise Refused(ValidationError)
        request.values = {**request.values, **taken}
        request.state = "pending"

    def inquire(self, request: Request | Order, by: str) -> None:
        self.check(request, by, "vendor admin", "pending")
        request.state = "inquiring"

    def pend(self, request: Request | Order, by: str) -> None:
        self.check(request, by, "vendor distributor admin", "inquiring")
        request.state = "pending"

    def fill(self, request: Request | Order, by: str, filled: Values) -> None:
        """The vendor stores values without deciding yet."""
        self.check(request, by, "vendor admin", "pending", "inquiring")
        offer, scope, known = self.seen(request)
        taken, _form = offer.take(scope, known, filled, by_vendor, vendor=True)
        request.values = {**request.values, **taken}

    def settle(self, request: Request | Order, by: str, filled: Values) -> Values:
        """The values in force after an approval with what the vendor fills in."""
        self.check(request, by, "vendor admin", "pending")
        self.fill(request, by, filled)
        offer, scope, known = self.seen(request)
        if any(
            each.required and not known.get(name) for name, each in offer.now(scope, known).items()
        ):
            raise Refused(ValidationError)
        request.state = "approved"
        return {name: text for name, text in known.items() if text}

    # -- configuration requests, decided

    def approve(self, request: Request, by: str, filled: Values) -> None:
        config = self.configs[request.key]
        config.values = self.settle(request, by, filled)
        config.configured = True
        for other in self.everything():
            if other.state == "tiers_setup" and other.parent == request.key:
                self.judge(other)
        for order in self.orders:
            if order.state == "tiers_setup" and request.key in order.needs:
                self.judge(order)

    def fail(self, request: Request, by: str) -> None:
        self.check(request, by, "vendor distributor admin", "pending", "inquiring")
        request.state = "failed"
        if self.configs[request.key].configured:
            return
        lost = {request.key}
        for other in self.everything():
            if other.state == "tiers_setup" and other.parent == request.key:
                other.state = "failed"
                lost.add(other.key)
        for order in self.orders:
            if order.state == "tiers_setup" and lost & set(order.needs):
                order.state = "failed"

    # -- orders, decided

    def fulfil(self, order: Order, by: str, filled: Values) -> None:
        order.values = self.settle(order, by, filled)

    def reject(self, order: Order, by: str) -> None:
        self.check(order, by, "vendor admin", "pending", "inquiring")
        order.state = "failed"

    def withdraw(self, order: Order, by: str) -> None:
        self.check(order, by, "distributor operator admin", "tiers_setup", "inquiring")
        order.state = "failed"
