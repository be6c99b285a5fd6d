"""The forest of the naive model, planted and changed through the services."""

from __future__ import annotations

import random
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    precondition,
    rule,
)

from customers import identifiers
from customers.actors import Actor
from customers.models import Partner, Product, TierAccount, TierAccountRequest
from customers.services.accounts import create_account, edit_account, move_account
from customers.services.decommission import decommission_account
from customers.services.moves import confirm_move, preview_move
from tests import factories

from .naive import Company, Refusal, World

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
    """Each step is predicted by the model, then done; `does` compares."""

    scene: Scene

    accounts: Bundle[str] = Bundle("accounts")
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

    @rule(
        target=accounts,
        by=st.sampled_from(["vendor 0", "vendor 0", "vendor 1", "own", "reseller 0"]),
        parent=somewhere,
        home=HOMES,
    )
    def preview(self, by: str, parent: str | None, home: int) -> Any:
        return self.plant(by, "reseller", parent, home, preview=True) or multiple()

    def plant(
        self, by: str, kind: str, parent: str | None, home: int, *, preview: bool = False
    ) -> str | None:
        by = f"distributor {home}" if by == "own" else by
        provider = self.scene.partners[f"distributor {home}"]
        new = Company(provider.pk, parent, kind, CITIES[0])
        new.preview = self.who(by)[1] if preview else ""
        made = self.does(
            self.model.create_refused(*self.who(by), new),
            lambda: create_account(
                actor=self.scene.actor(by),
                provider=provider,
                data=factories.account_data(type=kind, city=CITIES[0]),
                parent=account(parent),
                environment="preview" if preview else "production",
            ),
        )
        if made is None:
            return None
        self.model.companies[made.pk] = new
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

    def owner(self, pk: str) -> Actor:
        provider = Partner.objects.get(pk=self.model.companies[pk].provider)
        return Actor(role="distributor", partner=provider, level="agent")
