"""Where products are sold: hubs, marketplaces, and what is listed on them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import actors
from .catalog import Product
from .partners import Partner


class HubQuerySet(models.QuerySet["Hub"]):
    def visible_to(self, actor: actors.Actor | None) -> HubQuerySet:
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.role == actors.DISTRIBUTOR:
            return self.filter(provider=actor.partner)
        return self.none()


class Hub(models.Model):
    """A distributor's commerce system."""

    class Type(models.TextChoices):
        COMMERCE = "OA", _("CloudBlue Commerce")
        API = "API", _("API")

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    name = models.CharField(_("name"), max_length=256)
    type = models.CharField(_("type"), max_length=3, choices=Type.choices, default=Type.API)
    provider = models.ForeignKey(
        Partner, models.PROTECT, related_name="hubs", verbose_name=_("distributor")
    )

    objects = HubQuerySet.as_manager()

    class Meta:
        verbose_name = _("hub")
        verbose_name_plural = _("hubs")
        constraints = [
            models.CheckConstraint(condition=Q(type__in=["OA", "API"]), name="hub_type_known")
        ]

    def __str__(self) -> str:
        return self.name


class MarketplaceQuerySet(models.QuerySet["Marketplace"]):
    def visible_to(self, actor: actors.Actor | None) -> MarketplaceQuerySet:
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.role == actors.DISTRIBUTOR:
            return self.filter(owner=actor.partner)
        if actor.role == actors.VENDOR:
            return self.filter(
                pk__in=Listing.objects.filter(product__owner=actor.partner).values("marketplace")
            )
        if actor.role == actors.RESELLER:
            from .accounts import AccountAccess

            operated = AccountAccess.objects.operating(actor.partner)
            return self.filter(owner__in=operated.values("account__provider"))
        return self.none()


class Marketplace(models.Model):
    """A sales territory of a distributor."""

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    name = models.CharField(_("name"), max_length=255)
    owner = models.ForeignKey(
        Partner, models.PROTECT, related_name="marketplaces", verbose_name=_("distributor")
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    countries = models.JSONField(_("countries"), default=list, blank=True)

    objects = MarketplaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("marketplace")
        verbose_name_plural = _("marketplaces")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def provider_id(self) -> str:
        """Under the name that permissions and events know."""
        return self.owner_id


class ListingQuerySet(models.QuerySet["Listing"]):
    def visible_to(self, actor: actors.Actor | None) -> ListingQuerySet:
        """Of the products the actor sees, where it sees the marketplace too."""
        return self.filter(
            product__in=Product.objects.visible_to(actor),
            marketplace__in=Marketplace.objects.visible_to(actor),
        )


class Listing(models.Model):
    """A product offered on a marketplace."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="listings")
    marketplace = models.ForeignKey(Marketplace, models.CASCADE, related_name="listings")
    active = models.BooleanField(_("active"), default=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [
            models.UniqueConstraint(fields=["product", "marketplace"], name="listing_once")
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.marketplace}"
