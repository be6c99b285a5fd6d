"""Over which hubs a product's orders travel."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import actors
from .base import Stamped
from .catalog import Product
from .markets import Hub


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def visible_to(self, actor: actors.Actor | None) -> ConnectionQuerySet:
        """The vendor of the product and the distributor of the hub."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.role == actors.VENDOR:
            return self.filter(product__owner=actor.partner)
        if actor.role == actors.DISTRIBUTOR:
            return self.filter(hub__provider=actor.partner)
        return self.none()


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

    objects = ConnectionQuerySet.as_manager()

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
