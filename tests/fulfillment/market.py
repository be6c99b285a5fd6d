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
from tierconfig.models import Parameter, TierConfigRequest

from .naive import Order, Request, World
from .questions import Offer, Refused, Values
from .scene import LETTERS, SWITCHES, Scene, constraints, offer_of, offers, request_row

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
    """What stories are made of: products, rows, steps; and what changes around them."""

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
        self.turns = 0

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
        rows = [each for each in self.model.orders if each.state != "discarded"]
        chosen = self.one_of([each for each in rows if each.state in wanted], rows)
        return chosen, self.order_row(chosen)

    def order_row(self, order: Order) -> FulfillmentRequest:
        found = FulfillmentRequest.objects.select_related("subscription__product")
        return found.get(pk=self.rows[self.model.orders.index(order)])

    def values(self, request: Request | Order, *, vendor: bool = False) -> Values:
        offer, scope, known = self.model.seen(request)
        return typed(offer, scope, known, self.chance, vendor=vendor)

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

    def switch(self) -> None:
        """The product learns or forgets something; what is under way goes on."""
        pk, name = self.chance.choice(sorted(self.model.offers)), self.chance.choice(SWITCHES)
        on = not getattr(self.model.offers[pk], name)
        setattr(self.model.offers[pk], name, on)
        Product.objects.filter(pk=pk).update(**{name: on})
        self.done["switch"] += 1

    def put_on_sale(self) -> None:
        pk = self.chance.choice(sorted(self.model.offers))
        self.model.offers[pk].on_sale = on = self.chance.random() < 0.7
        Product.objects.filter(pk=pk).update(state="published" if on else "endofsale")
        self.done["put_on_sale"] += 1
