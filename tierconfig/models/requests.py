"""Tier configuration requests (TCRs)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from customers import actors
from customers.models import TierAccount
from customers.models.base import LockKey
from customers.models.notes import discuss
from customers.permissions import (
    Operators,
    any_of,
    by_contact,
    by_creator,
    by_creator_in_preview,
    by_distributor,
    by_reseller,
    by_system,
    by_vendor,
)
from customers.visibility import operated_ids

from .configs import TierConfig
from .processing import ProcessedRequest


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


class TierConfigRequest(ProcessedRequest):
    """Sets up or changes a configuration.

    `parent_configuration` is the tier 2 configuration a tier 1 setup was born
    below; release and cascade follow it and nothing else (decision 11).
    """

    lock_rank = 5
    lock_order = ("-configuration__tier_level", "pk")
    product_path = "configuration__product"

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
    tier1 = models.ForeignKey(TierAccount, models.PROTECT, null=True, blank=True, related_name="+")
    tier2 = models.ForeignKey(TierAccount, models.PROTECT, null=True, blank=True, related_name="+")
    notes = models.CharField(_("notes"), max_length=2000, blank=True)

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
            # In this order and of these states the distributor's list begins.
            models.Index(
                fields=["provider", "state_since", "id"],
                condition=Q(state__in=("draft", "tiers_setup", "inquiring", "pending")),
                name="tcr_provider_open",
            ),
            models.Index(
                fields=["inquiry_sent_at"], condition=Q(state="inquiring"), name="tcr_inquiring"
            ),
        ]

    def __str__(self) -> str:
        return self.pk

    def lock_parents(self) -> list[LockKey]:
        return [(TierConfig, self.configuration_id)]

    def operators(self) -> Operators:
        return TierAccount._base_manager.filter(tier_configs=self.configuration_id)

    def parameter_scope(self) -> tuple[str, str]:
        return self.configuration.product_id, self.configuration.scope

    def base_values(self) -> dict[str, Any]:
        values: dict[str, Any] = self.configuration.params
        return values

    def addressee(self) -> str:
        return str(self.configuration.account.contact_email)

    def asked_account_id(self) -> str:
        return str(self.configuration.account_id)

    @transition(
        state,
        State.DRAFT,
        State.PENDING,
        permission=any_of(by_creator, by_system),
        custom={"label": _("Submit"), "style": "primary"},
    )
    def submit(self) -> None:
        """Nothing is missing: the vendor's turn. An order submits a draft it meets."""

    @transition(state, State.DRAFT, State.INQUIRING, permission=by_system)
    def submit_and_ask(self) -> None:
        """As submit, but values are missing: the technical contact is asked."""

    @transition(state, State.DRAFT, State.TIERS_SETUP, permission=by_system)
    def submit_and_park(self) -> None:
        """As submit, but the tier 2 configuration above it is not ready."""

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
        self._approve(template, text, effective_date)

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
        permission=any_of(by_reseller, by_distributor, by_contact, by_creator_in_preview),
        custom={"label": _("Answer"), "style": "primary"},
    )
    def answer(self) -> None:
        self.answered = True

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

    @transition(state, [State.PENDING, State.INQUIRING], State.FAILED, permission=by_system)
    def expire(self, *, reason: str) -> None:
        """It stayed longer than its vendor's service level lets it."""
        self._close(reason)


discuss(
    TierConfigRequest,
    "TCR",
    r"\d{3}-\d{3}-\d{3}-\d{3,}",
    with_vendors=True,
    above="configuration_id",
)
