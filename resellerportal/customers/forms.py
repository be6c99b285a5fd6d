"""Forms of an account's data. What is right is said by customers.cleaning and the services."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import ADMIN, DISTRIBUTOR, VENDOR
from customers.cleaning import clean_account, countries
from customers.models import Hub, Marketplace, Partner, TierAccount
from customers.services.account_rules import check_externals

from ..forms import PortalForm
from ..pickers import AccountPicker, PickingForm, parents, previews

RESELLER, CUSTOMER = TierAccount.Type.RESELLER, TierAccount.Type.CUSTOMER
PRODUCTION, TEST, PREVIEW = TierAccount.Environment
#: Fields of a form that are no data of the account.
PLACE = ("parent", "hub")
ROOT = gettext_lazy("None: a reseller at the top of its own tree")


def _text(
    label: Any,
    size: int,
    *,
    required: bool = True,
    hint: Any = "",
    widget: type[forms.TextInput] = forms.TextInput,
    **attrs: Any,
) -> Any:
    """A line of text; its length is checked by the domain, which counts what was typed."""
    attrs = {"maxlength": size, "autocomplete": "off", **attrs}
    return forms.CharField(
        label=label, required=required, help_text=hint, widget=widget(attrs=attrs)
    )


class Generated(forms.TextInput):
    """A line of text with a button that fills it in; the server does, so no script is needed."""

    template_name = "portal/generated.html"


def made(name: str) -> str:
    """A new value for the field `name` of GENERATED."""
    return str(uuid.uuid4()) if name == "external_uid" else f"C-{get_random_string(8, _CLEAR)}"


#: Fields with such a button.
GENERATED = ("external_id", "external_uid")
#: Letters and digits that are not taken for each other.
_CLEAR = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def _countries() -> list[tuple[str, str]]:
    return [("", _("Choose a country")), *countries().items()]


class DataForm(PickingForm):
    """General data, address and technical contact of one account.

    `kind` is the type when the form does not ask for it, `provider` the distributor in whose
    numbering the external ids must be unique.
    """

    kind: str = RESELLER
    provider: Partner | None = None
    hub: Hub | None = None
    fieldsets: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (gettext_lazy("General"), ("name", "external_id", "external_uid", "tax_id")),
        (
            gettext_lazy("Address"),
            ("country", "state", "city", "postal_code", "address_line1", "address_line2"),
        ),
        (
            gettext_lazy("Technical contact"),
            ("contact_last_name", "contact_first_name", "contact_email", "phone"),
        ),
    )

    name = _text(gettext_lazy("Company name"), 255)
    external_id = _text(
        gettext_lazy("External ID"),
        255,
        required=False,
        hint=gettext_lazy("The company's number in your own system; unique among your accounts."),
        widget=Generated,
    )
    external_uid = _text(
        gettext_lazy("External UUID"),
        255,
        required=False,
        hint=gettext_lazy("Left empty, one is made."),
        widget=Generated,
    )
    tax_id = _text(gettext_lazy("Tax ID"), 100, required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=_countries)
    state = _text(gettext_lazy("State or region"), 100, required=False)
    city = _text(gettext_lazy("City"), 100)
    postal_code = _text(gettext_lazy("Postal code"), 50)
    address_line1 = _text(gettext_lazy("Street and number"), 255)
    address_line2 = _text(gettext_lazy("Second address line"), 255, required=False)
    contact_last_name = _text(gettext_lazy("Last name"), 100)
    contact_first_name = _text(gettext_lazy("First name"), 100)
    contact_email = _text(
        gettext_lazy("E-mail"),
        254,
        hint=gettext_lazy("Inquiries about this company are sent here."),
        inputmode="email",
    )
    phone = _text(
        gettext_lazy("Phone"),
        60,
        required=False,
        hint=gettext_lazy("With the country code, for example +49 40 123456."),
        inputmode="tel",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        asked = {name: value for name, value in cleaned.items() if name not in PLACE}
        given = {"type": self.kind, **asked}
        try:
            values = clean_account(given, current=self.obj)
            if self.provider is not None:
                hub = cleaned.get("hub", self.hub)
                check_externals(self.provider, hub, values, self.obj)
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                if name not in self.errors:
                    self.add_error(name if name in self.fields else None, errors)
        return cleaned


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
        self._offer_environments()
        self.possible = {
            preview: rows(self.actor).order_by().exists()
            for preview, rows in ((False, parents), (True, previews))
        }
        if not any(self.possible.values()):
            self.fields["type"].widget.refused = (CUSTOMER,)
            self.fields["type"].help_text = _(
                "There is no reseller yet. Create a reseller first, customers hang below it."
            )

    def _offer_environments(self) -> None:
        """Vendors have previews only, resellers none."""
        field: Any = self.fields["environment"]
        self.only = PREVIEW if self.actor.role == VENDOR else ""
        if self.only:
            del self.fields["environment"]
        elif self.actor.role not in (DISTRIBUTOR, ADMIN):
            field.choices = [each for each in field.choices if each[0] != PREVIEW]

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


class EditForm(DataForm):
    """All data of an account and its type; its place in the tree is changed by moving it."""

    fieldsets = (
        (DataForm.fieldsets[0][0], ("type", *DataForm.fieldsets[0][1])),
        *DataForm.fieldsets[1:],
    )

    type = forms.ChoiceField(
        label=gettext_lazy("Type"), choices=TierAccount.Type.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account: TierAccount = self.obj
        self.provider, self.hub = account.provider, account.hub
        self.fields["external_uid"].help_text = _("Left empty, it stays as it is.")
