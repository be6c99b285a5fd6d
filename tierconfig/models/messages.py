"""Texts a vendor uses again and again when it complains about a value."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from customers.models.base import OfVendor, Stamped


class ProductMessage(Stamped):
    """A complaint ready for use, picked when a vendor inquires; `external_id` is its own name."""

    id = models.CharField(_("ID"), max_length=24, primary_key=True, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="messages")
    external_id = models.CharField(_("external ID"), max_length=100)
    value = models.CharField(_("text"), max_length=500)

    objects = OfVendor.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["product", "external_id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "external_id"], name="message_once")
        ]

    def __str__(self) -> str:
        return self.value
