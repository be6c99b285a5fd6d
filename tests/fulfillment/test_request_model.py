"""Random products, orders, answers and decisions against the naive model of them.

Each step is predicted by the model (carried out, or refused and how), then done through the
services; after each one every configuration, request and order is compared, and what must always
hold is looked at. REQUEST_EXAMPLES=500 runs that many new random stories instead of the few that
are always the same.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from customers.models import Event, Product
from customers.signals import consistency_check
from fulfillment.models import FulfillmentRequest, Subscription
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import drafts
from tierconfig.services import requests as setups
from tierconfig.services.configs import (
    adjust_config,
    begin_setup,
    request_change,
    save_and_apply,
)

from .market import BUYERS, SIDES, VENDORS, typed
from .market_orders import Orders
from .market_steps import OF_ORDERS, OF_REQUESTS, OF_SOLD, RARE, WEIGHTS
from .naive import OPEN, Key, Order, Request
from .questions import Values
from .scene import LETTERS, Scene, config_row, key_of, texts

MORE = int(os.environ.get("REQUEST_EXAMPLES", "0"))
BUDGET = settings(
    max_examples=MORE or 14,
    stateful_step_count=50,
    deadline=None,
    derandomize=not MORE,
    database=None,
    phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if MORE else [])],
    print_blob=bool(MORE),
    suppress_health_check=list(HealthCheck),
)


class Decisions(Orders):
    @rule(number=st.integers(0, 2**32))
    def act(self, number: int) -> None:
        # The same few numbers are drawn again and again.
        self.turns += 1
        self.chance = random.Random(f"{self.turns} {number}")
        names = [each for each in WEIGHTS if self.fits(each) or self.chance.random() < 0.02]
        self.step = self.chance.choices(names, [WEIGHTS[each] for each in names])[0]
        note(self.step)
        if self.has_something(self.step):
            getattr(self, self.step)()

    def has_something(self, step: str) -> bool:
        """Whether there is anything at all to try it with."""
        if step in OF_ORDERS or step in OF_SOLD:
            return any(each.state != "discarded" for each in self.model.orders)
        return step not in OF_REQUESTS or bool(self.model.configs)

    def fits(self, step: str) -> bool:
        """Whether there is something to do for it."""
        if step in OF_ORDERS:
            return any(each.state in OF_ORDERS[step] for each in self.model.orders)
        if step in OF_SOLD:
            return any(
                each.sold.state in OF_SOLD[step] and not self.model.open_order(each.sold)
                for each in self.model.orders
            )
        if step in OF_REQUESTS:
            return any(each.state in OF_REQUESTS[step] for each in self.model.everything())
        return True

    # -- configuration requests

    def answer(self) -> None:
        request, row = self.request("inquiring")
        by, sent = self.chance.choice(BUYERS), self.values(request)
        self.does(
            lambda: self.model.answer(request, by, sent),
            lambda: setups.answer_request(row, actor=self.scene.actor(by, row), values=sent),
        )

    def approve(self) -> None:
        request, row = self.request("pending")
        by, filled = self.chance.choice(VENDORS), self.values(request, vendor=True)
        template = row.configuration.product.templates.get(scope=row.configuration.scope)
        self.does(
            lambda: self.model.approve(request, by, filled),
            lambda: setups.approve_request(
                row, actor=self.scene.actor(by), template=template, values=filled
            ),
        )

    def fail(self) -> None:
        request, row = self.request("pending", "inquiring")
        by = self.chance.choice(SIDES)
        self.does(
            lambda: self.model.fail(request, by),
            lambda: setups.fail_request(row, actor=self.scene.actor(by), reason="No contract."),
        )

    def inquire(self) -> None:
        request, row = self.request("pending")
        by, text = self.chance.choice(VENDORS), "Is that so?"
        self.does(
            lambda: self.model.inquire(request, by),
            lambda: setups.inquire_request(
                row, actor=self.scene.actor(by), errors={}, message=text
            ),
        )

    def pend(self) -> None:
        request, row = self.request("inquiring")
        by = self.chance.choice(SIDES)
        self.does(
            lambda: self.model.pend(request, by),
            lambda: setups.pend_request(row, actor=self.scene.actor(by)),
        )

    def fill(self) -> None:
        request, row = self.request("pending", "inquiring")
        by, filled = self.chance.choice(VENDORS), self.values(request, vendor=True)
        self.does(
            lambda: self.model.fill(request, by, filled),
            lambda: setups.update_request(row, actor=self.scene.actor(by), values=filled),
        )

    def begin(self) -> None:
        chance, pk = self.chance, self.chance.choice(sorted(self.model.offers))
        account, tier = chance.choice(self.scene.resellers), chance.choice([1, 1, 2])
        key = (account, pk, tier, chance.choice(["live", "live", "preview"]))
        by = chance.choice((*SIDES, "operator", "operator"))
        sent = typed(self.model.offers[pk], f"tier{tier}", {}, chance)
        product = Product.objects.get(pk=pk)
        self.does(
            lambda: self.model.begin(key, by, sent),
            lambda: begin_setup(
                product=product,
                account=self.scene.accounts[account],
                tier_level=tier,
                connection=product.connections.get() if key[3] == "live" else None,
                marketplace=self.scene.market,
                actor=self.scene.actor(by),
                values=sent,
            ),
        )

    def change(self) -> None:
        key, sent = self.altered()
        by = self.chance.choice((*SIDES, "operator", "operator"))
        self.does(
            lambda: self.model.change(key, by, sent),
            lambda: request_change(config_row(key), actor=self.scene.actor(by), values=sent),
        )

    def adjust(self) -> None:
        key, sent = self.altered()
        by, apply = self.chance.choice(VENDORS), self.chance.random() < 0.5
        config = config_row(key)
        more = {"template": config.product.templates.get(scope=config.scope)}
        service = save_and_apply if apply else adjust_config
        self.does(
            lambda: self.model.adjust(key, by, sent, apply=apply),
            lambda: service(config, actor=self.scene.actor(by), values=sent, **more),
        )

    def altered(self) -> tuple[Key, Values]:
        """A configuration, mostly an active one, and other values for it."""
        configs = self.model.configs
        active = [key for key, each in configs.items() if each.state == "active"]
        key = self.one_of(active, list(configs))
        known = sorted(configs[key].values)
        own = [each.name for each in self.model.offers[key[1]].of(f"tier{key[2]}")]
        names = known if known and self.chance.random() < 0.7 else own
        letters = [*LETTERS, ""]
        return key, {n: self.chance.choice(letters) for n in names if self.chance.random() < 0.5}

    def save(self) -> None:
        request, row = self.request("draft")
        by, sent = self.maker(request), self.values(request)
        self.does(
            lambda: self.model.save(request, by, sent),
            lambda: drafts.save_draft(row, actor=self.scene.actor(by), values=sent),
        )

    def submit(self) -> None:
        request, row = self.request("draft")
        by = self.maker(request)
        self.does(
            lambda: self.model.hand_over(request, by),
            lambda: drafts.submit_request(row, actor=self.scene.actor(by)),
        )

    def discard(self) -> None:
        request, row = self.request("draft")
        by = self.maker(request)
        self.does(
            lambda: self.model.discard(request, by),
            lambda: drafts.discard_request(row, actor=self.scene.actor(by)),
        )

    def maker(self, request: Request) -> str:
        return request.by if self.chance.random() < 0.8 else self.chance.choice(SIDES)

    # -- what is true after each step

    @invariant()
    def configurations_and_requests_are_what_the_model_says(self) -> None:
        found = {}
        rows = TierConfig.objects.prefetch_related("requests")
        for config in rows:
            requests = sorted(config.requests.all(), key=lambda each: each.pk)
            found[key_of(config)] = (
                config.state,
                config.configured,
                texts(config.params),
                [(int(r.pk[-3:]), r.type, r.state, texts(r.params)) for r in requests],
            )
        assert found == {
            key: (
                each.state,
                each.configured,
                each.values,
                [
                    (number, r.kind, r.state, {n: text for n, text in r.values.items() if text})
                    for number, r in enumerate(each.requests, start=1)
                    if r.state != "discarded"
                ],
            )
            for key, each in self.model.configs.items()
        }

    @invariant()
    def orders_are_what_the_model_says(self) -> None:
        rows = FulfillmentRequest.objects.select_related("subscription").prefetch_related(
            "subscription__items"
        )
        found = {}
        for row in rows:
            sold = row.subscription
            own = [row.type, row.state, row.due, texts(row.params), row.tier_values]
            quantity = sum(each.quantity for each in sold.items.all())
            found[row.pk] = (*own, sold.state, texts(sold.params), quantity)
        kept = {}
        for order, pk in zip(self.model.orders, self.rows, strict=True):
            if order.state != "discarded":
                kept[pk] = told(order)
        assert found == kept

    @invariant()
    def nothing_is_stuck_and_nobody_is_asked_twice(self) -> None:
        model = self.model
        for request in model.everything():
            config = model.configs[request.key]
            assert len([each for each in config.requests if each.state in OPEN]) <= 1
            if request.state == "tiers_setup":
                above = model.configs[request.parent].open
                assert above is not None
                assert above.state in ("inquiring", "pending")
        for order in model.orders:
            if order.state == "tiers_setup":
                waits = [key for key in order.needs if not model.configs[key].configured]
                assert waits
                assert all(model.configs[key].open for key in waits)

    def teardown(self) -> None:
        try:
            self.check_history()
        finally:
            transaction.set_rollback(True)
            self.rest.close()

    def check_history(self) -> None:
        """The events of an object are an unbroken line from its birth to its state."""
        for _receiver, found in consistency_check.send(sender=type(self)):
            assert found == []
        lines: dict[str, str] = {}
        for event in Event.objects.exclude(to_state="").order_by("at", "pk"):
            assert event.from_state == lines.get(event.object_id, ""), event
            lines[event.object_id] = event.to_state
        for model in (TierConfig, TierConfigRequest, FulfillmentRequest, Subscription):
            for pk, state in model.objects.values_list("pk", "state"):
                assert lines[pk] == state


def told(order: Order) -> tuple[Any, ...]:
    """An order and its subscription, as their rows must be."""
    values = {name: text for name, text in order.values.items() if text}
    tiers = {scope: given for scope, given in order.tiers.items() if given}
    sold = order.sold
    own = [order.kind, order.state, order.due, values, tiers]
    return (*own, sold.state, sold.values, sold.quantity)


def test_whatever_is_ordered_and_decided_the_naive_model_says_so_too(db: None) -> None:
    class Story(Decisions):
        scene = Scene.make()
        done = Counter()

    run_state_machine_as_test(Story, settings=BUDGET)
    assert set(Story.done) >= set(WEIGHTS) - RARE, Story.done
