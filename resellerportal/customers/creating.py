"""The forms of the steps that create an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import RESELLER as RESELLING
from customers.models import Hub, Marketplace, Partner, TierAccount

from ..forms import PortalForm
from ..pickers import AccountPicker, PickingForm
from ..pickers.scopes import parents, previews
from .forms import ROOT, DataForm

RESELLER, CUSTOMER = TierAccount.Type.RESELLER, TierAccount.Type.CUSTOMER
PRODUCTION, TEST, PREVIEW = TierAccount.Environment


class TypeRadio(forms.RadioSelect):
    refused: tuple[str, ...] = ()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.refused:
            option["attrs"]["disabled"] = True
        return option


class TypeForm(PortalForm):
    """Customer or reseller; no customer as long as there is no reseller to hang it below."""

    type = forms.ChoiceField(
        label=gettext_lazy("What do you add?"),
        choices=[
            (CUSTOMER, gettext_lazy("Customer: buys for its own use")),
            (RESELLER, gettext_lazy("Reseller: sells to customers below it")),
        ],
        widget=TypeRadio,
    )

    only = ""
    environment = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        choices=[
            (PRODUCTION, gettext_lazy("Production: a real company")),
            (TEST, gettext_lazy("Test: to try out your own processes")),
            (PREVIEW, gettext_lazy("Preview: invented, for previews of orders only")),
        ],
        widget=forms.RadioSelect,
        initial=PRODUCTION,
        required=False,
        help_text=gettext_lazy("It cannot be changed later."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.actor.role == RESELLING:
            field: Any = self.fields["environment"]
            field.choices = [each for each in field.choices if each[0] != PREVIEW]
        self.possible = {
            preview: rows(self.actor).order_by().exists()
            for preview, rows in ((False, parents), (True, previews))
        }
        if not any(self.possible.values()):
            self.fields["type"].widget.refused = (CUSTOMER,)
            self.fields["type"].help_text = _(
                "There is no reseller yet. Create a reseller first, customers hang below it."
            )

    def only_previews(self) -> None:
        """What a vendor adds is a preview, so nobody is asked."""
        self.only = PREVIEW
        del self.fields["environment"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        environment = self.only or cleaned.get("environment") or PRODUCTION
        preview = environment == PREVIEW
        if cleaned.get("type") == CUSTOMER and not self.possible[preview]:
            text = (
                _("Create a preview reseller first, preview customers hang below it.")
                if preview
                else _("Create a reseller first, customers hang below it.")
            )
            self.add_error("type", text)
        return {**cleaned, "environment": environment}


class MarketplaceForm(PortalForm):
    """Whose territory a preview is of: the distributor follows from it, and the country."""

    marketplace = forms.ModelChoiceField(
        label=gettext_lazy("Marketplace"),
        queryset=Marketplace.objects.none(),
        empty_label=gettext_lazy("Choose a marketplace"),
        help_text=gettext_lazy("The company is invented in one of its countries."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["marketplace"]
        field.queryset = Marketplace.objects.visible_to(self.actor).select_related("owner")
        found = list(field.queryset[:2])
        if len(found) == 1 and not self.is_bound:
            self.initial.setdefault("marketplace", found[0].pk)
        if not found:
            field.help_text = _("No marketplace lists a product of yours yet.")


class ParentForm(PickingForm):
    parent = AccountPicker(
        label=gettext_lazy("Parent"), scope="parents", required=False, empty_label=ROOT
    )

    def among_previews(self, provider: Partner) -> None:
        """Preview resellers of this distributor instead of the others."""
        field: Any = self.fields["parent"]
        field.scope, field.provider = "previews", provider.pk

    def demand(self) -> None:
        """A parent must be chosen; the only one there is is chosen already."""
        field: Any = self.fields["parent"]
        field.required, field.empty_label = True, ""
        if not self.is_bound and not self.initial.get("parent"):
            field.actor = self.actor
            found = list(field.rows.order_by()[:2])
            if len(found) == 1:
                self.initial["parent"] = found[0]


class CreateForm(DataForm):
    """The data of a new account; a distributor names the hub it comes from."""

    fieldsets = (
        (DataForm.fieldsets[0][0], (*DataForm.fieldsets[0][1], "hub")),
        *DataForm.fieldsets[1:],
    )
    hub = forms.ModelChoiceField(
        label=gettext_lazy("Hub"),
        queryset=Hub.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy(
            "Your system that keeps this company; it cannot be changed later. External IDs are "
            "unique per hub."
        ),
    )

    def offer_hubs(self, provider: Partner, environment: str) -> None:
        """The distributor's own hubs that leave creating to us; no field where there are none."""
        hubs = Hub.objects.visible_to(self.actor).filter(provider=provider, type=Hub.Type.API)
        field: Any = self.fields["hub"]
        field.queryset = hubs.order_by("name", "pk")
        if environment == PREVIEW or not field.queryset.exists():
            del self.fields["hub"]
            self.fieldsets = DataForm.fieldsets
