"""Recorded orders and the subscriptions they begin."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from customers.models import Marketplace, Participation, Product, TierAccount
from customers.services import participation

from ...models import FulfillmentRequest, Item, RequestItem, Subscription, SubscriptionItem
from . import definitions, parties
from .configurations import values
from .reader import Record


def purchase(record: Record) -> None:
    provider = parties.provider_of(record, "asset.connection.provider")
    vendor = parties.vendor_of(record, "asset.connection.vendor")
    product = parties.product(record, "asset.product", vendor)
    market = parties.marketplace(record, "asset.marketplace", provider, product)
    environment = record.take("asset.connection.type")
    tier1 = parties.account(record, "asset.tiers.tier1", provider, environment=environment)
    customer = parties.account(
        record,
        "asset.tiers.customer",
        provider,
        kind=TierAccount.Type.CUSTOMER,
        parent=tier1,
        environment=environment,
    )
    definitions.recorded_parameter(record, "asset.params.0", product)
    item = _item(record, product)
    subscription = _subscription(
        record.take("asset.id"),
        customer,
        product,
        market,
        record.time("asset.events.created.at"),
        state=record.take("asset.status"),
        external_id=record.take("asset.external_id"),
        external_uid=record.take("asset.external_uid"),
        params=values(record, "asset.params"),
        updated_at=record.time("asset.events.updated.at"),
    )
    request = _request(
        record,
        subscription,
        environment=environment,
        params=subscription.params,
        note=record.take("note"),
        reason=record.take("reason"),
    )
    quantity = int(record.take("asset.items.0.quantity"))
    before = int(record.take("asset.items.0.old_quantity"))
    _line(request, item, quantity, before)


def purchase_inquiring(record: Record) -> None:
    """An order of which only the differences are recorded; the rest is as in `purchase`."""
    like = FulfillmentRequest.objects.get(pk="PR-7658-9572-0778-001")
    other = like.subscription
    created = record.time("created")
    subscription = _subscription(
        "AS-" + record.look("id")[3:17],
        other.customer,
        other.product,
        other.marketplace,
        created,
        state=Subscription.State.PROCESSING,
    )
    template = definitions.template(
        record, "template", other.product, "asset", "fulfillment", "message"
    )
    email = other.customer.contact_email
    request = _request(
        record,
        subscription,
        environment=like.environment,
        template=template,
        template_text=template.body,
        answered=record.take("answered"),
        inquiry_number=1,
        inquiry_email=email,
        inquiry_sent_at=record.time("updated"),
    )
    line = like.items.get()
    _line(request, line.item, line.quantity, line.old_quantity)


def _item(record: Record, product: Product) -> Item:
    at = "asset.items.0."
    return Item.objects.create(
        pk=record.take(f"{at}global_id"),
        product=product,
        local_id=record.take(f"{at}id"),
        mpn=record.take(f"{at}mpn"),
        name=record.take(f"{at}display_name"),
        type=record.take(f"{at}item_type"),
        period=record.take(f"{at}period"),
        unit=record.take(f"{at}type"),
        created_at=parties.UNKNOWN,
        updated_at=parties.UNKNOWN,
    )


def _subscription(
    pk: str,
    customer: TierAccount,
    product: Product,
    market: Marketplace | None,
    created: datetime,
    **fields: Any,
) -> Subscription:
    tier1 = customer.parent
    assert tier1 is not None
    subscription = Subscription(
        pk=pk,
        product=product,
        marketplace=market,
        vendor_id=product.owner_id,
        provider_id=customer.provider_id,
        customer=customer,
        tier1=tier1,
        created_at=created,
        state_since=created,
        **{"updated_at": created, **fields},
    )
    subscription.save(force_insert=True)
    participation.join(product, pk, Participation.Kind.SUBSCRIPTION, [(customer, 0), (tier1, 1)])
    return subscription


def _request(record: Record, subscription: Subscription, **fields: Any) -> FulfillmentRequest:
    created, updated = record.time("created"), record.time("updated")
    request = FulfillmentRequest(
        pk=record.take("id"),
        type=record.take("type"),
        state=record.take("status"),
        subscription=subscription,
        vendor_id=subscription.vendor_id,
        provider_id=subscription.provider_id,
        creator_id=subscription.provider_id,
        created_at=created,
        updated_at=updated,
        state_since=updated,
        **fields,
    )
    request.save(force_insert=True)
    definitions.event(record, "created", "created", request, "distributor", to_state="pending")
    if request.state == FulfillmentRequest.State.INQUIRING:
        definitions.event(
            record,
            "updated",
            "inquire",
            request,
            "vendor",
            from_state="pending",
            to_state="inquiring",
        )
    return request


def _line(request: FulfillmentRequest, item: Item, quantity: int, before: int) -> None:
    RequestItem.objects.create(request=request, item=item, quantity=quantity, old_quantity=before)
    SubscriptionItem.objects.create(subscription=request.subscription, item=item, quantity=quantity)
