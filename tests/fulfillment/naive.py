"""The plainest model of orders, configurations and their requests: dictionaries, no database.

Accounts, products and places stand for themselves by id; a configuration is known by its key
(account, product, tier, place), a request by its key and its number. Values are texts by parameter
name. A step that is refused raises Refused with the exception the services raise;
tests/fulfillment/test_request_model.py does the same with the services and compares.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError

from .naive_births import OPEN, Births, Config, Key, Order, Request
from .questions import Refused, Values, by_answerer

__all__ = ["OPEN", "Config", "Key", "Order", "Request", "World"]


class World(Births):
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
        if set(filled) - {q.name for q in offer.now(scope, known).values() if q.for_vendor}:
            raise Refused(ValidationError)
        request.values = {**request.values, **filled}

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
