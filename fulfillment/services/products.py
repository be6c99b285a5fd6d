"""The life of a product: on sale, no longer on sale. It stands here because it asks for items."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models.deletion import Collector, ProtectedError
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.events import record
from customers.lifecycle import StaleState, check, hold, write
from customers.models import Listing, Product, WebhookEndpoint
from tierconfig.services.definitions import editing
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
def remove_product(product: Product, *, actor: Actor, revision: int | None = None) -> Product:
    """Delete a draft with its definitions, as long as nothing was made with it.

    Raises PermissionDenied, StaleForm, StaleState once it was published, and ValidationError.
    """
    held = editing.hold_own(product, actor, revision=revision)
    if held.state != Product.State.DRAFT:
        raise StaleState(held, "remove")
    if reasons := removal_obstacles(held):
        raise ValidationError([ValidationError(text, code="used") for text in reasons])
    record("product.removed", held, actor=actor, data={"id": held.pk, "name": held.name})
    held.delete()
    return product


def removal_obstacles(product: Product) -> list[str]:
    """What was made with a draft and would be lost with it, one sentence each."""
    found = []
    try:
        Collector(using=DEFAULT_DB_ALIAS).collect([product])
    except ProtectedError as error:
        kinds = sorted({str(each._meta.verbose_name_plural) for each in error.protected_objects})
        found.append(_("Something was made with it: %(what)s.") % {"what": ", ".join(kinds)})
    if WebhookEndpoint.objects.filter(product=product).exists():
        found.append(_("A webhook of your settings hears of this product only."))
    return found


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
