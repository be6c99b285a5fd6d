"""Addresses of a vendor that the platform asks before it goes on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from customers.models.base import OfVendor, Stamped
from customers.sealing import SealedField


class Webhook(Stamped):
    """Called with the request as JSON and a bearer JWT (HS256) signed with `jwt_secret`.

    The names of the types are those of the field (domain 2.19).
    """

    class Type(models.TextChoices):
        DRAFT_TIER_1 = "draft_tcr_t1_val", _("Drafts of tier 1 setups")
        DRAFT_TIER_2 = "draft_tcr_t2_val", _("Drafts of tier 2 setups")
        SETUP_INQUIRY_TIER_1 = "tcr_setup_t1_inq_val", _("Answers for tier 1 setups")
        SETUP_INQUIRY_TIER_2 = "tcr_setup_t2_inq_val", _("Answers for tier 2 setups")
        UPDATE_TIER_1 = "tcr_update_t1_validator", _("Drafts of tier 1 updates")
        UPDATE_TIER_2 = "tcr_update_t2_validator", _("Drafts of tier 2 updates")
        UPDATE_INQUIRY_TIER_1 = "tcr_update_t1_inq_val", _("Answers for tier 1 updates")
        UPDATE_INQUIRY_TIER_2 = "tcr_update_t2_inq_val", _("Answers for tier 2 updates")
        PURCHASE = "validator", _("Drafts of purchases")
        PURCHASE_INQUIRY = "inquiring_validator", _("Answers for purchases")
        CHANGE = "change_validator", _("Drafts of changes")
        CHANGE_INQUIRY = "change_inquiring_validator", _("Answers for changes")

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="webhooks")
    type = models.CharField(_("type"), max_length=32, choices=Type.choices)
    label = models.CharField(_("label"), max_length=100)
    external_url = models.URLField(_("address"), max_length=1024)
    jwt_secret = SealedField()
    active = models.BooleanField(_("active"), default=True)
    last_success = models.DateTimeField(_("last success"), null=True, editable=False)
    last_failure = models.DateTimeField(_("last failure"), null=True, editable=False)
    last_problem = models.CharField(_("last problem"), max_length=255, blank=True, editable=False)

    objects = OfVendor.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["product", "type", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "type"],
                condition=Q(active=True),
                name="webhook_one_active_per_type",
            )
        ]

    def __str__(self) -> str:
        return self.label
