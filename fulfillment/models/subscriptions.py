"""Subscriptions (the API calls them assets)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from customers import actors
from customers.models import Connection, Marketplace, Partner, Product, TierAccount
from customers.models.base import Lifecycle
from customers.permissions import Operators, by_system
from customers.visibility import providers, within_subtree
from tierconfig.models import Template

from .items import Item


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visible_to(self, actor: actors.Actor | None) -> SubscriptionQuerySet:
        """A reseller sees what customers in its present subtree have."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        shown = self.exclude(
            Q(state=Subscription.State.DRAFT) & ~Q(requests__creator=actor.partner)
        )
        if actor.role == actors.VENDOR:
            return shown.filter(vendor=actor.partner)
        if actor.role == actors.DISTRIBUTOR:
            return shown.filter(provider=actor.partner)
        if actor.role == actors.RESELLER:
            return shown.filter(within_subtree(actor, "customer__"), provider__in=providers(actor))
        return self.none()


class Subscription(Lifecycle):
    """What a customer bought; its tiers are fixed when it is ordered."""

    lock_rank = 6
    lock_definitions = True
    #: Nobody reads of the subscription of an order that was not submitted yet.
    private_drafts = True

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROCESSING = "processing", _("Processing")
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        TERMINATING = "terminating", _("Terminating")
        TERMINATED = "terminated", _("Terminated")

    id = models.CharField(_("ID"), max_length=24, primary_key=True, editable=False)
    state = FSMField(_("state"), choices=State.choices, default=State.PROCESSING, protected=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="subscriptions")
    connection = models.ForeignKey(
        Connection, models.PROTECT, null=True, blank=True, related_name="subscriptions"
    )
    marketplace = models.ForeignKey(
        Marketplace, models.PROTECT, null=True, blank=True, related_name="subscriptions"
    )
    vendor = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        Partner, models.PROTECT, related_name="+", verbose_name=_("distributor")
    )
    customer = models.ForeignKey(TierAccount, models.PROTECT, related_name="subscriptions")
    tier1 = models.ForeignKey(TierAccount, models.PROTECT, related_name="tier1_subscriptions")
    tier2 = models.ForeignKey(
        TierAccount, models.PROTECT, null=True, blank=True, related_name="tier2_subscriptions"
    )
    external_id = models.CharField(  # noqa: DJ001  absent is NULL, so that uniqueness skips it
        _("external ID"), max_length=100, null=True, blank=True
    )
    external_uid = models.CharField(  # noqa: DJ001
        _("external UUID"), max_length=100, null=True, blank=True
    )
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    template = models.ForeignKey(Template, models.SET_NULL, null=True, blank=True, related_name="+")
    template_text = models.TextField(_("control panel text"), blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft",
                        "processing",
                        "active",
                        "suspended",
                        "terminating",
                        "terminated",
                    ]
                ),
                name="subscription_state_known",
            ),
            models.UniqueConstraint(
                fields=["provider", "product", "external_uid"],
                condition=Q(external_uid__isnull=False),
                name="subscription_external_uid_once",
            ),
            models.UniqueConstraint(
                fields=["provider", "product", "external_id"],
                condition=Q(external_id__isnull=False),
                name="subscription_external_id_once",
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "-created_at", "id"], name="subscription_vendor_age"),
            models.Index(
                fields=["provider", "-created_at", "id"], name="subscription_provider_age"
            ),
        ]

    def __str__(self) -> str:
        return self.pk

    @property
    def environment(self) -> str:
        return self.connection.type if self.connection else "preview"

    def operators(self) -> Operators:
        return self.customer.operators()

    @transition(state, State.DRAFT, State.PROCESSING, permission=by_system)
    def process(self) -> None:
        """The draft of its purchase was submitted."""

    @transition(
        state,
        [State.PROCESSING, State.SUSPENDED, State.TERMINATING],
        State.ACTIVE,
        permission=by_system,
    )
    def activate(self) -> None:
        """Its purchase or resumption was approved, or its cancellation came to nothing."""

    @transition(state, [State.ACTIVE, State.TERMINATING], State.SUSPENDED, permission=by_system)
    def suspend(self) -> None:
        """Its suspension was approved, or its cancellation came to nothing."""

    @transition(state, [State.ACTIVE, State.SUSPENDED], State.TERMINATING, permission=by_system)
    def begin_termination(self) -> None:
        """Its cancellation was ordered."""

    @transition(
        state, [State.PROCESSING, State.TERMINATING], State.TERMINATED, permission=by_system
    )
    def terminate(self) -> None:
        """Its purchase was rejected or withdrawn, or its cancellation approved."""


class SubscriptionItem(models.Model):
    """How much of an item a subscription holds now."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="items")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("subscription item")
        verbose_name_plural = _("subscription items")
        constraints = [
            models.UniqueConstraint(fields=["subscription", "item"], name="subscription_item_once")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item}"
