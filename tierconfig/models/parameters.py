"""Parameter definitions of a product."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers import actors
from customers.models import Product
from customers.models.base import Stamped

from ..cleaning import pairs


class ParameterQuerySet(models.QuerySet["Parameter"]):
    def visible_to(self, actor: actors.Actor | None) -> ParameterQuerySet:
        """Definitions are visible with their product."""
        if actor is None:
            return self.none()
        return self.filter(product__in=Product.objects.visible_to(actor))

    def of_scope(self, product_id: str, scope: str) -> list[Parameter]:
        """The value-holding definitions of one scope of a product, in display order."""
        return list(self.filter(product_id=product_id, scope=scope).value_holding())

    def of_scopes(
        self, pairs: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], list[Parameter]]:
        """`of_scope` for many (product id, scope) pairs, in one query."""
        found: dict[tuple[str, str], list[Parameter]] = {pair: [] for pair in pairs}
        if not found:
            return found
        products, scopes = zip(*found, strict=True)
        rows = self.filter(product__in=set(products), scope__in=set(scopes)).value_holding()
        for row in rows:
            if (row.product_id, row.scope) in found:
                found[row.product_id, row.scope].append(row)
        return found

    def constants(self, product_id: str) -> list[Parameter]:
        """What is the same for all configurations of a product, in display order.

        Those of single items are no matter of configurations.
        """
        return self.constants_of([product_id])[product_id]

    def constants_of(self, product_ids: Iterable[str]) -> dict[str, list[Parameter]]:
        """`constants` of many products, in one query."""
        found: dict[str, list[Parameter]] = {pk: [] for pk in product_ids}
        scopes = (Parameter.Scope.PRODUCT, Parameter.Scope.MARKETPLACE)
        rows = self.filter(
            product__in=list(found), phase=Parameter.Phase.CONFIGURATION, scope__in=scopes
        )
        for row in rows.exclude(type__in=Parameter.DISPLAY_ONLY).order_by("position", "name"):
            found[row.product_id].append(row)
        return found

    def value_holding(self) -> ParameterQuerySet:
        """What configurations, subscriptions and requests hold values of, in display order."""
        rows = self.exclude(type__in=Parameter.DISPLAY_ONLY)
        return rows.exclude(phase=Parameter.Phase.CONFIGURATION).order_by("position", "name")


class Parameter(Stamped):
    """What a vendor asks or stores; `name` is the id that payloads and values use."""

    class Type(models.TextChoices):
        TEXT = "text", _("Text")
        DROPDOWN = "dropdown", _("Dropdown")
        PASSWORD = "password", _("Password")
        EMAIL = "email", _("E-mail")
        CHECKBOX = "checkbox", _("Checkbox")
        SUBDOMAIN = "subdomain", _("Subdomain")
        DOMAIN = "domain", _("Domain")
        ADDRESS = "address", _("Address")
        PHONE = "phone", _("Phone")
        OBJECT = "object", _("Object")
        URL = "url", _("URL")
        CHOICE = "choice", _("Choice")
        HEADING = "heading", _("Heading")
        CONTENT = "content", _("Content")

    class Phase(models.TextChoices):
        ORDERING = "ordering", _("Ordering")
        FULFILLMENT = "fulfillment", _("Fulfillment")
        CONFIGURATION = "configuration", _("Configuration")

    class Scope(models.TextChoices):
        ASSET = "asset", _("Subscription")
        TIER_1 = "tier1", _("Tier 1")
        TIER_2 = "tier2", _("Tier 2")
        PRODUCT = "product", _("Product")
        ITEM = "item", _("Item")
        MARKETPLACE = "marketplace", _("Marketplace")
        ITEM_MARKETPLACE = "item_marketplace", _("Item and marketplace")

    #: Types that show something and hold no value.
    DISPLAY_ONLY = (Type.HEADING, Type.CONTENT)

    id = models.CharField(_("ID"), max_length=24, primary_key=True, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="parameters")
    name = models.CharField(
        _("parameter ID"), max_length=100, validators=[RegexValidator(r"^[A-Za-z0-9_-]+$")]
    )
    title = models.CharField(_("title"), max_length=255)
    description = models.TextField(_("description"), blank=True)
    type = models.CharField(_("type"), max_length=16, choices=Type.choices, default=Type.TEXT)
    phase = models.CharField(
        _("phase"), max_length=16, choices=Phase.choices, default=Phase.ORDERING
    )
    scope = models.CharField(_("scope"), max_length=16, choices=Scope.choices)
    hint = models.CharField(_("hint"), max_length=255, blank=True)
    placeholder = models.CharField(_("placeholder"), max_length=255, blank=True)
    required = models.BooleanField(_("required"), default=False)
    hidden = models.BooleanField(_("hidden"), default=False)
    unique = models.BooleanField(_("unique"), default=False)
    #: Further constraints: min_length, max_length, choices [{label, value, default}], …
    constraints = models.JSONField(_("constraints"), default=dict, blank=True)
    position = models.PositiveIntegerField(_("position"), default=10000)

    objects = ParameterQuerySet.as_manager()

    class Meta:
        verbose_name = _("parameter")
        verbose_name_plural = _("parameters")
        ordering = ["product", "position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["product", "name"], name="parameter_name_once"),
            models.CheckConstraint(
                condition=Q(
                    phase__in=["ordering", "fulfillment"], scope__in=["asset", "tier1", "tier2"]
                )
                | Q(
                    phase="configuration",
                    scope__in=["product", "item", "marketplace", "item_marketplace"],
                ),
                name="parameter_scope_fits_phase",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.name

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(value, label) pairs of dropdown, choice, checkbox and subdomain."""
        return pairs(self.constraints.get("choices"))

    @property
    def readonly(self) -> bool:
        """Shown, but never asked for and not to be changed by the buying side."""
        return bool(self.constraints.get("readonly"))

    @staticmethod
    def tier_scope(level: int) -> str:
        return f"tier{level}"
