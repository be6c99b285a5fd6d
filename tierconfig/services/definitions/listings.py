"""On which marketplaces a product is offered.

Functions hold the product and raise PermissionDenied and ValidationError by field. A vendor offers
its product where it offers one already; the first listing of a vendor on a marketplace follows
from a contract, which administrators enter. Distributors then ask for the connection.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.errors import field_error
from customers.models import Listing, Marketplace, Product

from . import editing


@transaction.atomic
def add_listing(product: Product, *, actor: Actor, marketplace: Marketplace) -> Listing:
    """Offer the product, for the first time or again; nothing happens where it is offered.

    Drafts are not offered: distributors would see them.
    """
    held = editing.hold_own(product, actor)
    if held.state == Product.State.DRAFT:
        raise ValidationError(_("Publish the product first."), code="draft")
    if not Marketplace.objects.visible_to(actor).filter(pk=marketplace.pk).exists():
        raise field_error("marketplace", _("This marketplace is not known."), "unknown")
    listing, made = Listing.objects.get_or_create(product=held, marketplace=marketplace)
    if made or not listing.active:
        listing.active = True
        listing.save()
        editing.note("product.listing_added", held, listing.marketplace, actor=actor)
    return listing


@transaction.atomic
def end_listing(listing: Listing, *, actor: Actor) -> Listing:
    """No new order on the marketplace from now on; the distributor still sees the product."""
    held = editing.hold_own(listing.product, actor)
    fresh = Listing.objects.select_related("marketplace").get(pk=listing.pk)
    if fresh.active:
        fresh.active = False
        fresh.save()
        editing.note("product.listing_ended", held, fresh.marketplace, actor=actor)
    return fresh
