"""The birth of an order: checks, tiers, required configurations, first state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers import actors, identifiers, trees
from customers.actors import Actor
from customers.cleaning import clean_text
from customers.events import record
from customers.models import Connection, Listing, Marketplace, Participation, Product, TierAccount
from customers.permissions import by_reseller
from customers.services import participation
from tierconfig import parameters
from tierconfig.models import Parameter, TierConfig, TierConfigRequest
from tierconfig.services.configs import ensure_config, find_config
from tierconfig.services.processing import begin_inquiry

from ..models import FulfillmentRequest, Item, RequestItem, Subscription, SubscriptionItem
from .requests import birth_state

MAX_QUANTITY = 1_000_000


@dataclass(frozen=True)
class Purchase:
    """What is ordered. `values` are raw parameter values by scope: asset, tier1, tier2.

    Without a connection the order is a preview. Tiers are not part of it: they come from the
    tree (decision 16).
    """

    product: Product
    customer: TierAccount
    items: Mapping[str, int]
    marketplace: Marketplace
    connection: Connection | None
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    external_id: str = ""
    external_uid: str = ""
    note: str = ""


@dataclass(frozen=True)
class Requirement:
    """A configuration an order needs: whose, at which tier, and the one there is, if any."""

    account: TierAccount
    tier_level: int
    config: TierConfig | None

    @property
    def scope(self) -> str:
        return f"tier{self.tier_level}"

    @property
    def begins(self) -> bool:
        """Whether an order now would begin its setup, so that values can be sent with it."""
        if self.config is None:
            return True
        return (
            not self.config.configured
            and not self.config.requests.filter(state__in=TierConfigRequest.OPEN).exists()
        )


def requirements(
    product: Product,
    customer: TierAccount,
    connection: Connection | None,
    marketplace: Marketplace | None,
) -> list[Requirement]:
    """Which configurations an order would need, tier 2 first (decision 11)."""
    chain = {1: customer.parent, 2: customer.parent.parent if customer.parent else None}
    found = []
    for level in (2, 1):
        account = chain[level]
        if account is None or product.authorization_level < level:
            continue
        if not Parameter.objects.of_scope(product.pk, Parameter.tier_scope(level)):
            continue
        config = find_config(account, product, level, connection, marketplace)
        found.append(Requirement(account, level, config))
    return found


@trees.in_tree_transaction
def create_purchase(purchase: Purchase, *, actor: Actor) -> FulfillmentRequest:
    """Place an order; born parked, inquiring or pending.

    Locks: the customer's tree (shared), then each required configuration until the commit, so
    that no approval can slip between the check and the parking. Raises PermissionDenied and
    ValidationError (fields named).
    """
    fresh = trees.lock_accounts(purchase.customer.pk, shared=True)[purchase.customer.pk]
    customer = TierAccount._base_manager.select_related("parent__parent", "provider").get(
        pk=fresh.pk
    )
    _check_buyer(customer, actor)
    tier1 = _check_sale(purchase, customer)
    items = _clean_items(purchase)
    values = _clean_asset(purchase)
    required = _ensure_required(purchase, customer, actor)
    subscription = _bear_subscription(purchase, customer, tier1, items)
    return _bear_request(purchase, subscription, items, values, required, actor)


def _check_buyer(customer: TierAccount, actor: Actor) -> None:
    if not actor.may_act:
        raise PermissionDenied
    if actor.role == actors.ADMIN:
        return
    if actor.role == actors.DISTRIBUTOR and customer.provider_id == actor.partner_id:
        return
    if by_reseller(customer, actor):
        return
    raise PermissionDenied


def _check_sale(purchase: Purchase, customer: TierAccount) -> TierAccount:
    """The tier 1 account, when product, marketplace, connection and customer go together."""
    product, marketplace, connection = purchase.product, purchase.marketplace, purchase.connection
    if customer.decommissioned_at is not None:
        raise ValidationError({"customer": _("This account was decommissioned.")})
    if customer.parent is None:
        raise ValidationError(
            {"customer": _("An account at the root of a tree cannot buy; choose one below it.")}
        )
    if product.status != Product.Status.PUBLISHED:
        raise ValidationError({"product": _("This product is not on sale.")})
    if marketplace.owner_id != customer.provider_id:
        raise ValidationError({"marketplace": _("Choose a marketplace of the customer's side.")})
    if not Listing.objects.filter(product=product, marketplace=marketplace, active=True).exists():
        raise ValidationError({"product": _("This product is not listed on that marketplace.")})
    if connection is not None and (
        connection.product_id != product.pk
        or connection.hub.provider_id != customer.provider_id
        or connection.status != Connection.Status.APPROVED
    ):
        raise ValidationError({"connection": _("Choose an approved connection of this product.")})
    tier1: TierAccount = customer.parent
    return tier1


def _clean_items(purchase: Purchase) -> list[tuple[Item, int]]:
    wanted = {str(pk): quantity for pk, quantity in purchase.items.items() if quantity}
    if not wanted:
        raise ValidationError({"items": _("Order at least one item.")}, code="required")
    known = Item.objects.filter(product=purchase.product, status=Item.Status.PUBLISHED).in_bulk(
        list(wanted)
    )
    lines = []
    for pk, quantity in wanted.items():
        if pk not in known:
            raise ValidationError({"items": _("One of the items is not on sale.")})
        if not 0 < quantity <= MAX_QUANTITY:
            raise ValidationError(
                {"items": _("Order between 1 and %(max)d of an item.") % {"max": MAX_QUANTITY}}
            )
        lines.append((known[pk], quantity))
    return lines


def _clean_asset(purchase: Purchase) -> dict[str, parameters.Stored]:
    own = parameters.offered_to_buyer(Parameter.objects.of_scope(purchase.product.pk, "asset"))
    cleaned = parameters.clean_values(own, purchase.values.get("asset", {}))
    return {name: stored for name, stored in cleaned.items() if stored}


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
    state = birth_state(subscription.product_id, values, required)
    request = FulfillmentRequest(
        pk=f"PR-{identifiers.digits(subscription.pk)}-001", state=state, **fields
    )
    data: dict[str, Any] = {"subscription": subscription.pk}
    if state == FulfillmentRequest.State.INQUIRING:
        data |= begin_inquiry(request)
    request.save(force_insert=True)
    request.required_configurations.set(required)
    RequestItem.objects.bulk_create(
        RequestItem(request=request, item=item, quantity=quantity) for item, quantity in items
    )
    record("fulfillmentrequest.created", request, actor=actor, to_state=state, data=data)
    return request
