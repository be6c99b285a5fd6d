"""The life of a product: on sale, no longer on sale. It stands here because it asks for items."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.lifecycle import check, hold, write
from customers.models import Listing, Product
from tierconfig.services.definitions.products import tiers_without_template

from ..models import FulfillmentRequest, Item, Subscription


@dataclass(frozen=True)
class Sales:
    """What hangs on a product at this moment."""

    listings: int
    orders: int
    subscriptions: int


def publish_product(product: Product, *, actor: Actor, revision: int | None = None) -> Product:
    """Put a draft on sale; raises ValidationError with all that is missing for it."""
    return _offer(product, "publish", actor=actor, revision=revision)


def resume_sale(product: Product, *, actor: Actor, revision: int | None = None) -> Product:
    """Sell again what was at its end of sale; the same has to be there as for publishing."""
    return _offer(product, "resume_sale", actor=actor, revision=revision)


@transaction.atomic
def end_sale(product: Product, *, actor: Actor, revision: int | None = None) -> Product:
    """No new order from now on; open orders and subscriptions go on."""
    held = hold(product)
    check(held, "end_sale", actor, revision)
    return write(held, "end_sale", actor=actor)


@transaction.atomic
def _offer(product: Product, step: str, *, actor: Actor, revision: int | None) -> Product:
    held = hold(product)
    check(held, step, actor, revision)
    if lacking := missing_for_sale(held):
        raise ValidationError([ValidationError(text, code="incomplete") for text in lacking])
    return write(held, step, actor=actor)


def missing_for_sale(product: Product) -> list[str]:
    """What an order would need and does not find, one sentence each."""
    found = []
    if not Item.objects.filter(product=product, status=Item.Status.PUBLISHED).exists():
        found.append(_("It has no published item, so there is nothing to order."))
    found += [
        _("There is no template for approvals of scope %(scope)s.") % {"scope": scope}
        for scope in tiers_without_template(product)
    ]
    return found


def sales_of(product: Product) -> Sales:
    """Counted: active listings, open orders, subscriptions that are not terminated."""
    orders = FulfillmentRequest.objects.filter(
        subscription__product=product, state__in=FulfillmentRequest.OPEN
    )
    subscriptions = Subscription.objects.filter(product=product).exclude(
        state__in=[Subscription.State.DRAFT, Subscription.State.TERMINATED]
    )
    return Sales(
        listings=Listing.objects.filter(product=product, active=True).count(),
        orders=orders.count(),
        subscriptions=subscriptions.count(),
    )
