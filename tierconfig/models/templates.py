"""Texts a vendor shows to customers and resellers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from customers.models.base import OfVendor, Stamped


class Template(Stamped):
    """Markdown with `{{ parameter }}` placeholders.

    Tier scopes have no type; scope asset has fulfillment, inquire and pending (domain 2.8).
    """

    class Scope(models.TextChoices):
        ASSET = "asset", _("Subscription")
        TIER_1 = "tier1", _("Tier 1")
        TIER_2 = "tier2", _("Tier 2")

    class Type(models.TextChoices):
        FULFILLMENT = "fulfillment", _("Approved")
        INQUIRE = "inquire", _("Inquiring")
        PENDING = "pending", _("Pending")

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="templates")
    name = models.CharField(_("name"), max_length=255)
    body = models.TextField(_("body"))
    scope = models.CharField(_("scope"), max_length=8, choices=Scope.choices)
    type = models.CharField(_("type"), max_length=16, choices=Type.choices, blank=True)
    position = models.PositiveIntegerField(_("position"), default=10000)

    objects = OfVendor.as_manager()

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering = ["product", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="asset", type__in=["fulfillment", "inquire", "pending"])
                | Q(scope__in=["tier1", "tier2"], type=""),
                name="template_type_fits_scope",
            )
        ]

    def __str__(self) -> str:
        return self.name
