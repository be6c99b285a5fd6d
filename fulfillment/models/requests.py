"""Fulfillment requests (PRs), called orders in the portal."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from customers import actors
from customers.models.base import LockKey
from customers.models.notes import discuss
from customers.permissions import (
    Operators,
    any_of,
    by_contact,
    by_distributor,
    by_reseller,
    by_system,
    by_vendor,
)
from customers.visibility import providers, within_subtree
from tierconfig.models import Parameter, ProcessedRequest, Template, TierConfig

from .items import Item
from .subscriptions import Subscription


class FulfillmentRequestQuerySet(models.QuerySet["FulfillmentRequest"]):
    def visible_to(self, actor: actors.Actor | None) -> FulfillmentRequestQuerySet:
        """As its subscription; drafts belong to the partner that began them."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        shown = self.exclude(Q(state=FulfillmentRequest.State.DRAFT) & ~Q(creator=actor.partner))
        if actor.role == actors.VENDOR:
            return shown.filter(vendor=actor.partner)
        if actor.role == actors.DISTRIBUTOR:
            return shown.filter(provider=actor.partner)
        if actor.role == actors.RESELLER:
            return shown.filter(
                within_subtree(actor, "subscription__customer__"), provider__in=providers(actor)
            )
        return self.none()


class FulfillmentRequest(ProcessedRequest):
    """Creates or changes a subscription.

    `required_configurations` is fixed at birth: while one of them was never approved the request
    is parked in tiers_setup. `params` are the request's values of scope asset.
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
    planned_date = models.DateTimeField(_("planned date"), null=True, blank=True)

    objects = FulfillmentRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("fulfillment request")
        verbose_name_plural = _("fulfillment requests")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(
                    state__in=[
                        "draft",
                        "tiers_setup",
                        "inquiring",
                        "pending",
                        "scheduled",
                        "revoking",
                    ]
                ),
                name="order_one_open_per_subscription",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft",
                        "tiers_setup",
                        "inquiring",
                        "pending",
                        "scheduled",
                        "revoking",
                        "revoked",
                        "approved",
                        "failed",
                    ]
                ),
                name="order_state_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    type__in=["purchase", "change", "suspend", "resume", "cancel", "adjustment"]
                ),
                name="order_type_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "failed", "revoked"], decided_at__isnull=False)
                | (~Q(state__in=["approved", "failed", "revoked"]) & Q(decided_at__isnull=True)),
                name="order_decided_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(reason=""), name="order_failed_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "state", "state_since"], name="order_vendor_queue"),
            models.Index(fields=["provider", "state", "state_since"], name="order_provider_queue"),
            models.Index(fields=["provider", "-updated_at"], name="order_provider_touched"),
            models.Index(fields=["vendor", "-created_at", "id"], name="order_vendor_age"),
            models.Index(fields=["provider", "-created_at", "id"], name="order_provider_age"),
            models.Index(
                fields=["inquiry_sent_at"], condition=Q(state="inquiring"), name="order_inquiring"
            ),
        ]

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
        permission=any_of(by_distributor, by_reseller),
        custom={"label": _("Withdraw"), "style": "danger"},
    )
    def withdraw(self, *, reason: str) -> None:
        """The buying side takes the order back; configurations under way go on."""
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
        """Values have to be filled in or corrected by the customer."""

    @transition(
        state,
        State.INQUIRING,
        State.PENDING,
        permission=any_of(by_reseller, by_distributor, by_contact),
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
        permission=by_vendor,
        custom={"label": _("Reject"), "style": "danger"},
    )
    def fail(self, *, reason: str) -> None:
        self._close(reason)


class RequestItem(models.Model):
    """A line of an order: from how much to how much of an item."""

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


discuss(FulfillmentRequest, with_vendors=True)
