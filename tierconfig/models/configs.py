"""Tier configurations: the values of one reseller for one product at one tier."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from customers import actors
from customers.models import Connection, Marketplace, Partner, Product, TierAccount
from customers.models.base import Lifecycle
from customers.models.notes import discuss
from customers.permissions import Operators, by_system
from customers.visibility import operated_ids

from .parameters import Parameter
from .templates import Template


class TierConfigQuerySet(models.QuerySet["TierConfig"]):
    def visible_to(self, actor: actors.Actor | None) -> TierConfigQuerySet:
        """A reseller sees configurations of accounts it operates, not of their children."""
        if actor is None:
            return self.none()
        if actor.role == actors.SYSTEM:
            return self.all()
        shown = self.exclude(state=TierConfig.State.DRAFT)
        if actor.role == actors.ADMIN:
            return shown
        if actor.role == actors.VENDOR:
            return shown.filter(vendor=actor.partner)
        if actor.role == actors.DISTRIBUTOR:
            return shown.filter(provider=actor.partner)
        if actor.role == actors.RESELLER:
            return shown.filter(account__in=operated_ids(actor))
        return self.none()


class TierConfig(Lifecycle):
    """The per-reseller counterpart of a subscription.

    `params` are the values of the last approved request, by parameter name. `configured_at` is
    set by the first approval and gates orders; the state never does (decision 12).
    """

    lock_rank = 4
    #: Nobody reads of a configuration that was not submitted yet.
    private_drafts = True
    lock_order = ("-tier_level", "pk")
    lock_definitions = True

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROCESSING = "processing", _("Processing")
        ACTIVE = "active", _("Active")

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    state = FSMField(_("state"), choices=State.choices, default=State.PROCESSING, protected=True)
    account = models.ForeignKey(TierAccount, models.PROTECT, related_name="tier_configs")
    product = models.ForeignKey(Product, models.PROTECT, related_name="tier_configs")
    tier_level = models.PositiveSmallIntegerField(
        _("tier"), choices=[(1, _("Tier 1")), (2, _("Tier 2"))]
    )
    connection = models.ForeignKey(
        Connection, models.PROTECT, null=True, blank=True, related_name="tier_configs"
    )
    marketplace = models.ForeignKey(
        Marketplace, models.PROTECT, null=True, blank=True, related_name="tier_configs"
    )
    vendor = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        Partner, models.PROTECT, related_name="+", verbose_name=_("distributor")
    )
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    template = models.ForeignKey(Template, models.SET_NULL, null=True, blank=True, related_name="+")
    template_text = models.TextField(_("control panel text"), blank=True)
    configured_at = models.DateTimeField(_("configured"), null=True, editable=False)

    objects = TierConfigQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier configuration")
        verbose_name_plural = _("tier configurations")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "product", "tier_level", "connection"],
                condition=Q(connection__isnull=False),
                name="config_once_per_connection",
            ),
            models.UniqueConstraint(
                fields=["account", "product", "tier_level", "marketplace"],
                condition=Q(connection__isnull=True),
                name="config_once_per_preview_marketplace",
            ),
            models.CheckConstraint(condition=Q(tier_level__in=[1, 2]), name="config_tier_known"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "processing", "active"]),
                name="config_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(configured_at__isnull=False),
                name="config_active_is_configured",
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "-created_at", "id"], name="config_vendor_age"),
            models.Index(fields=["provider", "-created_at", "id"], name="config_provider_age"),
        ]

    def __str__(self) -> str:
        return self.pk

    @property
    def name(self) -> str:
        return f"Configuration of {self.account_id}"

    @property
    def configured(self) -> bool:
        """Whether a request of it was ever approved."""
        return self.configured_at is not None

    @property
    def environment(self) -> str:
        return self.connection.type if self.connection else "preview"

    @property
    def scope(self) -> str:
        return f"tier{self.tier_level}"

    def definitions(self) -> list[Parameter]:
        """The parameters of its own tier, in display order."""
        return Parameter.objects.of_scope(self.product_id, self.scope)

    @property
    def operated_account_id(self) -> str:
        """Who operates this very account has a right on it, nobody above."""
        return str(self.account_id)

    def operators(self) -> Operators:
        return TierAccount._base_manager.filter(pk=self.account_id)

    @transition(state, [State.DRAFT, State.ACTIVE], State.PROCESSING, permission=by_system)
    def process(self) -> None:
        """A draft of its setup was submitted, or an update or adjustment was requested."""

    @transition(state, State.PROCESSING, State.ACTIVE, permission=by_system)
    def activate(self) -> None:
        """Its request was approved, or its update failed; nothing is open any more."""


discuss(TierConfig, "TC", r"\d{3}-\d{3}-\d{3}", with_vendors=True)
