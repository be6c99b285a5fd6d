"""Buttons of the control panel, and what else a vendor embeds into it."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers import actors
from customers.models import Product
from customers.models.base import Stamped
from customers.sealing import SealedField


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, actor: actors.Actor | None) -> ActionQuerySet:
        """Buttons are visible with their product; whose they are decides the tier."""
        if actor is None:
            return self.none()
        return self.filter(product__in=Product.objects.visible_to(actor))


class Action(Stamped):
    """A button: its link leads to the vendor's address with a signed, short-lived JWT.

    `action` is the vendor's own id of it; a claim of the token carries it (domain 2.9).
    """

    class Scope(models.TextChoices):
        ASSET = "asset", _("Subscription")
        TIER_1 = "tier1", _("Tier 1")
        TIER_2 = "tier2", _("Tier 2")

    id = models.CharField(_("ID"), max_length=24, primary_key=True, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="actions")
    action = models.CharField(
        _("action ID"), max_length=100, validators=[RegexValidator(r"^[A-Za-z0-9_-]+$")]
    )
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=300)
    scope = models.CharField(_("scope"), max_length=8, choices=Scope.choices)
    position = models.PositiveIntegerField(_("position"), default=10000)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["product", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "action"], name="action_once"),
            models.CheckConstraint(
                condition=Q(scope__in=["asset", "tier1", "tier2"]), name="action_scope_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Embedding(models.Model):
    """What a product shows in the control panel beside its templates (domain 2.4, 5.7).

    `action_url` is where all buttons of the product lead; `action_secret` signs their tokens
    (HS256) and is shown once. Links and documents are lists of {title, url}, links also with
    visible_for (admin or user).
    """

    product = models.OneToOneField(Product, models.CASCADE, related_name="embedding")
    description = models.CharField(_("description"), max_length=255, blank=True)
    getting_started = models.TextField(_("getting started"), max_length=4096, blank=True)
    download_links = models.JSONField(_("download links"), default=list, blank=True)
    documents = models.JSONField(_("documents"), default=list, blank=True)
    action_url = models.URLField(_("address of the actions"), max_length=1024, blank=True)
    action_secret = SealedField()
    secret_since = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("embedding")
        verbose_name_plural = _("embeddings")

    def __str__(self) -> str:
        return self.product_id
