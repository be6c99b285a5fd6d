"""A hundred rows of what lists of the API show beside accounts and requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from customers import identifiers
from customers.models import (
    AccountAccess,
    Connection,
    Event,
    Hub,
    Listing,
    Marketplace,
    Membership,
    Partner,
    Product,
    TierAccount,
    User,
)
from fulfillment.models import Item
from tierconfig.models import Embedding, Parameter, Template, Webhook

from .stage import Stage

ROWS = 100
ITEMS, PARAMETERS, TEMPLATES = 12, 10, 4


def fill(stage: Stage) -> None:
    """ROWS products of the vendor with all that belongs to them, and a webhook each; ROWS hubs,
    marketplaces, resellers and colleagues of the distributor."""
    vendor, distributor = stage.partners["vendor"], stage.partners["distributor"]
    hub, market = (
        model.objects.filter(**{side: distributor})[0]
        for model, side in ((Hub, "provider"), (Marketplace, "owner"))
    )
    for number in range(ROWS):
        product = _product(vendor, number)
        _belongings(product, number)
        Listing.objects.create(product=product, marketplace=market)
        identifiers.insert(Connection, "CT", product=product, hub=hub)
    _market(distributor)
    _people(distributor)


def _product(vendor: Partner, number: int) -> Product:
    at = timezone.now() - timedelta(days=number)
    product = identifiers.insert(
        Product,
        "PRD",
        name=f"Cloud Workplace {number}",
        owner=vendor,
        state=Product.State.PUBLISHED,
        short_description="Mail, files and calls for every workplace.",
        detailed_description="Mail, files and calls. " * 20,
        published_at=at,
        created_at=at,
        updated_at=at,
        tier_accounts_sync=True,
        authorization_level=number % 3,
    )
    Embedding.objects.get_or_create(product=product)
    Event.objects.bulk_create(
        Event(verb=f"product.{step}", object_type="product", object_id=product.pk, vendor=vendor)
        for step in ("created", "publish")
    )
    return product


def _belongings(product: Product, number: int) -> None:
    digits = identifiers.digits(product.pk)
    Item.objects.bulk_create(
        Item(
            pk=f"{product.pk}-{each:04d}",
            product=product,
            local_id=f"ITEM-{each}",
            mpn=f"MPN-{each}",
            name=f"Seat of size {each}",
        )
        for each in range(1, ITEMS + 1)
    )
    Parameter.objects.bulk_create(
        Parameter(
            pk=f"PRM-{digits}-{each:04d}",
            product=product,
            scope=("asset", "tier1", "tier2")[each % 3],
            name=f"parameter_{each}",
            title=f"Value {each}",
            description="What the vendor needs to know.",
            position=each,
        )
        for each in range(1, PARAMETERS + 1)
    )
    for each in range(TEMPLATES):
        identifiers.insert(
            Template, "TL", product=product, scope="tier1", name=f"Text {each}", body="# Hello"
        )
    identifiers.insert(
        Webhook,
        "WB",
        product=product,
        type=Webhook.Type.values[number % len(Webhook.Type.values)],
        label=f"Check {number}",
        external_url="https://vendor.example/check",
    )


def _market(distributor: Partner) -> None:
    for number in range(ROWS):
        identifiers.insert(
            Marketplace,
            "MP",
            name=f"Market {number}",
            owner=distributor,
            countries=["DE", "AT", "CH"][: 1 + number % 3],
        )
        identifiers.insert(Hub, "HB", name=f"Hub {number}", provider=distributor)


def _people(distributor: Partner) -> None:
    accounts = TierAccount.objects.filter(provider=distributor, parent=None)[:ROWS]
    for number, account in enumerate(accounts):
        reseller: Any = identifiers.insert(
            Partner, "PA", role="reseller", name=f"Reseller {number}"
        )
        access = {"kind": AccountAccess.Kind.SEES, "started_at": timezone.now()}
        AccountAccess.objects.create(partner=reseller, account=account, **access)
        user = User.objects.create_user(
            f"c{number}@bench.example", None, name=f"Colleague {number}"
        )
        Membership.objects.create(user=user, partner=distributor, level="agent")
