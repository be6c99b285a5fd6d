"""The plainest model of orders, configurations and their requests: dictionaries, no database.

Accounts, products and places stand for themselves by id; a configuration is known by its key
(account, product, tier, place), a request by its key and its number. Values are texts by parameter
name. A step that is refused raises Refused with the exception the services raise;
tests/fulfillment/test_request_model.py does the same with the services and compares.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError

from .naive_births import ASKING, OPEN, Config, Key, Order, Request, Sold
from .naive_orders import Orders
from .questions import Refused, Values, by_answerer

__all__ = ["OPEN", "Config", "Key", "Order", "Request", "Sold", "World"]


class World(Orders):
    # -- what the buying side and the vendor do with requests and orders alike

    def answer(self, request: Request | Order, by: str, sent: Values) -> None:
        """The addressee, or who may stand in for it, gives all that is asked."""
        own = isinstance(request, Request) and request.key[3] == "preview"
        began = " vendor" if own and request.by == "vendor" else ""
        self.check(request, by, "contact distributor operator admin" + began, "inquiring")
        offer, scope, known = self.seen(request)
        taken, _form = offer.take(scope, known, sent, by_answerer)
        if offer.lacks(scope, {**known, **taken}):
            raise Refused(ValidationError)
        request.values = {**request.values, **taken}
        request.state = "pending"

    def inquire(self, request: Request | Order, by: str) -> None:
        self.check(request, by, "vendor admin", "pending")
        if isinstance(request, Order) and request.kind not in ASKING:
            raise Refused(ValidationError)
        request.state = "inquiring"

    def pend(self, request: Request | Order, by: str) -> None:
        self.check(request, by, "vendor distributor admin", "inquiring")
        request.state = "pending"

    def fill(self, request: Request | Order, by: str, filled: Values) -> None:
        """The vendor stores values without deciding yet."""
        self.check(request, by, "vendor admin", "pending", "inquiring")
        self.take_filled(request, filled)

    # -- configuration requests, decided

    def approve(self, request: Request, by: str, filled: Values) -> None:
        config = self.configs[request.key]
        self.check(request, by, "vendor admin", "pending")
        self.take_filled(request, filled)
        config.values = self.complete(request)
        request.state, config.configured = "approved", True
        for other in self.everything():
            if other.state == "tiers_setup" and other.parent == request.key:
                self.judge(other)
        for order in self.orders:
            if order.state == "tiers_setup" and request.key in order.needs:
                self.judge(order)

    def fail(self, request: Request, by: str) -> None:
        self.check(request, by, "vendor distributor admin", "pending", "inquiring")
        self.end(request)

    def end(self, request: Request) -> None:
        """It comes to nothing, and with a setup what waits for it."""
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
                self.end_order(order)

    def expire(self, request: Request) -> None:
        """It stays too long, where that is anything."""
        if request.state == "draft":
            self.discard(request, request.by)
        elif request.state in ("pending", "inquiring"):
            self.end(request)
