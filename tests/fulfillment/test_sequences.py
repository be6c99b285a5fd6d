"""Random sequences of orders, answers, decisions and moves keep what must always be true."""

from __future__ import annotations

import random

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.lifecycle import StaleState
from customers.models import Event, TierAccount, TierAccountRequest
from customers.services import requests as changes
from customers.services.accounts import edit_account, move_account
from customers.signals import consistency_check
from fulfillment.models import FulfillmentRequest
from fulfillment.services import requests as orders
from tests import factories
from tests.conftest import make_cast
from tests.factories import steps
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import requests as setups
from tierconfig.services.configs import request_change

BUDGET = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: Name -> how often it is tried.
WEIGHTS = {
    "order": 3,
    "answer": 3,
    "approve": 4,
    **dict.fromkeys(("fail", "withdraw", "inquire", "pend", "change", "fulfil", "reply"), 1),
    **dict.fromkeys(("reject", "move", "edit", "accept"), 1),
}
OPERATIONS = [name for name, weight in WEIGHTS.items() for _number in range(weight)]
number = st.integers(min_value=0, max_value=999)
sequences = st.lists(st.tuples(st.sampled_from(OPERATIONS), number), min_size=8, max_size=40)
POLITE = (StaleState, ValidationError, PermissionDenied)


class Market:
    """Two products and three resellers under two parents; every step may be refused politely."""

    def __init__(self):
        cast = self.cast = make_cast()
        self.vendor, self.distributor = cast.actor("vendor"), cast.actor("distributor")
        self.admin = cast.actor("admin")
        home = cast.partners["distributor"]
        self.parents = [cast.umbrella, factories.account(home, name="Rival")]
        self.resellers = [
            cast.nordlicht,
            factories.account(home, cast.umbrella, name="Second"),
            factories.account(home, self.parents[1], name="Third"),
        ]
        self.buyers = [factories.account(home, each, type="customer") for each in self.resellers]
        factories.parameter(cast.plain, "asset", "domain", required=True)
        self.moves = 0

    def take(self, name, chosen):
        try:
            with transaction.atomic():
                getattr(self, name)(chosen)
        except POLITE:
            return False
        return True

    def setup(self, chosen):
        return self._one_of(TierConfigRequest, chosen)

    def placed(self, chosen):
        return self._one_of(FulfillmentRequest, chosen)

    def _one_of(self, model, chosen):
        """Mostly an open one, sometimes any; the database's ids are no guide, being random."""
        rows = list(model.objects.order_by("created_at", "pk"))
        rows = [row for row in rows if row.state in model.OPEN or chosen % 5 == 4]
        if not rows:
            raise ValidationError("There is none.")
        return rows[chosen % len(rows)]

    def order(self, chosen):
        product = self.cast.plain if chosen % 4 == 3 else self.cast.product
        self.cast.order(product=product, customer=self.buyers[chosen % 3])

    def answer(self, chosen):
        steps.answer(self.setup(chosen))

    def approve(self, chosen):
        steps.approve(self.setup(chosen), self.vendor)

    def fail(self, chosen):
        setups.fail_request(self.setup(chosen), actor=self.distributor, reason="No contract.")

    def inquire(self, chosen):
        request = self.setup(chosen)
        errors = {f"{request.configuration.scope}_vat": "No such number."}
        setups.inquire_request(request, actor=self.vendor, errors=errors)

    def pend(self, chosen):
        setups.pend_request(self.setup(chosen), actor=self.distributor)

    def change(self, chosen):
        config = self.setup(chosen).configuration
        values = {f"{config.scope}_vat": f"DE{chosen}"}
        request_change(config, actor=self.distributor, values=values)

    def fulfil(self, chosen):
        steps.fulfil(self.placed(chosen), self.vendor)

    def reply(self, chosen):
        values = {"domain": "kirlin.example"}
        orders.answer_request(self.placed(chosen), actor=self.distributor, values=values)

    def reject(self, chosen):
        orders.fail_request(self.placed(chosen), actor=self.vendor, reason="Out of stock.")

    def withdraw(self, chosen):
        orders.withdraw_request(self.placed(chosen), actor=self.distributor, reason="Twice.")

    def move(self, chosen):
        target = self.parents[chosen % 2]
        move_account(self.resellers[chosen % 3], actor=self.distributor, parent=target)

    def edit(self, chosen):
        account = TierAccount.objects.get(pk=self.resellers[chosen % 3].pk)
        edit_account(account, actor=self.distributor, data={"city": f"City {chosen}"})

    def accept(self, chosen):
        rows = list(TierAccountRequest.objects.order_by("created_at", "pk"))
        if rows:
            changes.accept_request(rows[chosen % len(rows)], actor=self.vendor)

    def check(self):
        for _receiver, found in consistency_check.send(sender=type(self)):
            assert found == []
        self.check_configurations()
        self.check_orders()
        self.check_history()

    def check_configurations(self):
        for config in TierConfig.objects.prefetch_related("requests"):
            requests = sorted(config.requests.all(), key=lambda each: each.pk)
            still_open = [each for each in requests if each.state in TierConfigRequest.OPEN]
            approved = [each for each in requests if each.state == "approved"]
            born = [each for each in requests if each.type == "setup"]
            assert len(still_open) <= 1
            assert config.configured == bool(approved)
            assert (config.state == "active") == (config.configured and not still_open)
            # Asked once: a setup is repeated only after it failed.
            assert all(each.state == "failed" for each in born[:-1])
            assert all(each.type == "setup" for each in requests[: len(born)])
            if approved:
                assert set(config.params) == {f"{config.scope}_vat"}
            for each in still_open:
                if each.state == "tiers_setup":
                    above = each.parent_configuration
                    assert not above.configured
                    assert above.requests.filter(state__in=TierConfigRequest.OPEN).exists()

    def check_orders(self):
        rows = FulfillmentRequest.objects.select_related("subscription")
        for order in rows.prefetch_related("required_configurations__requests"):
            needed = list(order.required_configurations.all())
            unready = [config for config in needed if not config.configured]
            assert (order.state == "tiers_setup") <= bool(unready)
            if order.state in ("pending", "inquiring", "approved"):
                assert unready == []
            for config in unready if order.state == "tiers_setup" else []:
                states = {each.state for each in config.requests.all()}
                assert states & {"tiers_setup", "inquiring", "pending"}
            expected = {"approved": "active", "failed": "terminated"}
            assert order.subscription.state == expected.get(order.state, "processing")

    def check_history(self):
        """The events of an object are an unbroken line from its birth to its state."""
        lines: dict[str, str] = {}
        for event in Event.objects.exclude(to_state="").order_by("at", "pk"):
            assert event.from_state == lines.get(event.object_id, ""), event
            lines[event.object_id] = event.to_state
        for model in (TierConfig, TierConfigRequest, FulfillmentRequest, TierAccountRequest):
            for pk, state in model.objects.values_list("pk", "state"):
                assert lines[pk] == state


class Undo(Exception):
    pass


@BUDGET
@given(sequence=sequences)
def test_whatever_people_do_in_whatever_order(db, sequence):
    try:
        with transaction.atomic():
            market = Market()
            for name, chosen in sequence:
                if market.take(name, chosen):
                    market.check()
            raise Undo
    except Undo:
        pass


def test_the_sequences_reach_every_step(db):
    """Guards the test above: each kind of step succeeds somewhere in a plain run."""
    market = Market()
    chance = random.Random(5)
    done = set()
    for _number in range(300):
        name = chance.choice(OPERATIONS)
        if market.take(name, chance.randrange(1000)):
            done.add(name)
    market.check()
    assert done == set(OPERATIONS)
