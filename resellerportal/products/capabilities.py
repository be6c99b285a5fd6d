"""What a product can do: every switch with what it does, and the form that sets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.actors import VENDOR
from customers.models import Product
from customers.permissions import by_administrator_of
from tierconfig.services.definitions import capabilities as services

from ..forms import PortalForm
from ..generic import Action, PortalFormView
from .capability_effects import LABELS, SCHEDULES, WEBHOOKS, Effects
from .confirming import ConfirmedMixin
from .frame import ProductTab, crumbs, may_administer
from .general import asked
from .lists import AUTHORIZATION

if TYPE_CHECKING:
    from .detail import ProductDetail

HELP = {
    "tier_accounts_sync": gettext_lazy(
        "Changes of accounts that use this product wait for you to accept or ignore them. "
        "Without it they are recorded, and nobody waits for your answer."
    ),
    "authorization_level": gettext_lazy(
        "Which resellers need a configuration that you approved before an order is processed. "
        "A tier can be left out again when it has no parameters and no open requests."
    ),
    "validates_setups": gettext_lazy(
        "Setups that somebody begins by hand are drafts: your service sees them before you do."
    ),
    "validates_setup_inquiries": gettext_lazy(
        "Answers to questions of a setup go through your service before they count."
    ),
    "validates_updates": gettext_lazy(
        "Requests to change a configuration are drafts until your service has seen them."
    ),
    "validates_update_inquiries": gettext_lazy(
        "Answers to questions of an update go through your service before they count."
    ),
    "validates_orders": gettext_lazy(
        "Whoever places an order gets a draft first, and your service sees it; it is submitted "
        "afterwards."
    ),
    "validates_order_inquiries": gettext_lazy(
        "What a customer answers about an order goes through your service before it counts."
    ),
    "validates_changes": gettext_lazy(
        "Requests to change a subscription are drafts until your service has seen them."
    ),
    "validates_change_inquiries": gettext_lazy(
        "What a customer answers about a change goes through your service before it counts."
    ),
    "administrative_hold": gettext_lazy(
        "Distributors and resellers may ask to suspend an active subscription. What is suspended "
        "can be resumed in any case."
    ),
    "editable_ordering_parameters": gettext_lazy(
        "Requests to change a subscription may change its ordering parameters, too, not only "
        "its items."
    ),
    "editable_fulfillment_parameters": gettext_lazy(
        "You may change fulfillment parameters while you process a change request; otherwise "
        "those in force stay."
    ),
    "schedules_purchases": gettext_lazy("You may accept purchases for a later date."),
    "schedules_changes": gettext_lazy("You may accept changes for a later date."),
    "schedules_suspends": gettext_lazy("You may accept suspensions for a later date."),
    "schedules_resumes": gettext_lazy("You may accept resumptions for a later date."),
    "schedules_cancels": gettext_lazy("You may accept cancellations for a later date."),
    "remind_after_days": gettext_lazy("Days between two reminders to who was asked; 0 for none."),
    "escalate_after_days": gettext_lazy(
        "Days a question waits before its distributor hears of it; 0 for never. The answer is "
        "still awaited."
    ),
}
GROUPS = (
    (gettext_lazy("Accounts"), ("tier_accounts_sync",)),
    (gettext_lazy("Resellers"), ("authorization_level",)),
    (gettext_lazy("Your service looks first"), tuple(WEBHOOKS)),
    (
        gettext_lazy("Changes of subscriptions"),
        ("editable_ordering_parameters", "editable_fulfillment_parameters"),
    ),
    (gettext_lazy("Holding subscriptions"), ("administrative_hold",)),
    (gettext_lazy("Scheduling"), tuple(SCHEDULES)),
    (gettext_lazy("Unanswered questions"), ("remind_after_days", "escalate_after_days")),
)


def actions(page: ProductDetail) -> list[Action]:
    if not may_administer(page):
        return []
    return [Action(_("Edit"), page.url("product-capabilities-edit", page.object.pk), "primary")]


def fill(page: ProductDetail) -> dict[str, Any]:
    product = page.object
    groups = [
        (
            label,
            [
                {"label": LABELS[name], "value": said(product, name), "text": _text(product, name)}
                for name in names
            ],
        )
        for label, names in GROUPS
    ]
    hint = "" if may_administer(page) else _("Only administrators of %(name)s change them.")
    return {"groups": groups, "hint": hint % {"name": product.owner} if hint else ""}


def said(product: Product, name: str) -> str:
    value = getattr(product, name)
    if isinstance(value, bool):
        return _("On") if value else _("Off")
    if name == "authorization_level":
        return str(AUTHORIZATION(product))
    if not value:
        return _("Never")
    return ngettext("%(n)d day", "%(n)d days", value) % {"n": value}


def _text(product: Product, name: str) -> Any:
    return asked(product) if name == "authorization_level" else HELP[name]


class CapabilitiesForm(PortalForm):
    fieldsets = GROUPS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            shared: dict[str, Any] = {"label": label, "help_text": HELP[name]}
            if name in services.MAX_DAYS:
                self.fields[name] = forms.IntegerField(
                    min_value=0,
                    max_value=services.MAX_DAYS[name],
                    widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "quantity"}),
                    **shared,
                )
            elif name == "authorization_level":
                self.fields[name] = forms.TypedChoiceField(
                    choices=Product.Authorization.choices,
                    coerce=int,
                    widget=forms.RadioSelect,
                    **shared,
                )
            else:
                self.fields[name] = forms.BooleanField(required=False, **shared)


class CapabilitiesEdit(ConfirmedMixin, PortalFormView):
    """For administrators of the vendor; what a change means is said before it is saved."""

    roles = (VENDOR,)
    model = Product
    name = "product"
    title = gettext_lazy("Edit the capabilities")
    form_class = CapabilitiesForm
    service = staticmethod(services.change_capabilities)
    success_message = gettext_lazy("Saved. It counts from now on.")

    def check(self) -> None:
        super().check()
        if not by_administrator_of(self.object, self.actor):
            raise PermissionDenied

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return crumbs(self, self.object)

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in services.SWITCHES}

    def get_cancel_url(self) -> str:
        return self.url("product-detail", self.object.pk, "capabilities")

    def get_success_url(self, result: Any) -> str:
        return self.get_cancel_url()

    def get_effects(self, cleaned: dict[str, Any]) -> list[str]:
        return Effects(self.object, self.actor, cleaned).sentences()


TAB = ProductTab(
    "capabilities",
    gettext_lazy("Capabilities"),
    "products/capabilities.html",
    fill,
    actions=actions,
)
