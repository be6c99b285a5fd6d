"""What is to be bought: whether it may be, and which configurations it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.errors import field_error
from customers.models import Connection, Listing, Marketplace, Product, TierAccount
from customers.permissions import by_distributor, by_preview_owner, by_reseller
from tierconfig import judging, parameters
from tierconfig.models import Parameter
from tierconfig.services.needs import Need, read_needs

from ..models import Item
from .births import Line

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


#: A configuration an order needs.
Requirement = Need[TierAccount]


def requirements(
    product: Product,
    customer: TierAccount,
    connection: Connection | None,
    marketplace: Marketplace | None,
) -> list[Requirement]:
    """Which configurations an order would need, tier 2 first (decision 11)."""
    tier1 = customer.parent
    tier2 = tier1.parent if tier1 else None
    return read_needs(product, (tier1, tier2), connection, marketplace)


def may_buy(product: Product, customer: TierAccount, actor: Actor) -> bool:
    """The customer's distributor, a reseller above it, administrators; of previews also the
    product's vendor, for a preview account it owns."""
    if by_distributor(customer, actor) or by_reseller(customer, actor):
        return True
    return product.owner_id == actor.partner_id and by_preview_owner(customer, actor)


def check_sale(purchase: Purchase, customer: TierAccount) -> TierAccount:
    """The tier 1 account, when product, marketplace, connection and customer go together.

    Raises ValidationError on the field that does not fit.
    """
    product, marketplace, connection = purchase.product, purchase.marketplace, purchase.connection
    if customer.decommissioned_at is not None:
        raise ValidationError({"customer": _("This account was decommissioned.")})
    if connection is not None and customer.environment == TierAccount.Environment.PREVIEW:
        raise ValidationError(
            {"customer": _("A preview account takes part in previews only, without a connection.")}
        )
    if customer.parent is None:
        raise ValidationError(
            {"customer": _("An account at the root of a tree cannot buy; choose one below it.")}
        )
    if product.state != Product.State.PUBLISHED:
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


def clean_items(purchase: Purchase, *, draft: bool = False) -> list[Line]:
    """The items on sale with how many of each; ValidationError on field `items` otherwise.

    A draft may have none yet.
    """
    wanted = {str(pk): quantity for pk, quantity in purchase.items.items() if quantity}
    if not wanted and not draft:
        raise field_error("items", _("Order at least one item."), "required")
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
        lines.append(Line(known[pk], quantity))
    return lines


def clean_asset(purchase: Purchase) -> dict[str, parameters.Stored]:
    """The values of the subscription, as far as any were given and count with each other."""
    judged = judging.judge(
        Parameter.objects.of_scope(purchase.product.pk, "asset"),
        {},
        purchase.values.get("asset", {}),
        offer=parameters.visible_ordering,
    )
    return {name: stored for name, stored in judged.values.items() if stored}
