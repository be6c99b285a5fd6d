"""What a configuration request and an order have in common: a vendor processes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Held, Holder, Partner
from customers.models.base import Lifecycle

from .. import parameters
from ..presentation import Presented, presented
from .parameters import Parameter
from .templates import Template

#: States that every such machine has; services compare with them.
DRAFT, TIERS_SETUP, INQUIRING, PENDING = "draft", "tiers_setup", "inquiring", "pending"


class ProcessedRequest(Lifecycle):
    """A request with values, which may be parked, asks a technical contact, and is decided.

    `params` are the values of this request only: {name: {value, structured_value,
    value_error}}. `presentation` overrides definitions for it. `inquiry_number` grows with each
    inquiry and each renewed link, so that older links die (decision 18). Subclasses bring `state`
    with its steps, and say what their values are: `parameter_scope()`, `base_values()` and
    `addressee()`.
    """

    #: Type of the templates whose text an approval sets; those of tiers have none.
    template_type = ""
    #: Look-up path from the request to its product.
    product_path = ""
    #: Events of drafts are their creator's alone.
    private_drafts = True

    vendor = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        Partner, models.PROTECT, related_name="+", verbose_name=_("distributor")
    )
    creator = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    inquiry_number = models.PositiveIntegerField(_("inquiry"), default=0, editable=False)
    inquiry_email = models.EmailField(_("asked"), max_length=254, blank=True)
    inquiry_sent_at = models.DateTimeField(_("link sent"), null=True, editable=False)
    inquiry_message = models.TextField(_("message to the contact"), blank=True)
    #: What the vendor changed about single parameters for this request only:
    #: {name: {hidden, readonly, required: bool, choices: [{value, label}]}}.
    presentation = models.JSONField(_("presentation"), default=dict, blank=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, editable=False)
    escalated_at = models.DateTimeField(_("escalated"), null=True, editable=False)
    answered = models.BooleanField(_("answered"), default=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    template = models.ForeignKey(Template, models.SET_NULL, null=True, blank=True, related_name="+")
    template_text = models.TextField(_("control panel text"), blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    environment = models.CharField(_("environment"), max_length=16, default="production")
    effective_date = models.DateTimeField(_("effective date"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        state: Any

        def parameter_scope(self) -> tuple[str, str]:
            """Product id and scope of the parameters this request may hold."""

        def base_values(self) -> dict[str, Any]:
            """The values in force, over which those of the request will be laid."""

        def addressee(self) -> str:
            """E-mail of the technical contact whom an inquiry asks."""

        def asked_account_id(self) -> str:
            """The account whose technical contact an inquiry asks."""

    def held_by(self) -> Held | None:
        """Who has to act, None once it is decided (customers/models/holding.py)."""
        if self.state == DRAFT:
            return Held(Holder.CREATOR, partner_id=self.creator_id)
        if self.state == TIERS_SETUP:
            return Held(Holder.CONFIGURATION)
        if self.state == INQUIRING:
            return Held(Holder.CONTACT, account_id=self.asked_account_id())
        return None if self.decided_at else Held(Holder.VENDOR, partner_id=self.vendor_id)

    def held_product_id(self) -> str:
        return self.parameter_scope()[0]

    def definitions(self) -> list[Parameter]:
        """The parameters this request may hold, in display order."""
        return Parameter.objects.of_scope(*self.parameter_scope())

    def presented(self, values: Mapping[str, Any] | None = None) -> list[Presented]:
        """The parameters as they count with `values`, by default with those it knows now."""
        known = {**self.base_values(), **self.params} if values is None else values
        return presented(self.definitions(), known, self.presentation)

    @property
    def is_own_preview(self) -> bool:
        """Whether its vendor placed it, which it may in previews only: it buys there, too."""
        return self.environment == "preview" and self.creator_id == self.vendor_id

    def offered_to_vendor(self, now: Iterable[Presented]) -> list[Presented]:
        """Those of its parameters, as they count now, whose values its vendor fills in (decision
        14): all in a preview of its own, where nobody else could be asked."""
        return list(now) if self.is_own_preview else parameters.offered_to_vendor(now)

    def _approve(self, template: Any, text: str, effective_date: Any) -> None:
        self.template = template
        self.template_text = text
        self.effective_date = effective_date or timezone.now()
        self.decided_at = timezone.now()

    def _close(self, reason: str) -> None:
        self.reason = reason
        self.decided_at = timezone.now()
