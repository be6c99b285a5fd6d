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

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from customers.models import Event
from customers.signals import consistency_check
from fulfillment.models import FulfillmentRequest, Subscription
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import requests as setups
from tierconfig.services.configs import request_change

from .market import BUYERS, SIDES, VENDORS, Market
from .naive import OPEN
from .scene import LETTERS, Scene, config_row, key_of, texts

MORE = int(os.environ.get("REQUEST_EXAMPLES", "0"))
BUDGET = settings(
    max_examples=MORE or 20,
    stateful_step_count=50,
    deadline=None,
    derandomize=not MORE,
    database=None,
    phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if MORE else [])],
    print_blob=bool(MORE),
    suppress_health_check=list(HealthCheck),
)
#: Step -> how often it is tried.
WEIGHTS = {
    **{"place": 5, "answer": 4, "approve": 6, "change": 3, "fulfil": 3, "reply": 3, "fail": 2},
    **dict.fromkeys(("inquire", "pend", "fill", "withdraw", "move", "redefine", "put_on_sale"), 1),
    **dict.fromkeys(("ask_buyer", "pend_order", "reject"), 1),
}
OF_REQUESTS = {"answer", "approve", "fail", "inquire", "pend", "fill", "change"}
OF_ORDERS = {"reply", "fulfil", "ask_buyer", "pend_order", "reject", "withdraw"}
STEPS = st.sampled_from([step for step, often in WEIGHTS.items() for _number in range(often)])


class Decisions(Market):
    @rule(step=STEPS, number=st.integers(0, 2**32))
    def act(self, step: str, number: int) -> None:
        self.chance, self.step = random.Random(number), step
        if step in OF_REQUESTS and not self.model.configs:
            self.step = "place"
        if step in OF_ORDERS and not self.model.orders:
            self.step = "place"
        getattr(self, self.step)()

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

    def change(self) -> None:
        configs = self.model.configs
        active = [key for key, each in configs.items() if each.state == "active"]
        key, by = self.one_of(active, list(configs)), self.chance.choice(SIDES)
        known = sorted(configs[key].values)
        own = [each.name for each in self.model.offers[key[1]].of(f"tier{key[2]}")]
        names = known if known and self.chance.random() < 0.7 else own
        sent = {
            name: self.chance.choice([*LETTERS, ""]) for name in names if self.chance.random() < 0.5
        }
        self.does(
            lambda: self.model.change(key, by, sent),
            lambda: request_change(config_row(key), actor=self.scene.actor(by), values=sent),
        )

    # -- what is true after each step

    @invariant()
    def configurations_and_requests_are_what_the_model_says(self) -> None:
        found = {}
        rows = TierConfig.objects.prefetch_related("requests")
        for config in rows:
            requests = sorted(config.requests.all(), key=lambda each: each.pk)
            assert [int(each.pk[-3:]) for each in requests] == [*range(1, len(requests) + 1)]
            found[key_of(config)] = (
                config.state,
                config.configured,
                texts(config.params),
                [(each.type, each.state, texts(each.params)) for each in requests],
            )
        assert found == {
            key: (
                each.state,
                each.configured,
                each.values,
                [
                    (one.kind, one.state, {n: text for n, text in one.values.items() if text})
                    for one in each.requests
                ],
            )
            for key, each in self.model.configs.items()
        }

    @invariant()
    def orders_are_what_the_model_says(self) -> None:
        rows = FulfillmentRequest.objects.values_list(
            "pk", "state", "subscription__state", "params"
        )
        found = {pk: (state, sold, texts(params)) for pk, state, sold, params in rows}
        for order, pk in zip(self.model.orders, self.rows, strict=True):
            values = {name: text for name, text in order.values.items() if text}
            assert found[pk] == (order.state, order.subscription, values)
        assert len(found) == len(self.rows)

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
        for _receiver, found in consistency_check.send(sender=type(self)):
            assert found == []
        lines: dict[str, str] = {}
        for event in Event.objects.exclude(to_state="").order_by("at", "pk"):
            assert event.from_state == lines.get(event.object_id, ""), event
            lines[event.object_id] = event.to_state
        for model in (TierConfig, TierConfigRequest, FulfillmentRequest, Subscription):
            for pk, state in model.objects.values_list("pk", "state"):
                assert lines[pk] == state
        transaction.set_rollback(True)
        self.rest.close()


def test_whatever_is_ordered_and_decided_the_naive_model_says_so_too(db: None) -> None:
    class Story(Decisions):
        scene = Scene.make()
        done = Counter()

    run_state_machine_as_test(Story, settings=BUDGET)
    assert set(Story.done) == set(WEIGHTS), Story.done
