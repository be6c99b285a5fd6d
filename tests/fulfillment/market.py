"""The market in which random stories happen: a step is predicted by the model, then done."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from customers import identifiers
from customers.models import Product, TierAccount
from customers.services.accounts import move_account
from fulfillment.models import FulfillmentRequest
from fulfillment.services import requests as orders
from fulfillment.services.orders import create_purchase
from fulfillment.services.purchases import Purchase
from tierconfig.models import Parameter, TierConfigRequest

from .naive import Order, Request, World
from .questions import Offer, Refused, Values
from .scene import LETTERS, SCOPES, Scene, constraints, key_of, offer_of, offers, request_row

T = TypeVar("T")
#: How values are typed: what is asked for, all that is open, at random, or none.
STYLES = (*["asked"] * 5, "all", "all", "random", "none")
VENDORS = (*["vendor"] * 9, "admin", "distributor", "viewer", "vendor2")
SIDES = (*["distributor"] * 5, "vendor", "vendor", "operator", "admin", "distributor2")
BUYERS = (*["contact"] * 4, "operator", "operator", "distributor", "vendor", "reseller2")


def typed(
    offer: Offer, scope: str, known: Values, chance: random.Random, *, vendor: bool = False
) -> Values:
    """What somebody types into a form, mostly something sensible."""
    style, own = chance.choice(STYLES), offer.of(scope)
    values: Values = {}
    if style == "random":
        return {q.name: chance.choice([*LETTERS, ""]) for q in own if chance.random() < 0.5}
    for _again in own if style != "none" else ():
        for q in offer.now(scope, {**known, **values}).values():
            wanted = (q.for_vendor if vendor else q.open) and (q.required or style == "all")
            if wanted and not known.get(q.name) and q.name not in values:
                values[q.name] = chance.choice(LETTERS)
    return values


class Market(RuleBasedStateMachine):
    """Steps around orders; those of configurations are in the test itself."""

    scene: Scene
    #: How often each step was carried out.
    done: Counter[str]
    step: str
    chance: random.Random

    def __init__(self) -> None:
        super().__init__()
        self.rest = ExitStack()
        self.rest.enter_context(identifiers.drawn_from(random.Random(7)))
        self.rest.enter_context(transaction.atomic())
        self.rows: list[str] = []

    @initialize(drawn=st.lists(offers, min_size=2, max_size=2))
    def stock(self, drawn: list[dict[str, Any]]) -> None:
        made = [offer_of(each) for each in drawn]
        self.products = {self.scene.offer(each).pk: each for each in made}
        accounts = self.scene.accounts
        self.model = World(
            {pk: each.parent_id for pk, each in accounts.items()}, dict(self.products)
        )

    def does(self, predict: Callable[[], Any], call: Callable[[], Any]) -> Any:
        """What `call` returns, None if it was refused just as the model says."""
        refusal = None
        try:
            with self.model.tried():
                predict()
        except Refused as refused:
            refusal = refused.kind
        try:
            with transaction.atomic():
                found = call()
        except Exception as error:
            if refusal is None or not isinstance(error, refusal):
                raise
            return None
        assert refusal is None, f"carried out, although the model says {refusal.__name__}"
        self.done[self.step] += 1
        return found

    def one_of(self, fitting: list[T], rows: list[T]) -> T:
        """Mostly one that fits, sometimes any."""
        return self.chance.choice(fitting if fitting and self.chance.random() < 0.9 else rows)

    def request(self, *wanted: str) -> tuple[Request, TierConfigRequest]:
        rows = [each for each in self.model.everything() if each.state != "discarded"]
        chosen = self.one_of([each for each in rows if each.state in wanted], rows)
        place = self.model.configs[chosen.key].requests.index(chosen) + 1
        return chosen, request_row(chosen.key, place)

    def order(self, *wanted: str) -> tuple[Order, FulfillmentRequest]:
        rows = self.model.orders
        chosen = self.one_of([each for each in rows if each.state in wanted], rows)
        found = FulfillmentRequest.objects.select_related("subscription__product")
        return chosen, found.get(pk=self.rows[rows.index(chosen)])

    def values(self, request: Request | Order, *, vendor: bool = False) -> Values:
        offer, scope, known = self.model.seen(request)
        return typed(offer, scope, known, self.chance, vendor=vendor)

    # -- what is ordered

    def place(self) -> None:
        chance, pk = self.chance, self.chance.choice(sorted(self.model.offers))
        customer = chance.choice(self.scene.customers)
        place = chance.choice(["live", "live", "live", "preview"])
        sent = {
            scope: typed(self.model.offers[pk], scope, {}, chance)
            for scope in SCOPES
            if chance.random() < (0.7 if scope == "asset" else 0.2)
        }
        product = Product.objects.get(pk=pk)
        purchase = Purchase(
            product=product,
            customer=self.scene.accounts[customer],
            items={product.items.get().pk: 1},
            marketplace=self.scene.market,
            connection=product.connections.get() if place == "live" else None,
            values=sent,
        )
        placed = self.does(
            lambda: self.model.place(pk, customer, place, sent),
            lambda: create_purchase(purchase, actor=self.scene.actor("distributor")),
        )
        if placed:
            self.rows.append(placed.pk)
            needed = {key_of(each) for each in placed.required_configurations.all()}
            assert needed == set(self.model.orders[-1].needs)

    # -- orders

    def reply(self) -> None:
        order, row = self.order("inquiring")
        by, sent = self.chance.choice(BUYERS), self.values(order)
        self.does(
            lambda: self.model.answer(order, by, sent),
            lambda: orders.answer_request(row, actor=self.scene.actor(by, row), values=sent),
        )

    def fulfil(self) -> None:
        order, row = self.order("pending")
        by, filled = self.chance.choice(VENDORS), self.values(order, vendor=True)
        template = row.subscription.product.templates.get(scope="asset")
        self.does(
            lambda: self.model.fulfil(order, by, filled),
            lambda: orders.approve_request(
                row, actor=self.scene.actor(by), template=template, values=filled
            ),
        )

    def ask_buyer(self) -> None:
        order, row = self.order("pending")
        by, text = self.chance.choice(VENDORS), "Is that so?"
        self.does(
            lambda: self.model.inquire(order, by),
            lambda: orders.inquire_request(
                row, actor=self.scene.actor(by), errors={}, message=text
            ),
        )

    def pend_order(self) -> None:
        order, row = self.order("inquiring")
        by = self.chance.choice(SIDES)
        self.does(
            lambda: self.model.pend(order, by),
            lambda: orders.pend_request(row, actor=self.scene.actor(by)),
        )

    def reject(self) -> None:
        order, row = self.order("pending", "inquiring")
        by = self.chance.choice(VENDORS)
        self.does(
            lambda: self.model.reject(order, by),
            lambda: orders.fail_request(row, actor=self.scene.actor(by), reason="Out of stock."),
        )

    def withdraw(self) -> None:
        order, row = self.order("tiers_setup", "inquiring")
        by = self.chance.choice(SIDES)
        self.does(
            lambda: self.model.withdraw(order, by),
            lambda: orders.withdraw_request(row, actor=self.scene.actor(by), reason="Twice."),
        )

    # -- what changes around them

    def move(self) -> None:
        pk, target = (self.chance.choice(self.scene.resellers) for _ in range(2))
        above, at = set(), target
        while at:
            above.add(at)
            at = self.model.parents[at]
        if pk in above or self.model.parents[pk] == target:
            return
        moved, parent = (TierAccount.objects.get(pk=each) for each in (pk, target))
        move_account(moved, actor=self.scene.actor("distributor"), parent=parent)
        self.model.parents[pk] = target
        self.done["move"] += 1

    def redefine(self) -> None:
        """Requests under way are judged by the definitions of the moment of each step."""
        pk = self.chance.choice(sorted(self.model.offers))
        own = self.model.offers[pk].questions
        if own:
            question = self.chance.choice(own)
            flag = self.chance.choice(["required", "hidden", "readonly"])
            setattr(question, flag, not getattr(question, flag))
            Parameter.objects.filter(product=pk, name=question.name).update(
                required=question.required,
                hidden=question.hidden,
                constraints=constraints(question),
            )
            self.done["redefine"] += 1

    def put_on_sale(self) -> None:
        pk = self.chance.choice(sorted(self.model.offers))
        self.model.offers[pk].on_sale = on = self.chance.random() < 0.7
        Product.objects.filter(pk=pk).update(state="published" if on else "endofsale")
        self.done["put_on_sale"] += 1
