"""Tier configuration requests (TCRs), and the inquiry that any request may be in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from customers import actors
from customers.models import Partner, TierAccount
from customers.models.base import Lifecycle, LockKey
from customers.permissions import (
    Operators,
    any_of,
    by_contact,
    by_distributor,
    by_reseller,
    by_system,
    by_vendor,
)
from customers.visibility import operated_ids

from .configs import TierConfig
from .templates import Template


class Inquirable(models.Model):
    """A request that can ask a technical contact (decision 18).

    `inquiry_number` grows with each inquiry and each renewed link, so that older links die.
    """

    inquiry_number = models.PositiveIntegerField(_("inquiry"), default=0, editable=False)
    inquiry_email = models.EmailField(_("asked"), max_length=254, blank=True)
    inquiry_sent_at = models.DateTimeField(_("link sent"), null=True, editable=False)
    inquiry_message = models.TextField(_("message to the contact"), blank=True)

    class Meta:
        abstract = True


class TierConfigRequestQuerySet(models.QuerySet["TierConfigRequest"]):
    def visible_to(self, actor: actors.Actor | None) -> TierConfigRequestQuerySet:
        """Drafts belong to the partner that began them (decision 4)."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        shown = self.exclude(Q(state=TierConfigRequest.State.DRAFT) & ~Q(creator=actor.partner))
        if actor.role == actors.VENDOR:
            return shown.filter(vendor=actor.partner)
        if actor.role == actors.DISTRIBUTOR:
            return shown.filter(provider=actor.partner)
        if actor.role == actors.RESELLER:
            return shown.filter(configuration__account__in=operated_ids(actor))
        return self.none()


class TierConfigRequest(Inquirable, Lifecycle):
    """Sets up or changes a configuration.

    `params` are the values of this request only: {name: {value, structured_value,
    value_error}}. `parent_configuration` is the tier 2 configuration a tier 1 setup was born
    below; release and cascade follow it and nothing else (decision 11).
    """

    lock_rank = 5
    lock_order = ("-configuration__tier_level", "pk")

    class Type(models.TextChoices):
        SETUP = "setup", _("Setup")
        UPDATE = "update", _("Update")
        ADJUSTMENT = "adjustment", _("Adjustment")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        TIERS_SETUP = "tiers_setup", _("Tiers Setup")
        INQUIRING = "inquiring", _("Inquiring")
        PENDING = "pending", _("Pending")
        APPROVED = "approved", _("Approved")
        FAILED = "failed", _("Failed")

    #: States in which the request still wants something.
    OPEN = (State.DRAFT, State.TIERS_SETUP, State.INQUIRING, State.PENDING)

    id = models.CharField(_("ID"), max_length=24, primary_key=True, editable=False)
    type = models.CharField(_("type"), max_length=16, choices=Type.choices)
    state = FSMField(_("state"), choices=State.choices, default=State.PENDING, protected=True)
    configuration = models.ForeignKey(TierConfig, models.PROTECT, related_name="requests")
    parent_configuration = models.ForeignKey(
        TierConfig, models.PROTECT, null=True, blank=True, related_name="child_requests"
    )
    vendor = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        Partner, models.PROTECT, related_name="+", verbose_name=_("distributor")
    )
    creator = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    tier1 = models.ForeignKey(TierAccount, models.PROTECT, null=True, blank=True, related_name="+")
    tier2 = models.ForeignKey(TierAccount, models.PROTECT, null=True, blank=True, related_name="+")
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    template = models.ForeignKey(Template, models.SET_NULL, null=True, blank=True, related_name="+")
    template_text = models.TextField(_("control panel text"), blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    notes = models.CharField(_("notes"), max_length=2000, blank=True)
    environment = models.CharField(_("environment"), max_length=16, default="production")
    effective_date = models.DateTimeField(_("effective date"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = TierConfigRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier configuration request")
        verbose_name_plural = _("tier configuration requests")
        constraints = [
            models.UniqueConstraint(
                fields=["configuration"],
                condition=Q(state__in=["draft", "tiers_setup", "inquiring", "pending"]),
                name="tcr_one_open_per_configuration",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft",
                        "tiers_setup",
                        "inquiring",
                        "pending",
                        "approved",
                        "failed",
                    ]
                ),
                name="tcr_state_known",
            ),
            models.CheckConstraint(
                condition=Q(type__in=["setup", "update", "adjustment"]), name="tcr_type_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "failed"], decided_at__isnull=False)
                | (~Q(state__in=["approved", "failed"]) & Q(decided_at__isnull=True)),
                name="tcr_decided_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(reason=""), name="tcr_failed_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="tiers_setup") | Q(parent_configuration__isnull=False),
                name="tcr_parked_below_something",
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "state", "state_since"], name="tcr_vendor_queue"),
            models.Index(fields=["provider", "state", "state_since"], name="tcr_provider_queue"),
            models.Index(fields=["vendor", "-created_at", "id"], name="tcr_vendor_age"),
            models.Index(fields=["provider", "-created_at", "id"], name="tcr_provider_age"),
        ]

    def __str__(self) -> str:
        return self.pk

    def lock_parents(self) -> list[LockKey]:
        return [(TierConfig, self.configuration_id)]

    def operators(self) -> Operators:
        return TierAccount._base_manager.filter(tier_configs=self.configuration_id)

    @transition(state, State.TIERS_SETUP, State.PENDING, permission=by_system)
    def release(self) -> None:
        """The tier 2 configuration is ready and nothing is missing."""

    @transition(state, State.TIERS_SETUP, State.INQUIRING, permission=by_system)
    def ask(self) -> None:
        """The tier 2 configuration is ready, but values are missing here."""

    @transition(state, State.TIERS_SETUP, State.FAILED, permission=by_system)
    def cascade(self, *, reason: str) -> None:
        """The tier 2 setup failed."""
        self._close(reason)

    @transition(
        state,
        State.PENDING,
        State.APPROVED,
        permission=by_vendor,
        custom={"label": _("Approve"), "style": "primary"},
    )
    def approve(self, *, template: Any, text: str, effective_date: Any = None) -> None:
        self.template = template
        self.template_text = text
        self.effective_date = effective_date or timezone.now()
        self.decided_at = timezone.now()

    @transition(
        state,
        State.PENDING,
        State.INQUIRING,
        permission=by_vendor,
        custom={"label": _("Inquire")},
    )
    def inquire(self) -> None:
        """Values have to be filled in or corrected by the reseller."""

    @transition(
        state,
        State.INQUIRING,
        State.PENDING,
        permission=any_of(by_reseller, by_distributor, by_contact),
        custom={"label": _("Answer"), "style": "primary"},
    )
    def answer(self) -> None:
        """The asked values were given."""

    @transition(
        state,
        State.INQUIRING,
        State.PENDING,
        permission=any_of(by_vendor, by_distributor),
        custom={"label": _("Back to pending")},
    )
    def pend(self) -> None:
        """Nobody waits for the answer any more; its link dies."""

    @transition(
        state,
        [State.PENDING, State.INQUIRING],
        State.FAILED,
        permission=any_of(by_vendor, by_distributor),
        custom={"label": _("Reject"), "style": "danger"},
    )
    def fail(self, *, reason: str) -> None:
        self._close(reason)

    def _close(self, reason: str) -> None:
        self.reason = reason
        self.decided_at = timezone.now()
