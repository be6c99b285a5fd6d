"""What an order is about: items and how many of each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .items import Item
from .requests import FulfillmentRequest


class RequestItem(models.Model):
    """A line of an order: from how much to how much of an item; 0 takes it out."""

    request = models.ForeignKey(FulfillmentRequest, models.CASCADE, related_name="items")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))
    old_quantity = models.PositiveIntegerField(_("quantity before"), default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["request", "item"], name="request_item_once")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item}"
