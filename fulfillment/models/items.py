"""What of a product can be bought."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers import actors
from customers.models import Product
from customers.models.base import Stamped


class ItemQuerySet(models.QuerySet["Item"]):
    def visible_to(self, actor: actors.Actor | None) -> ItemQuerySet:
        """Items are visible with their product."""
        if actor is None:
            return self.none()
        return self.filter(product__in=Product.objects.visible_to(actor))


class Item(Stamped):
    """A sellable unit; `local_id` is the vendor's own name for it, used in requests."""

    class Type(models.TextChoices):
        RESERVATION = "Reservation", _("Reservation")
        PPU = "PPU", _("Pay as you go")

    class Period(models.TextChoices):
        """How often it is billed, or how long it is tried, in the field's words (domain 2.5)."""

        MONTHLY = "Monthly", _("Monthly")
        YEARLY = "Yearly", _("Yearly")
        ONE_TIME = "OneTime", _("Once")
        YEARS_2 = "years_2", _("Every 2 years")
        YEARS_3 = "years_3", _("Every 3 years")
        YEARS_4 = "years_4", _("Every 4 years")
        YEARS_5 = "years_5", _("Every 5 years")
        YEARS_6 = "years_6", _("Every 6 years")
        DAYS_7_TRIAL = "days_7_trial", _("Trial of 7 days")
        DAYS_14_TRIAL = "days_14_trial", _("Trial of 14 days")
        DAYS_30_TRIAL = "days_30_trial", _("Trial of 30 days")
        MONTHLY_TRIAL = "monthly_trial", _("Trial of a month")

    class Status(models.TextChoices):
        PUBLISHED = "published", _("Published")
        END_OF_SALE = "endofsale", _("End of sale")

    id = models.CharField(_("ID"), max_length=24, primary_key=True, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="items")
    local_id = models.CharField(_("vendor's ID"), max_length=128)
    mpn = models.CharField(_("MPN"), max_length=128)
    name = models.CharField(_("name"), max_length=255)
    description = models.CharField(_("description"), max_length=512, blank=True)
    type = models.CharField(
        _("type"), max_length=16, choices=Type.choices, default=Type.RESERVATION
    )
    period = models.CharField(
        _("period"), max_length=16, choices=Period.choices, default=Period.MONTHLY
    )
    unit = models.CharField(_("unit"), max_length=64, default="Licenses")
    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, default=Status.PUBLISHED
    )

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["product", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "local_id"], name="item_local_id_once"),
            models.CheckConstraint(
                condition=Q(type__in=["Reservation", "PPU"]), name="item_type_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
