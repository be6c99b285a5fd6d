"""Random forests, changed by everybody who may and may not, against the naive model of them.

Each step is predicted by the model (carried out, or refused and how), then done through the
services; after each one everything that anybody sees is compared. FOREST_EXAMPLES=500 runs that
many new random stories instead of the few that are always the same.
"""

from __future__ import annotations

import os
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from customers import trees
from customers.actors import Actor
from customers.lifecycle import StaleState
from customers.models import (
    AccountAccess,
    Marketplace,
    Participation,
    Product,
    TierAccount,
    TierAccountRequest,
)
from customers.services.access import end_access, grant_access
from customers.services.participation import join, scopes
from customers.services.requests import accept_request
from fulfillment.services.orders import create_purchase
from fulfillment.services.purchases import Purchase
from fulfillment.services.requests import fail_request

from .forest import WRITERS, Forest, Scene, account
from .naive import Refusal

MORE = int(os.environ.get("FOREST_EXAMPLES", "0"))
BUDGET = settings(
    max_examples=MORE or 16,
    stateful_step_count=40,
    deadline=None,
    derandomize=not MORE,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    print_blob=bool(MORE),
    suppress_health_check=list(HealthCheck),
)


class Market(Forest):
    """A forest with access, sales and requests, compared after each step."""

    accounts = Forest.accounts
    orders: Bundle[Any] = Bundle("orders")

    def teardown(self) -> None:
        self._final_check()
        transaction.set_rollback(True)
        self.rest.close()

    # -- access

    @rule(pk=accounts, partner=st.integers(0, 1), kind=st.sampled_from(["operates", "sees"]))
    def grant(self, pk: str, partner: int, kind: str) -> None:
        reseller = self.scene.partners[f"reseller {partner}"]
        granted = self.does(
            self.model.grant_refused(reseller.pk, pk, kind),
            lambda: grant_access(account(pk), actor=self.owner(pk), partner=reseller, kind=kind),
        )
        if granted:
            self.model.access.add((reseller.pk, pk, kind))

    @precondition(lambda self: self.model.access)
    @rule(number=st.integers(0, 20))
    def end(self, number: int) -> None:
        access = sorted(self.model.access)[number % len(self.model.access)]
        partner, pk, kind = access
        row = AccountAccess.objects.current().get(partner=partner, account=pk, kind=kind)
        end_access(row, actor=self.owner(pk))
        self.model.access.remove(access)

    # -- what is sold

    @rule(target=orders, by=WRITERS, pk=accounts, product=st.integers(0, 2))
    def buy(self, by: str, pk: str, product: int) -> Any:
        chosen, company = self.scene.products[product], self.model.companies[pk]
        # Previews are bought without a connection only.
        sold = company.parent and not company.gone and not company.preview
        refusal: Refusal = None if sold else ValidationError
        if by.startswith("vendor") or not self.model.may_write(*self.who(by, pk), pk):
            refusal = PermissionDenied
        connection = chosen.connections.get(hub__provider=company.provider)
        purchase = Purchase(
            product=chosen,
            customer=account(pk),
            items={chosen.items.get().pk: 1},
            marketplace=Marketplace.objects.get(owner=company.provider),
            connection=connection,
        )
        order = self.does(refusal, lambda: create_purchase(purchase, actor=self.actor(by, pk)))
        if order is None:
            return multiple()
        bought = order.subscription
        tiers = [bought.customer_id, bought.tier1_id, bought.tier2_id]
        sale = self.model.buy(bought.pk, chosen.pk, pk)
        assert [each for each in tiers if each] == [member for member, _tier in sale.members]
        return order

    @rule(order=consumes(orders))
    def cancel(self, order: Any) -> None:
        vendor = Actor(role="vendor", partner=order.vendor, level="agent")
        fail_request(order, actor=vendor, reason="No stock.")
        self.model.live.remove(order.subscription_id)

    @rule(pk=accounts, product=st.integers(0, 2))
    def authorise(self, pk: str, product: int) -> None:
        source, chosen = f"TC-{len(self.model.sales)}", self.scene.products[product]
        join(chosen, source, Participation.Kind.CONFIGURATION, [(account(pk), 1)])
        self.model.authorise(source, chosen.pk, pk)

    @rule(product=st.integers(0, 2), on=st.booleans())
    def synchronise(self, product: int, on: bool) -> None:
        pk = self.scene.products[product].pk
        Product.objects.filter(pk=pk).update(tier_accounts_sync=on)
        self.model.sync[pk] = on

    @precondition(lambda self: self.model.raised)
    @rule(number=st.integers(0, 50), by=st.sampled_from(["vendor 0", "vendor 1", "distributor 0"]))
    def accept(self, number: int, by: str) -> None:
        pk = sorted(self.model.raised)[number % len(self.model.raised)]
        where, product, state = self.model.raised[pk]
        refusal: Refusal = None if state == "pending" else StaleState
        if self.who(by)[1] != self.model.vendors[product]:
            refusal = PermissionDenied
        request = TierAccountRequest.objects.get(pk=pk)
        if self.does(refusal, lambda: accept_request(request, actor=self.scene.actor(by))):
            self.model.raised[pk] = where, product, "accepted"

    # -- what is true after each step

    @invariant()
    def everybody_sees_exactly_what_the_model_says(self) -> None:
        for name in self.scene.partners:
            actor = self.scene.actor(name)
            seen = TierAccount.objects.visible_to(actor).order_by().values_list("pk", flat=True)
            assert sorted(seen) == sorted(self.model.accounts_of(*self.who(name))), name
            told = TierAccountRequest.objects.visible_to(actor).values_list("pk", flat=True)
            assert sorted(told) == sorted(self.model.requests_of(*self.who(name))), name

    @invariant()
    def the_forest_is_what_the_parents_say(self) -> None:
        assert trees.broken() == []
        found = TierAccount.objects.values_list("pk", "parent_id", "version", "type", "level")
        assert {pk: rest for pk, *rest in found} == {
            pk: [each.parent, each.version, each.kind, len(self.model.chain(pk)) - 1]
            for pk, each in self.model.companies.items()
        }

    @invariant()
    def each_change_has_its_requests(self) -> None:
        found = TierAccountRequest.objects.values_list("pk", "account", "product", "state")
        assert {pk: tuple(rest) for pk, *rest in found} == self.model.raised

    def _final_check(self) -> None:
        """What costs a query for each account, once a story."""
        vendor = self.scene.partners["vendor 0"]
        for each in TierAccount.objects.all():
            above = {one.pk for one in each.get_ancestors(include_self=True)}
            assert above == {one.pk for one in each.operators()} == set(self.model.chain(each.pk))
            assert scopes(each) == self.model.scopes(each.pk)
            assert scopes(each, vendor) == self.model.scopes(each.pk, vendor.pk)


def test_whatever_happens_everybody_sees_what_the_naive_model_says(db: None) -> None:
    class Story(Market):
        scene = Scene.make()

    run_state_machine_as_test(Story, settings=BUDGET)
