"""What is sold where, as far as accounts and orders need it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import actors
from .base import LockKey, Stamped
from .partners import Partner


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, actor: actors.Actor | None) -> ProductQuerySet:
        """A vendor sees its own products; distributors and resellers what is listed for them."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.role == actors.VENDOR:
            return self.filter(owner=actor.partner)
        if actor.role == actors.DISTRIBUTOR:
            return self.filter(pk__in=_offered(Q(marketplace__owner=actor.partner)))
        if actor.role == actors.RESELLER:
            from .accounts import AccountAccess

            providers = AccountAccess.objects.operating(actor.partner).values("account__provider")
            return self.filter(pk__in=_offered(Q(marketplace__owner__in=providers)))
        return self.none()

    def orderable(self) -> ProductQuerySet:
        return self.filter(status=Product.Status.PUBLISHED)


def _offered(where: Q) -> models.QuerySet:
    return Listing.objects.filter(where).values("product")


class Product(Stamped):
    """A vendor's product with the capabilities that steer account changes and orders."""

    lock_rank = 1
    lock_order = ("pk",)

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        END_OF_SALE = "endofsale", _("End of sale")

    class Authorization(models.IntegerChoices):
        NONE = 0, _("Off")
        TIER_1 = 1, _("Tier 1")
        TIER_2 = 2, _("Tier 1 and tier 2")

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    name = models.CharField(_("name"), max_length=255)
    owner = models.ForeignKey(
        Partner, models.PROTECT, related_name="products", verbose_name=_("vendor")
    )
    external_id = models.CharField(_("external ID"), max_length=100, blank=True)
    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, default=Status.DRAFT
    )
    short_description = models.CharField(_("short description"), max_length=512, blank=True)
    tier_accounts_sync = models.BooleanField(
        _("Tier Accounts Sync"),
        default=False,
        help_text=_("Account changes reach the vendor as requests; switching affects later ones."),
    )
    authorization_level = models.PositiveSmallIntegerField(
        _("Reseller Authorization"),
        choices=Authorization.choices,
        default=Authorization.NONE,
        help_text=_("Which tiers need an approved configuration before an order is processed."),
    )

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "published", "endofsale"]),
                name="product_status_known",
            ),
            models.CheckConstraint(
                condition=Q(authorization_level__lte=2), name="product_authorization_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def vendor_id(self) -> str:
        """Under the name that permissions and events know."""
        return self.owner_id

    def lock_parents(self) -> list[LockKey]:
        return []


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


class Connection(Stamped):
    """A product connected to a hub; the pseudo connection of preview is no row."""

    class Type(models.TextChoices):
        TEST = "test", _("Test")
        PRODUCTION = "production", _("Production")

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        REVOKED = "revoked", _("Revoked")

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="connections")
    hub = models.ForeignKey(Hub, models.PROTECT, related_name="connections")
    type = models.CharField(_("type"), max_length=16, choices=Type.choices, default=Type.PRODUCTION)
    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, default=Status.APPROVED
    )

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "hub", "type"], name="connection_once_per_hub_and_type"
            ),
            models.CheckConstraint(
                condition=Q(type__in=["test", "production"]), name="connection_type_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "approved", "rejected", "revoked"]),
                name="connection_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.pk


class Listing(models.Model):
    """A product offered on a marketplace."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="listings")
    marketplace = models.ForeignKey(Marketplace, models.CASCADE, related_name="listings")
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [
            models.UniqueConstraint(fields=["product", "marketplace"], name="listing_once")
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.marketplace}"
