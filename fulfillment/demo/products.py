"""Products with items, parameters and templates, from their offers."""

from __future__ import annotations

from datetime import datetime, timedelta

from customers import identifiers
from customers.models import (
    Category,
    Connection,
    Hub,
    Listing,
    Marketplace,
    Partner,
    Product,
)
from fulfillment.models import Item
from tierconfig.models import Parameter, Template

from .offers import OFFERS, Offer

TEXTS = {
    (
        "asset",
        "fulfillment",
    ): "# {product} is ready\n\n{lines}\n\nSign in with your address.",
    ("asset", "inquire"): (
        "# We need something from you\n\nPlease complete the form so that we can set up {product}."
    ),
    ("asset", "pending"): "# {product}\n\nYour request is being worked on; this takes about a day.",
    ("tier1", ""): "# You may sell {product}\n\n{lines}",
    ("tier2", ""): "# Your resellers may sell {product}\n\n{lines}",
}
NAMES = {
    ("asset", "fulfillment"): "Welcome",
    ("asset", "inquire"): "Information needed",
    ("asset", "pending"): "In progress",
    ("tier1", ""): "Reseller welcome",
    ("tier2", ""): "Parent reseller welcome",
}


def make_products(partners: dict[str, Partner], now: datetime) -> dict[str, Product]:
    """Products with items, parameters and templates."""
    born = now - timedelta(days=90)
    made = {}
    categories = _make_categories()
    for key, offer in OFFERS.items():
        made[key] = make_product(offer, partners[offer.vendor], categories[offer.category], born)
    return made


def make_product(
    offer: Offer, owner: Partner, category: Category, born: datetime, without: tuple[str, ...] = ()
) -> Product:
    """The product of an offer; `without` names types of templates it does not have."""
    product = Product(
        pk=offer.id,
        name=offer.name,
        owner=owner,
        state=offer.state,
        category=category,
        published_at=born if offer.state == Product.State.PUBLISHED else None,
        short_description=offer.text,
        tier_accounts_sync=offer.sync,
        authorization_level=offer.level,
        validates_setups=offer.validates,
        **dict.fromkeys(offer.switches, True),
        created_at=born,
        updated_at=born,
    )
    product.save(force_insert=True)
    stamps = {"created_at": born, "updated_at": born}
    Item.objects.bulk_create(_items(product, offer, stamps))
    Parameter.objects.bulk_create(_parameters(product, offer, stamps))
    templates = _templates(product, offer, stamps)
    Template.objects.bulk_create(each for each in templates if each.type not in without)
    return product


def list_products(
    products: dict[str, Product], markets: dict[str, tuple[Marketplace, Hub]], now: datetime
) -> dict[tuple[str, str], Connection]:
    """Every published product on every marketplace; (product, distributor) -> connection."""
    born = now - timedelta(days=60)
    made = {}
    for number, (key, product) in enumerate(products.items(), start=1):
        if product.state == Product.State.DRAFT:
            continue
        for place, (distributor, (market, hub)) in enumerate(markets.items(), start=1):
            Listing.objects.create(product=product, marketplace=market)
            connection = Connection(
                pk=f"CT-{7000 + 137 * number:04d}-{1000 + 971 * place:04d}",
                product=product,
                hub=hub,
                created_at=born,
                updated_at=born,
            )
            connection.save(force_insert=True)
            made[key, distributor] = connection
    return made


def _make_categories() -> dict[str, Category]:
    names = sorted({offer.category for offer in OFFERS.values()})
    rows = [Category(pk=f"CAT-{number:05d}", name=name) for number, name in enumerate(names, 1)]
    return {each.name: each for each in Category.objects.bulk_create(rows)}


def _items(product: Product, offer: Offer, stamps: dict[str, datetime]) -> list[Item]:
    return [
        Item(
            pk=f"{product.pk}-{number:04d}",
            product=product,
            local_id=sku,
            mpn=sku,
            name=name,
            description=f"{product.name}, by {unit.lower()}",
            unit=unit,
            period="Yearly" if number == 2 else "Monthly",
            **stamps,
        )
        for number, (sku, name, unit) in enumerate(offer.items, start=1)
    ]


def _parameters(product: Product, offer: Offer, stamps: dict[str, datetime]) -> list[Parameter]:
    phases = {"o": Parameter.Phase.ORDERING, "f": Parameter.Phase.FULFILLMENT}
    return [
        Parameter(
            pk=f"PRM-{identifiers.digits(product.pk)}-{number:04d}",
            product=product,
            scope=each.scope,
            phase=phases[each.phase],
            name=each.name,
            title=each.title,
            type=each.type,
            hint=each.hint,
            required="r" in each.flags,
            hidden="h" in each.flags,
            unique="u" in each.flags,
            constraints=dict(each.constraints),
            position=number * 10000,
            **stamps,
        )
        for number, each in enumerate(offer.params, start=1)
    ]


def _templates(product: Product, offer: Offer, stamps: dict[str, datetime]) -> list[Template]:
    found = []
    for number, ((scope, kind), text) in enumerate(TEXTS.items(), start=1):
        if scope != "asset" and int(scope[-1]) > offer.level:
            continue
        shown = [each for each in offer.params if each.scope == scope and "h" not in each.flags]
        lines = "\n".join(f"- {each.title}: **{{{{ {each.name} }}}}**" for each in shown)
        tail = identifiers.digits(product.pk)[4:]
        found.append(
            Template(
                pk=f"TL-{100 + number:03d}-{tail}",
                product=product,
                name=NAMES[scope, kind],
                body=text.format(product=offer.name, lines=lines),
                scope=scope,
                type=kind,
                position=number * 10000,
                **stamps,
            )
        )
    return found
