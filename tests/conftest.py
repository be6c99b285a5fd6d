"""The cast: one small supply chain, and for each role an outsider who must see nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from customers.actors import Actor
from customers.models import (
    AccountAccess,
    Connection,
    Marketplace,
    Membership,
    Partner,
    Product,
    TierAccount,
    User,
)
from customers.services.access import grant_access
from fulfillment.models import Item
from fulfillment.services.orders import create_purchase
from fulfillment.services.purchases import Purchase
from tests import factories
from tests.support import stage, templates

#: What is left out, and what stays between tests; the test database; the demo data, made once.
pytest_plugins = ["tests.support.plugin", "tests.support.databases", "tests.support.demo"]


@dataclass
class Cast:
    """`parent` operates `umbrella` (tier 2), `reseller` operates `nordlicht` (tier 1)."""

    partners: dict[str, Partner]
    users: dict[str, User]
    umbrella: TierAccount
    nordlicht: TierAccount
    kirlin: TierAccount
    stranger: TierAccount
    product: Product
    plain: Product
    market: Marketplace
    connection: Connection
    plain_connection: Connection
    seats: Item

    def actor(self, name: str, level: str | None = None) -> Actor:
        """A fresh actor, as a new request would have it."""
        if name == "admin":
            return Actor.admin(self.users["admin"])
        if name == "system":
            return Actor.system()
        membership = Membership.objects.select_related("partner", "user").get(user=self.users[name])
        if level:
            membership.level = level
        return Actor.of(membership)

    def order(self, **changes: Any):
        """Place an order of the configured product for Kirlin, as the distributor by default."""
        actor = changes.pop("actor", None) or self.actor("distributor")
        chosen = changes.get("product", self.product)
        item = self.seats if chosen == self.product else chosen.items.first()
        fields = {
            "product": chosen,
            "customer": self.kirlin,
            "items": {item.pk: 5},
            "marketplace": self.market,
            "connection": chosen.connections.first(),
            **changes,
        }
        return create_purchase(Purchase(**fields), actor=actor)


NAMES = ("vendor", "distributor", "reseller", "parent", "vendor2", "distributor2", "reseller2")


@stage.maker("cast")
def make_cast() -> Cast:
    partners = {}
    for name in NAMES:
        role = {"parent": "reseller"}.get(name, name.rstrip("2"))
        partners[name] = factories.partner(role, name=name.capitalize())
    users = {
        name: factories.user(partners[name], email=f"{name}@people.example", name=name.capitalize())
        for name in NAMES
    }
    users["admin"] = factories.user(
        email="admin@people.example", name="Admin", is_staff=True, is_superuser=True
    )
    home, away = partners["distributor"], partners["distributor2"]
    umbrella = factories.account(home, name="Umbrella Hanse")
    nordlicht = factories.account(home, umbrella, name="Nordlicht Systemhaus GmbH")
    kirlin = factories.account(home, nordlicht, name="Kirlin LLC", type="customer")
    stranger = factories.account(away, name="Stranger AG")
    for name, account in (("parent", umbrella), ("reseller", nordlicht), ("reseller2", stranger)):
        AccountAccess.objects.create(
            partner=partners[name],
            account=account,
            kind=AccountAccess.Kind.OPERATES,
            started_at=timezone.now(),
        )
    product = factories.product(
        partners["vendor"], name="Backup 360", authorization_level=2, tier_accounts_sync=True
    )
    plain = factories.product(partners["vendor"], name="Mail Guard")
    market, connection = factories.offer(product, home)
    _market, plain_connection = factories.offer(plain, home)
    factories.item(plain)
    for scope in ("tier1", "tier2"):
        factories.parameter(product, scope, f"{scope}_vat", required=True)
        factories.template(product, scope)
    for each in (product, plain):
        factories.template(each, "asset", "fulfillment")
    return Cast(
        partners=partners,
        users=users,
        umbrella=umbrella,
        nordlicht=nordlicht,
        kirlin=kirlin,
        stranger=stranger,
        product=product,
        plain=plain,
        market=market,
        connection=connection,
        plain_connection=plain_connection,
        seats=factories.item(product),
    )


@pytest.fixture(autouse=True, scope="session")
def strict_templates() -> Iterator[None]:
    with templates.strict():
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return stage.ready("cast")


@pytest.fixture
def rival(cast: Cast) -> TierAccount:
    """Another tree of the distributor: a root operated by a reseller of its own."""
    root = factories.account(cast.partners["distributor"], name="Rival Nord")
    grant_access(
        root,
        actor=cast.actor("distributor"),
        partner=factories.partner("reseller", name="Rival"),
        kind=AccountAccess.Kind.OPERATES,
    )
    return root
