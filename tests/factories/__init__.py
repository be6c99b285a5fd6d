"""Small builders of rows; what the services own (accounts, orders) is made through them."""

from __future__ import annotations

import itertools
from typing import Any

from customers import identifiers
from customers.actors import Actor
from customers.models import (
    Connection,
    Hub,
    Listing,
    Marketplace,
    Membership,
    Partner,
    Product,
    TierAccount,
    User,
)
from customers.services.accounts import create_account
from fulfillment.models import Item
from tierconfig.models import Parameter, Template

_numbers = itertools.count(1)

ADDRESS = {
    "address_line1": "Hafenstraße 12",
    "city": "Hamburg",
    "postal_code": "20359",
    "country": "DE",
    "contact_first_name": "Jens",
    "contact_last_name": "Petersen",
}


def partner(role: str, name: str = "") -> Partner:
    return identifiers.insert(
        Partner, Partner.prefix(role), role=role, name=name or f"{role} {next(_numbers)}"
    )


def user(partner: Partner | None = None, *, level: str = "agent", **fields: Any) -> User:
    number = next(_numbers)
    fields = {"email": f"user{number}@people.example", "name": f"User {number}", **fields}
    made = User.objects.create_user(password=fields.pop("password", "secret"), **fields)
    if partner is not None:
        Membership.objects.create(user=made, partner=partner, level=level)
    return made


def product(vendor: Partner, **fields: Any) -> Product:
    fields = {"name": f"Product {next(_numbers)}", "state": Product.State.PUBLISHED, **fields}
    return identifiers.insert(Product, "PRD", owner=vendor, **fields)


def offer(product: Product, distributor: Partner) -> tuple[Marketplace, Connection]:
    """List `product` on a marketplace of the distributor and connect it to a hub."""
    market = Marketplace.objects.filter(owner=distributor).first() or identifiers.insert(
        Marketplace, "MP", name=f"Market {next(_numbers)}", owner=distributor
    )
    hub = Hub.objects.filter(provider=distributor).first() or identifiers.insert(
        Hub, "HB", name=f"Hub {next(_numbers)}", provider=distributor
    )
    Listing.objects.create(product=product, marketplace=market)
    return market, identifiers.insert(Connection, "CT", product=product, hub=hub)


def item(product: Product, **fields: Any) -> Item:
    number = product.items.count() + 1
    fields = {"local_id": f"SKU{number}", "mpn": f"SKU{number}", "name": f"Seats {number}"} | fields
    return Item.objects.create(pk=f"{product.pk}-{number:04d}", product=product, **fields)


def parameter(product: Product, scope: str, name: str = "", **fields: Any) -> Parameter:
    number = product.parameters.count() + 1
    name = name or f"{scope}_{number}"
    fields = {"title": name.replace("_", " ").capitalize(), "position": number * 10000} | fields
    return Parameter.objects.create(
        pk=f"PRM-{identifiers.digits(product.pk)}-{number:04d}",
        product=product,
        scope=scope,
        name=name,
        **fields,
    )


def template(product: Product, scope: str, kind: str = "", **fields: Any) -> Template:
    fields = {"name": "Default Activation Template", "body": "# Welcome\n"} | fields
    return identifiers.insert(Template, "TL", product=product, scope=scope, type=kind, **fields)


def account_data(name: str = "", **data: Any) -> dict[str, Any]:
    number = next(_numbers)
    return {
        **ADDRESS,
        "name": name or f"Company {number}",
        "type": "reseller",
        "contact_email": f"contact{number}@company.example",
        **data,
    }


def account(distributor: Partner, parent: TierAccount | None = None, **data: Any) -> TierAccount:
    return create_account(
        actor=Actor.system(),
        provider=distributor,
        parent=parent,
        hub=data.pop("hub", None),
        data=account_data(**data),
    )
