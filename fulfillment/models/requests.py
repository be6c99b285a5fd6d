"""Fulfillment requests (PRs), called orders in the portal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from customers.models import Held, Holder
from customers.models.base import LockKey
from customers.models.notes import discuss
from customers.permissions import (
    Operators,
    any_of,
    by_contact,
    by_creator,
    by_creator_in_preview,
    by_distributor,
    by_distributor_in_preview,
    by_reseller,
    by_system,
    by_vendor,
)
from tierconfig.models import Parameter, ProcessedRequest, Template, TierConfig
from tierconfig.parameters import has_value
from tierconfig.presentation import Presented

from .request_rules import CONSTRAINTS, INDEXES
from .sight import FulfillmentRequestQuerySet
from .subscriptions import Subscription


class FulfillmentRequest(ProcessedRequest):
    """Creates or changes a subscription.

    `required_configurations` is fixed when it leaves draft: while one of them was never approved
    the request is parked in tiers_setup. `params` are the request's values of scope asset;
    `tier_values` raw ones of a draft by scope (tier1, tier2), handed on when it is submitted.
    `subscription_state` is what the subscription was before it, to which a failed cancellation
    returns. `due` tells that the planned date has come and the vendor has to act; `automatic`
    that the worker approves it then, with `planned_template`.
    """

    lock_rank = 7
    template_type = Template.Type.FULFILLMENT
    product_path = "subscription__product"

    class Type(models.TextChoices):
        PURCHASE = "purchase", _("Purchase")
        CHANGE = "change", _("Change")
        SUSPEND = "suspend", _("Suspend")
        RESUME = "resume", _("Resume")
        CANCEL = "cancel", _("Cancel")
        ADJUSTMENT = "adjustment", _("Adjustment")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        TIERS_SETUP = "tiers_setup", _("Tiers Setup")
        INQUIRING = "inquiring", _("Inquiring")
        PENDING = "pending", _("Pending")
        SCHEDULED = "scheduled", _("Scheduled")
        REVOKING = "revoking", _("Revoking")
        REVOKED = "revoked", _("Revoked")
        APPROVED = "approved", _("Approved")
        FAILED = "failed", _("Failed")

    OPEN = (
        State.DRAFT,
        State.TIERS_SETUP,
        State.INQUIRING,
        State.PENDING,
        State.SCHEDULED,
        State.REVOKING,
    )

    id = models.CharField(_("ID"), max_length=24, primary_key=True, editable=False)
    type = models.CharField(_("type"), max_length=16, choices=Type.choices)
    state = FSMField(_("state"), choices=State.choices, default=State.PENDING, protected=True)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="requests")
    required_configurations = models.ManyToManyField(
        TierConfig, blank=True, related_name="waiting_requests"
    )
    note = models.CharField(_("note"), max_length=2000, blank=True)
    tier_values = models.JSONField(_("values for tiers"), default=dict, blank=True)
    subscription_state = models.CharField(_("subscription was"), max_length=16, blank=True)
    planned_date = models.DateTimeField(_("planned date"), null=True, blank=True)
    planned_template = models.ForeignKey(
        Template, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    automatic = models.BooleanField(_("approved by itself on the planned date"), default=False)
    due = models.BooleanField(_("planned date has come"), default=False, editable=False)

    objects = FulfillmentRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("fulfillment request")
        verbose_name_plural = _("fulfillment requests")
        constraints = CONSTRAINTS
        indexes = INDEXES

    def __str__(self) -> str:
        return self.pk

    def lock_parents(self) -> list[LockKey]:
        return [(Subscription, self.subscription_id)]

    def operators(self) -> Operators:
        return self.subscription.operators()

    def parameter_scope(self) -> tuple[str, str]:
        return self.subscription.product_id, Parameter.Scope.ASSET

    def base_values(self) -> dict[str, Any]:
        values: dict[str, Any] = self.subscription.params
        return values

    def addressee(self) -> str:
        return str(self.subscription.customer.contact_email)

    def asked_account_id(self) -> str:
        return str(self.subscription.customer_id)

    def offered_to_vendor(self, now: Iterable[Presented]) -> list[Presented]:
        """Values come with purchases, changes and adjustments. The fulfillment values in force
        stay in a change, unless the product lets its vendor edit them."""
        if self.type in (self.Type.SUSPEND, self.Type.RESUME, self.Type.CANCEL):
            return []
        offered = super().offered_to_vendor(now)
        product = self.subscription.product
        if self.type != self.Type.CHANGE or product.editable_fulfillment_parameters:
            return offered
        present = self.subscription.params
        return [
            each
            for each in offered
            if each.phase == Parameter.Phase.ORDERING or not has_value(present.get(each.name))
        ]

    def held_by(self) -> Held | None:
        if self.state == self.State.SCHEDULED and not self.due:
            return Held(Holder.DATE)
        return super().held_by()

    @transition(
        state,
        State.DRAFT,
        State.PENDING,
        permission=by_creator,
        custom={"label": _("Submit"), "style": "primary"},
    )
    def submit(self) -> None:
        """Nothing is missing: the vendor's turn."""

    @transition(state, State.DRAFT, State.INQUIRING, permission=by_system)
    def submit_and_ask(self) -> None:
        """As submit, but values are missing: the technical contact is asked."""

    @transition(state, State.DRAFT, State.TIERS_SETUP, permission=by_system)
    def submit_and_park(self) -> None:
        """As submit, but a required configuration is not ready."""

    @transition(state, State.TIERS_SETUP, State.PENDING, permission=by_system)
    def release(self) -> None:
        """Every required configuration is ready and nothing is missing."""

    @transition(state, State.TIERS_SETUP, State.INQUIRING, permission=by_system)
    def ask(self) -> None:
        """Every required configuration is ready, but values are missing here."""

    @transition(state, State.TIERS_SETUP, State.FAILED, permission=by_system)
    def cascade(self, *, reason: str) -> None:
        """A required setup failed."""
        self._close(reason)

    @transition(
        state,
        [State.TIERS_SETUP, State.INQUIRING],
        State.FAILED,
        permission=any_of(by_distributor, by_reseller, by_creator_in_preview),
        custom={"label": _("Withdraw"), "style": "danger"},
    )
    def withdraw(self, *, reason: str) -> None:
        """The buying side takes the order back; configurations under way go on."""
        self._close(reason)

    @transition(
        state,
        [State.PENDING, State.SCHEDULED, State.REVOKING],
        State.APPROVED,
        permission=any_of(by_vendor, by_system),
        custom={"label": _("Approve"), "style": "primary"},
    )
    def approve(self, *, template: Any, text: str, effective_date: Any = None) -> None:
        """The vendor's; of an automatic one the worker's, on its planned date. Why it was asked
        back, if it was, is of no account any more."""
        self._approve(template, text, effective_date)
        self.due, self.reason = False, ""

    @transition(
        state,
        State.PENDING,
        State.SCHEDULED,
        permission=by_vendor,
        custom={"label": _("Schedule")},
    )
    def schedule(self, *, planned_date: Any, template: Any = None, automatic: bool = False) -> None:
        """Accepted for a later date."""
        self.planned_date, self.planned_template = planned_date, template
        self.automatic = automatic

    @transition(
        state,
        State.SCHEDULED,
        State.REVOKING,
        permission=by_distributor,
        custom={"label": _("Revoke"), "style": "danger"},
    )
    def revoke(self, *, reason: str) -> None:
        """The distributor asks for it back; the vendor confirms, or approves all the same."""
        self.reason = reason
        self.due = False

    @transition(
        state,
        State.REVOKING,
        State.REVOKED,
        permission=by_vendor,
        custom={"label": _("Confirm revocation"), "style": "primary"},
    )
    def confirm(self) -> None:
        self._close(self.reason)

    @transition(
        state,
        State.PENDING,
        State.INQUIRING,
        permission=by_vendor,
        custom={"label": _("Inquire")},
    )
    def inquire(self) -> None:
        """Values have to be filled in or corrected by the customer."""

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
        permission=any_of(by_vendor, by_distributor_in_preview),
        custom={"label": _("Reject"), "style": "danger"},
    )
    def fail(self, *, reason: str) -> None:
        self._close(reason)

    @transition(
        state,
        [State.PENDING, State.INQUIRING, State.REVOKING],
        State.FAILED,
        permission=by_system,
    )
    def expire(self, *, reason: str) -> None:
        """It stayed longer than its vendor's service level lets it."""
        self._close(reason)


discuss(FulfillmentRequest, "PR", r"\d{4}-\d{4}-\d{4}-\d{3,}", with_vendors=True)
