"""What a product can do: the switches its vendor sets (domain 2.4.1)."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Capabilities(models.Model):
    """They count for what begins after they were set; open requests go on as they are.

    The names follow the field's: `validates_…` are the dynamic validations by the vendor's
    service, `schedules_…` let the vendor approve for a later date.
    """

    class Authorization(models.IntegerChoices):
        NONE = 0, _("Off")
        TIER_1 = 1, _("Tier 1")
        TIER_2 = 2, _("Tier 1 and tier 2")

    tier_accounts_sync = models.BooleanField(
        _("Tier Accounts Sync"),
        default=False,
        help_text=_("Account changes reach the vendor as requests; switching affects later ones."),
    )
    authorization_level = models.PositiveSmallIntegerField(
        _("Reseller Authorization"),
        choices=Authorization.choices,
        default=Authorization.NONE,
        help_text=_("Which tiers need an approved configuration before an order is processed."),
    )
    validates_setups = models.BooleanField(
        _("Dynamic Validation of Tier Requests"),
        default=False,
        help_text=_("Setups begun by hand are drafts until the vendor's service has seen them."),
    )
    validates_setup_inquiries = models.BooleanField(
        _("Validation of inquiries of setups"), default=False
    )
    validates_updates = models.BooleanField(_("Validation of updates"), default=False)
    validates_update_inquiries = models.BooleanField(
        _("Validation of inquiries of updates"), default=False
    )
    remind_after_days = models.PositiveSmallIntegerField(
        _("remind after"),
        default=3,
        validators=[MaxValueValidator(90)],
        help_text=_("Days between reminders of an unanswered inquiry; 0 for none."),
    )
    escalate_after_days = models.PositiveSmallIntegerField(
        _("tell the distributor after"),
        default=10,
        validators=[MaxValueValidator(365)],
        help_text=_("Days an inquiry waits before its distributor hears of it; 0 for never."),
    )
    validates_orders = models.BooleanField(
        _("Dynamic Validation of the Draft Requests"),
        default=False,
        help_text=_("Purchases are drafts until the vendor's service has seen them."),
    )
    validates_order_inquiries = models.BooleanField(
        _("Dynamic Validation of the Inquiring Form"), default=False
    )
    validates_changes = models.BooleanField(_("Validation of change requests"), default=False)
    validates_change_inquiries = models.BooleanField(
        _("Validation of inquiries of change requests"), default=False
    )
    administrative_hold = models.BooleanField(
        _("Administrative Hold"),
        default=False,
        help_text=_("The buying side may suspend subscriptions and resume them."),
    )
    editable_ordering_parameters = models.BooleanField(
        _("Editable Ordering Parameters in Change Request"), default=False
    )
    editable_fulfillment_parameters = models.BooleanField(
        _("Editable Fulfillment Parameters in Change Request"), default=False
    )
    schedules_purchases = models.BooleanField(_("Scheduling of purchases"), default=False)
    schedules_changes = models.BooleanField(_("Scheduling of changes"), default=False)
    schedules_suspends = models.BooleanField(_("Scheduling of suspensions"), default=False)
    schedules_resumes = models.BooleanField(_("Scheduling of resumptions"), default=False)
    schedules_cancels = models.BooleanField(_("Scheduling of cancellations"), default=False)

    class Meta:
        abstract = True
