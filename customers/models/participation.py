"""What accounts take part in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .catalog import Product
from .partners import Partner


class Participation(models.Model):
    """An account takes part in a subscription or a configuration of a product (decision 1).

    The one source for connected products, scopes, and what vendors see. Written by fulfillment
    and tierconfig in the transaction that bears or ends the source.
    """

    class Kind(models.TextChoices):
        SUBSCRIPTION = "subscription", _("Subscription")
        CONFIGURATION = "configuration", _("Configuration")

    account = models.ForeignKey(
        "customers.TierAccount", models.CASCADE, related_name="participations"
    )
    product = models.ForeignKey(Product, models.CASCADE, related_name="participations")
    vendor = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    provider = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    tier = models.PositiveSmallIntegerField(_("tier"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    source = models.CharField(_("source"), max_length=20, db_index=True)
    live = models.BooleanField(_("live"), default=True)

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source", "tier"], name="participation_once"
            ),
            models.CheckConstraint(condition=Q(tier__lte=2), name="participation_tier_known"),
        ]
        indexes = [models.Index(fields=["vendor", "account"], name="participation_of_vendor")]

    def __str__(self) -> str:
        return f"{self.account_id} tier {self.tier} of {self.source}"
