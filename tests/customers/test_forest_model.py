"""Random forests, changed by everybody who may and may not, against the naive model of them.

Each step is predicted by the model (carried out, or refused and how), then done through the
services; after each one everything that anybody sees is compared. FOREST_EXAMPLES=500 runs that
many new random stories instead of the few that are always the same.
"""

from __future__ import annotations

import os
import random
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from customers import identifiers, trees
from customers.actors import Actor
from customers.lifecycle import StaleState
from customers.models import (
    AccountAccess,
    Marketplace,
    Participation,
    Partner,
    Product,
    TierAccount,
    TierAccountRequest,
)
from customers.services.access import end_access, grant_access
from customers.services.accounts import create_account, edit_account, move_account
from customers.services.decommission import decommission_account
from customers.services.moves import confirm_move, preview_move
from customers.services.participation import join, scopes
from customers.services.requests import accept_request
from fulfillment.services.orders import create_purchase
from fulfillment.services.purchases import Purchase
from fulfillment.services.requests import fail_request
from tests import factories

from .naive import Company, Refusal, World

MORE = int(os.environ.get("FOREST_EXAMPLES", "0"))
BUDGET = settings(
    max_examples=MORE or 20,
    stateful_step_count=40,
    deadline=None,
    derandomize=not MORE,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    print_blob=bool(MORE),
    suppress_health_check=list(HealthCheck),
)
CITIES = ("Hamburg", "Kiel", "Bremen", "Emden")
#: "own" is the distributor of the account in question.
WRITERS = st.sampled_from(
    ["own"] * 5 + ["distributor 0", "distributor 1", "reseller 0", "reseller 1", "vendor 0"]
)
KINDS = st.sampled_from(["reseller", "reseller", "reseller", "customer"])
HOMES = st.sampled_from([0, 0, 0, 1])


@dataclass
class Scene:
    """Partners by "role number"; number 2 of each role has nothing to do with anybody."""

    partners: dict[str, Partner]
    products: list[Product]

    @classmethod
    def make(cls) -> Scene:
        partners = {
            f"{role} {number}": factories.partner(role)
            for role in ("vendor", "distributor", "reseller")
            for number in range(3)
        }
        products = [factories.product(partners[f"vendor {number}"]) for number in (0, 0, 1)]
        for product in products:
            factories.item(product)
            for number in range(2):
                factories.offer(product, partners[f"distributor {number}"])
        return cls(partners, products)

    def actor(self, name: str) -> Actor:
        """A fresh one, as a new request would have it."""
        partner = self.partners[name]
        return Actor(role=partner.role, partner=partner, level="agent")


def account(pk: str | None) -> TierAccount | None:
    return TierAccount.objects.get(pk=pk) if pk else None


