"""The birth of an order: tiers, required configurations, first state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers import identifiers, trees
from customers.actors import Actor
from customers.cleaning import clean_text
from customers.events import record
from customers.models import Participation, TierAccount
from customers.services import participation
from customers.standstill import keep_still
from tierconfig import parameters
from tierconfig.models import TierConfig
from tierconfig.services.births import ensure_config
from tierconfig.services.processing import begin_inquiry
from tierconfig.services.uniqueness import claim_for

from ..models import FulfillmentRequest, Item, RequestItem, Subscription, SubscriptionItem
from .purchases import (
    Purchase,
    check_buyer,
    check_sale,
    clean_asset,
    clean_items,
    requirements,
)
from .requests import birth_state


@trees.in_tree_transaction
def create_purchase(purchase: Purchase, *, actor: Actor) -> FulfillmentRequest:
    """Place an order; born parked, inquiring or pending.

    Locks: the customer's tree (shared), then each required configuration until the commit, so
    that no approval can slip between the check and the parking. Raises PermissionDenied and
    ValidationError (fields named).
    """
    fresh = trees.lock_accounts(purchase.customer.pk, shared=True)[purchase.customer.pk]
    keep_still([purchase.product.pk])
    customer = TierAccount._base_manager.select_related("parent__parent", "provider").get(
        pk=fresh.pk
    )
    check_buyer(customer, actor)
    tier1 = check_sale(purchase, customer)
    items = clean_items(purchase)
    values = clean_asset(purchase)
    required = _ensure_required(purchase, customer, actor)
    subscription = _bear_subscription(purchase, customer, tier1, items)
    return _bear_request(purchase, subscription, items, values, required, actor)


def _ensure_required(purchase: Purchase, customer: TierAccount, actor: Actor) -> list[TierConfig]:
    """Every required configuration, held, tier 2 first."""
    held: list[TierConfig] = []
    above: TierConfig | None = None
    needed = requirements(purchase.product, customer, purchase.connection, purchase.marketplace)
    used = {each.scope for each in needed} | {"asset"}
    for scope, values in purchase.values.items():
        if scope not in used and any(values.values()):
            raise ValidationError(
                _("Values of %(scope)s are not asked for this order.") % {"scope": scope}
            )
    for each in needed:
        above = ensure_config(
            actor=actor,
            account=each.account,
            product=purchase.product,
            tier_level=each.tier_level,
            connection=purchase.connection,
            marketplace=purchase.marketplace,
            parent=above,
            values=purchase.values.get(each.scope),
        )
        held.append(above)
    return held


def _bear_subscription(
    purchase: Purchase,
    customer: TierAccount,
    tier1: TierAccount,
    items: Iterable[tuple[Item, int]],
) -> Subscription:
    external_id = clean_text(purchase.external_id, max_length=100) or None
    external_uid = clean_text(purchase.external_uid, max_length=100) or None
    try:
        with transaction.atomic():
            subscription = identifiers.insert(
                Subscription,
                "AS",
                state=Subscription.State.PROCESSING,
                product=purchase.product,
                connection=purchase.connection,
                marketplace=purchase.marketplace,
                vendor_id=purchase.product.owner_id,
                provider_id=customer.provider_id,
                customer=customer,
                tier1=tier1,
                tier2=tier1.parent,
                external_id=external_id,
                external_uid=external_uid,
            )
    except IntegrityError as error:
        name = "external_uid" if "external_uid" in str(error) else "external_id"
        taken = ValidationError(_("An order for this product has it already."), code="duplicate")
        raise ValidationError({name: taken}) from error
    SubscriptionItem.objects.bulk_create(
        SubscriptionItem(subscription=subscription, item=item, quantity=quantity)
        for item, quantity in items
    )
    members = [(customer, 0), (tier1, 1), *([(tier1.parent, 2)] if tier1.parent else [])]
    participation.join(purchase.product, subscription.pk, Participation.Kind.SUBSCRIPTION, members)
    record(
        "subscription.created",
        subscription,
        actor=Actor.system(),
        to_state=subscription.state,
        data={"customer": customer.pk},
    )
    return subscription


def _bear_request(
    purchase: Purchase,
    subscription: Subscription,
    items: Iterable[tuple[Item, int]],
    values: dict[str, parameters.Stored],
    required: list[TierConfig],
    actor: Actor,
) -> FulfillmentRequest:
    fields: dict[str, Any] = {
        "type": FulfillmentRequest.Type.PURCHASE,
        "subscription": subscription,
        "vendor_id": subscription.vendor_id,
        "provider_id": subscription.provider_id,
        "creator": actor.partner or subscription.provider,
        "params": values,
        "note": clean_text(purchase.note, max_length=2000, lines=True),
        "environment": subscription.environment,
    }
    fields["pk"] = f"PR-{identifiers.digits(subscription.pk)}-001"
    # A protected state is taken at construction only.
    state = birth_state(FulfillmentRequest(**fields), required)
    request = FulfillmentRequest(**fields, state=state)
    data: dict[str, Any] = {"subscription": subscription.pk, "set": sorted(values)}
    if state == FulfillmentRequest.State.INQUIRING:
        data |= begin_inquiry(request)
    claim_for(request)
    request.save(force_insert=True)
    request.required_configurations.set(required)
    RequestItem.objects.bulk_create(
        RequestItem(request=request, item=item, quantity=quantity) for item, quantity in items
    )
    record("fulfillmentrequest.created", request, actor=actor, to_state=state, data=data)
    return request
