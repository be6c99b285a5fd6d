"""The birth of a purchase: tiers, required configurations, first state."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers import identifiers, trees
from customers.actors import Actor
from customers.cleaning import clean_text
from customers.events import record
from customers.models import Participation, TierAccount
from customers.services import participation
from customers.standstill import keep_still
from tierconfig.models import TierConfig
from tierconfig.services.answer_drafts import clean_raw
from tierconfig.services.births import ensure_config

from ..models import FulfillmentRequest, Subscription, SubscriptionItem
from .births import Line, bear
from .purchases import (
    Purchase,
    Requirement,
    check_sale,
    clean_asset,
    clean_items,
    may_buy,
    requirements,
)

Type = FulfillmentRequest.Type


@trees.in_tree_transaction
def create_purchase(purchase: Purchase, *, actor: Actor) -> FulfillmentRequest:
    """Place an order; born parked, inquiring or pending.

    Where the product validates orders it is a draft of the actor's partner instead. Locks: the
    customer's tree (shared), then each required configuration until the commit, so that no
    approval can slip between the check and the parking. Raises PermissionDenied and
    ValidationError (fields named).
    """
    customer = buyer(purchase, actor)
    if purchase.product.validates_orders:
        return _bear_draft(purchase, customer, actor)
    tier1 = check_sale(purchase, customer)
    items = clean_items(purchase)
    values = clean_asset(purchase)
    required = ensure_required(purchase, customer, actor)
    subscription = _bear_subscription(purchase, customer, tier1, Subscription.State.PROCESSING)
    begin_subscription(subscription, items)
    return bear(
        subscription,
        Type.PURCHASE,
        actor=actor,
        params=values,
        lines=items,
        required=required,
        note=purchase.note,
    )


@trees.in_tree_transaction
def draft_purchase(purchase: Purchase, *, actor: Actor) -> FulfillmentRequest:
    """Keep an order that is not complete yet; it stays with the actor's partner.

    Items and required values may be missing; what is there has to fit together. Nobody takes part
    in anything, and no configuration begins (decision 13). Raises as create_purchase does.
    """
    return _bear_draft(purchase, buyer(purchase, actor), actor)


def buyer(purchase: Purchase, actor: Actor) -> TierAccount:
    """The customer as the locked tree has it, with its parents; its definitions stand still.

    Raises PermissionDenied unless the actor may order for it.
    """
    fresh = trees.lock_accounts(purchase.customer.pk, shared=True)[purchase.customer.pk]
    keep_still([purchase.product.pk])
    customer = TierAccount._base_manager.select_related("parent__parent", "provider").get(
        pk=fresh.pk
    )
    if not may_buy(purchase.product, customer, actor):
        raise PermissionDenied
    return customer


def ensure_required(purchase: Purchase, customer: TierAccount, actor: Actor) -> list[TierConfig]:
    """Every required configuration, held, tier 2 first."""
    held: list[TierConfig] = []
    above: TierConfig | None = None
    for each in _needed(purchase, customer):
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


def tier_values(purchase: Purchase, customer: TierAccount) -> dict[str, Any]:
    """Raw values for tiers as a draft keeps them, by scope; passwords are left out.

    Whether they fit is judged when the draft is submitted.
    """
    return {
        each.scope: values
        for each in _needed(purchase, customer)
        if (values := clean_raw(each.presented(), purchase.values.get(each.scope, {})))
    }


def begin_subscription(subscription: Subscription, items: list[Line]) -> None:
    """The subscription of a purchase that is no draft holds its items and its accounts."""
    SubscriptionItem.objects.bulk_create(
        SubscriptionItem(subscription=subscription, item=each.item, quantity=each.quantity)
        for each in items
    )
    tiers = (subscription.customer, subscription.tier1, subscription.tier2)
    participation.join(
        subscription.product,
        subscription.pk,
        Participation.Kind.SUBSCRIPTION,
        [(account, tier) for tier, account in enumerate(tiers) if account is not None],
    )


def place(
    subscription: Subscription, purchase: Purchase, customer: TierAccount, tier1: TierAccount
) -> None:
    """Put what was ordered, and for whom, on an unsaved or held subscription."""
    subscription.connection, subscription.marketplace = purchase.connection, purchase.marketplace
    subscription.customer = customer
    subscription.tier1, subscription.tier2 = tier1, tier1.parent
    for name in ("external_id", "external_uid"):
        try:
            text = clean_text(getattr(purchase, name), max_length=100)
        except ValidationError as error:
            raise ValidationError({name: error}) from error
        setattr(subscription, name, text or None)


def duplicate(error: IntegrityError) -> ValidationError:
    """What the violated uniqueness of a subscription means to whoever ordered."""
    name = "external_uid" if "external_uid" in str(error) else "external_id"
    taken = ValidationError(_("An order for this product has it already."), code="duplicate")
    return ValidationError({name: taken})


def _needed(purchase: Purchase, customer: TierAccount) -> list[Requirement]:
    """What the order requires, tier 2 first; ValidationError when it has values for others."""
    needed = requirements(purchase.product, customer, purchase.connection, purchase.marketplace)
    used = {each.scope for each in needed} | {"asset"}
    for scope, values in purchase.values.items():
        if scope not in used and any(values.values()):
            raise ValidationError(
                _("Values of %(scope)s are not asked for this order.") % {"scope": scope}
            )
    return needed


def _bear_draft(purchase: Purchase, customer: TierAccount, actor: Actor) -> FulfillmentRequest:
    tier1 = check_sale(purchase, customer)
    items = clean_items(purchase, draft=True)
    values = clean_asset(purchase)
    raw = tier_values(purchase, customer)
    subscription = _bear_subscription(purchase, customer, tier1, Subscription.State.DRAFT)
    return bear(
        subscription,
        Type.PURCHASE,
        actor=actor,
        params=values,
        lines=items,
        tier_values=raw,
        note=purchase.note,
        draft=True,
    )


def _bear_subscription(
    purchase: Purchase, customer: TierAccount, tier1: TierAccount, state: str
) -> Subscription:
    new = Subscription(product=purchase.product)
    place(new, purchase, customer, tier1)
    fields = ("connection", "marketplace", "customer", "tier1", "tier2")
    given = {name: getattr(new, name) for name in (*fields, "external_id", "external_uid")}
    try:
        with transaction.atomic():
            subscription = identifiers.insert(
                Subscription,
                "AS",
                state=state,
                product=purchase.product,
                vendor_id=purchase.product.owner_id,
                provider_id=customer.provider_id,
                **given,
            )
    except IntegrityError as error:
        raise duplicate(error) from error
    record(
        "subscription.created",
        subscription,
        actor=Actor.system(),
        to_state=subscription.state,
        data={"customer": customer.pk},
    )
    return subscription