class Forest(RuleBasedStateMachine):
    scene: Scene

    accounts: Bundle[str] = Bundle("accounts")
    orders: Bundle[Any] = Bundle("orders")
    somewhere = st.one_of(accounts, accounts, st.none())

    def __init__(self) -> None:
        super().__init__()
        self.rest = ExitStack()
        self.rest.enter_context(identifiers.drawn_from(random.Random(7)))
        self.rest.enter_context(transaction.atomic())
        products = {product.pk: product for product in self.scene.products}
        self.model = World(
            vendors={pk: each.owner_id for pk, each in products.items()},
            sync={pk: each.tier_accounts_sync for pk, each in products.items()},
        )

    def teardown(self) -> None:
        self._final_check()
        transaction.set_rollback(True)
        self.rest.close()

    def does(self, refusal: Refusal, call: Any) -> Any:
        """What `call` returns, None if it was refused just as the model says."""
        try:
            with transaction.atomic():
                found = call()
        except Exception as error:
            if refusal is None or not isinstance(error, refusal):
                raise
            return None
        assert refusal is None, f"carried out, although the model says {refusal.__name__}"
        return found

    def who(self, name: str, pk: str | None = None) -> tuple[str, str]:
        """Role and partner of a writer, for the account it writes."""
        if name == "own" and pk:
            return "distributor", self.model.companies[pk].provider
        partner = self.scene.partners[name]
        return partner.role, partner.pk

    def actor(self, by: str, pk: str) -> Actor:
        return self.owner(pk) if by == "own" else self.scene.actor(by)

    # -- the tree

    @initialize(target=accounts)
    def begin(self) -> Any:
        """Two trees of one distributor, the first with two branches, and one of another."""
        made = [self.plant("own", "reseller", None, home) for home in (0, 0, 1)]
        made += [self.plant("own", "reseller", made[0], 0) for _branch in range(2)]
        made += [self.plant("own", "customer", parent, 0) for parent in made[3:]]
        return multiple(*made)

    @rule(target=accounts, by=WRITERS, kind=KINDS, parent=somewhere, home=HOMES)
    def create(self, by: str, kind: str, parent: str | None, home: int) -> Any:
        return self.plant(by, kind, parent, home) or multiple()

    def plant(self, by: str, kind: str, parent: str | None, home: int) -> str | None:
        by = f"distributor {home}" if by == "own" else by
        provider = self.scene.partners[f"distributor {home}"]
        made = self.does(
            self.model.create_refused(*self.who(by), kind, parent, provider.pk),
            lambda: create_account(
                actor=self.scene.actor(by),
                provider=provider,
                data=factories.account_data(type=kind, city=CITIES[0]),
                parent=account(parent),
            ),
        )
        if made is None:
            return None
        self.model.companies[made.pk] = Company(provider.pk, parent, kind, CITIES[0])
        return str(made.pk)

    def place(self, pk: str, number: int) -> str | None:
        """Where to move an account: for an even number where it fits, for an odd one anywhere."""
        company, below = self.model.companies[pk], self.model.subtree(pk)
        fitting = [
            each
            for each, other in self.model.companies.items()
            if each not in below and (other.kind, other.provider) == ("reseller", company.provider)
        ]
        places = [*(self.model.companies if number % 2 else fitting), None]
        return places[number // 2 % len(places)]

    @rule(by=WRITERS, pk=accounts, number=st.integers(0, 40))
    def move(self, by: str, pk: str, number: int) -> None:
        parent = self.place(pk, number)
        moved = self.does(
            self.model.move_refused(*self.who(by, pk), pk, parent, previewed=False),
            lambda: move_account(account(pk), actor=self.actor(by, pk), parent=account(parent)),
        )
        if moved:
            self.model.companies[pk].parent = parent
            self.compare_raised(pk, moved)

    @rule(by=WRITERS, pk=accounts, number=st.integers(0, 40))
    def move_as_previewed(self, by: str, pk: str, number: int) -> None:
        parent = self.place(pk, number)
        effects = self.does(
            self.model.move_refused(*self.who(by, pk), pk, parent, previewed=True),
            lambda: preview_move(account(pk), actor=self.actor(by, pk), parent=account(parent)),
        )
        if effects is None:
            return
        before = self.model.operators(pk)
        moved = confirm_move(
            account(pk),
            actor=self.actor(by, pk),
            parent=account(parent),
            expected=effects.fingerprint,
        )
        self.model.companies[pk].parent = parent
        after = self.model.operators(pk)
        assert effects.moved == len(self.model.subtree(pk))
        assert [product.pk for product in effects.asked] == self.model.connected(pk)
        assert {each.pk for each in effects.losing} == before - after
        assert {each.pk for each in effects.gaining} == after - before
        tiers = [each.pk for each in effects.chains[0].after if each]
        assert tiers == self.model.chain(pk)[1:3]
        self.compare_raised(pk, moved)

    @rule(by=WRITERS, pk=accounts, city=st.sampled_from(CITIES))
    def edit(self, by: str, pk: str, city: str) -> None:
        refusal = self.model.edit_refused(*self.who(by, pk), pk, city)
        if self.changes(refusal, by, pk, {"city": city}):
            self.model.companies[pk].city = city

    @rule(by=WRITERS, pk=accounts, kind=KINDS)
    def switch(self, by: str, pk: str, kind: str) -> None:
        refusal = self.model.switch_refused(*self.who(by, pk), pk, kind)
        if self.changes(refusal, by, pk, {"type": kind}):
            self.model.companies[pk].kind = kind

    @precondition(lambda self: len(self.model.companies) > 12)
    @rule(by=WRITERS, pk=accounts)
    def decommission(self, by: str, pk: str) -> None:
        refusal = self.model.decommission_refused(*self.who(by, pk), pk)
        actor = self.actor(by, pk)
        if self.does(refusal, lambda: decommission_account(account(pk), actor=actor)):
            self.model.decommission(pk)

    def changes(self, refusal: Refusal, by: str, pk: str, data: dict[str, str]) -> bool:
        edited = self.does(
            refusal, lambda: edit_account(account(pk), actor=self.actor(by, pk), data=data)
        )
        if edited:
            self.compare_raised(pk, edited)
        return bool(edited)

    def compare_raised(self, pk: str, result: tuple[TierAccount, list[TierAccountRequest]]) -> None:
        assert {request.pk for request in result[1]} == self.model.change(pk)

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

    def owner(self, pk: str) -> Actor:
        provider = Partner.objects.get(pk=self.model.companies[pk].provider)
        return Actor(role="distributor", partner=provider, level="agent")

    # -- what is sold

    @rule(target=orders, by=WRITERS, pk=accounts, product=st.integers(0, 2))
    def buy(self, by: str, pk: str, product: int) -> Any:
        chosen, company = self.scene.products[product], self.model.companies[pk]
        refusal: Refusal = None if company.parent and not company.gone else ValidationError
        if not self.model.may_write(*self.who(by, pk), pk):
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
    class Story(Forest):
        scene = Scene.make()

    run_state_machine_as_test(Story, settings=BUDGET)
