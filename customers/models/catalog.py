"""Products, as far as accounts and orders need them; markets.py says where they are sold."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from .. import actors
from ..permissions import by_vendor
from .base import Lifecycle
from .capabilities import Capabilities
from .partners import Partner


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, actor: actors.Actor | None) -> ProductQuerySet:
        """A vendor sees its own products; distributors and resellers what is listed for them.

        What was never published is the vendor's alone, listed or not.
        """
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.role == actors.VENDOR:
            return self.filter(owner=actor.partner)
        shown = self.exclude(state=Product.State.DRAFT)
        if actor.role == actors.DISTRIBUTOR:
            return shown.filter(pk__in=_offered(Q(marketplace__owner=actor.partner)))
        if actor.role == actors.RESELLER:
            from .accounts import AccountAccess

            providers = AccountAccess.objects.operating(actor.partner).values("account__provider")
            return shown.filter(pk__in=_offered(Q(marketplace__owner__in=providers)))
        return self.none()

    def orderable(self) -> ProductQuerySet:
        return self.filter(state=Product.State.PUBLISHED)


def _offered(where: Q) -> models.QuerySet:
    from .markets import Listing

    return Listing.objects.filter(where).values("product")


class CategoryQuerySet(models.QuerySet["Category"]):
    def visible_to(self, actor: actors.Actor | None) -> CategoryQuerySet:
        """The same list for everybody who is signed in."""
        return self.none() if actor is None else self.all()


class Category(models.Model):
    """What kind of service a product is; kept by administrators, the same for all vendors."""

    id = models.CharField(_("ID"), max_length=12, primary_key=True, editable=False)
    name = models.CharField(_("name"), max_length=128, unique=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Product(Capabilities, Lifecycle):
    """A vendor's product with the capabilities that steer account changes and orders.

    Published data are edited in place: there is one mutable version (domain 2.4). What an open
    request is judged by are the definitions at the moment of the step, not those of its birth.
    """

    lock_rank = 1
    lock_order = ("pk",)

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        END_OF_SALE = "endofsale", _("End of sale")

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    name = models.CharField(_("name"), max_length=255)
    owner = models.ForeignKey(
        Partner, models.PROTECT, related_name="products", verbose_name=_("vendor")
    )
    external_id = models.CharField(_("external ID"), max_length=100, blank=True)
    state = FSMField(
        _("state"), max_length=16, choices=State.choices, default=State.DRAFT, protected=True
    )
    category = models.ForeignKey(
        Category, models.SET_NULL, null=True, blank=True, related_name="products"
    )
    short_description = models.CharField(_("short description"), max_length=512, blank=True)
    detailed_description = models.TextField(
        _("description"), max_length=20_000, blank=True, help_text=_("Markdown.")
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published", "endofsale"]),
                name="product_state_known",
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

    @transition(
        state,
        State.DRAFT,
        State.PUBLISHED,
        permission=by_vendor,
        custom={"label": _("Publish"), "style": "primary"},
    )
    def publish(self) -> None:
        """It may be listed and ordered."""
        self.published_at = self.published_at or timezone.now()

    @transition(
        state,
        State.PUBLISHED,
        State.END_OF_SALE,
        permission=by_vendor,
        custom={"label": _("End the sale"), "style": "danger"},
    )
    def end_sale(self) -> None:
        """No new order; what is open or sold goes on."""

    @transition(
        state,
        State.END_OF_SALE,
        State.PUBLISHED,
        permission=by_vendor,
        custom={"label": _("Resume the sale")},
    )
    def resume_sale(self) -> None:
        """It may be ordered again."""


class ProductIcon(models.Model):
    """The picture of a product: a PNG of at most 256 × 256, made from what was uploaded."""

    product = models.OneToOneField(Product, models.CASCADE, related_name="icon")
    content = models.BinaryField(_("content"))
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)

    class Meta:
        verbose_name = _("product icon")
        verbose_name_plural = _("product icons")

    def __str__(self) -> str:
        return self.product_id
