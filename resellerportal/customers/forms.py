"""Forms of an account's data. What is right is said by customers.cleaning and the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import DISTRIBUTOR
from customers.cleaning import clean_account, countries
from customers.models import Hub, Partner, TierAccount
from customers.services.account_rules import check_externals

from ..forms import PortalForm
from ..pickers import AccountPicker, PickingForm, parents

RESELLER, CUSTOMER = TierAccount.Type.RESELLER, TierAccount.Type.CUSTOMER
ROOT = gettext_lazy("None: a reseller at the top of its own tree")


def _text(label: Any, size: int, *, required: bool = True, hint: Any = "", **attrs: Any) -> Any:
    """A line of text; its length is checked by the domain, which counts what was typed."""
    attrs = {"maxlength": size, "autocomplete": "off", **attrs}
    return forms.CharField(
        label=label, required=required, help_text=hint, widget=forms.TextInput(attrs=attrs)
    )


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
    )
    external_uid = _text(
        gettext_lazy("External UUID"),
        255,
        required=False,
        hint=gettext_lazy("Left empty, one is made."),
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
        asked = {name: value for name, value in cleaned.items() if name != "parent"}
        given = {"type": self.kind, **asked}
        try:
            values = clean_account(given, current=self.obj)
            if self.provider is not None:
                check_externals(self.provider, self.hub, values, self.obj)
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                if name not in self.errors:
                    self.add_error(name if name in self.fields else None, errors)
        return cleaned


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.possible = parents(self.actor).order_by().exists()
        if not self.possible:
            self.fields["type"].widget.refused = (CUSTOMER,)
            self.fields["type"].help_text = _(
                "There is no reseller yet. Create a reseller first, customers hang below it."
            )

    def clean_type(self) -> str:
        kind: str = self.cleaned_data["type"]
        if kind == CUSTOMER and not self.possible:
            raise ValidationError(_("Create a reseller first, customers hang below it."))
        return kind


class ParentForm(PickingForm):
    parent = AccountPicker(
        label=gettext_lazy("Parent"), scope="parents", required=False, empty_label=ROOT
    )

    def demand(self) -> None:
        """A parent must be chosen; the only one there is is chosen already."""
        field: Any = self.fields["parent"]
        field.required, field.empty_label = True, ""
        if not self.is_bound and not self.initial.get("parent"):
            found = list(parents(self.actor).order_by()[:2])
            if len(found) == 1:
                self.initial["parent"] = found[0]


class EditForm(DataForm):
    """All data of an account, its type and its place in the tree."""

    fieldsets = (
        (DataForm.fieldsets[0][0], ("type", *DataForm.fieldsets[0][1])),
        *DataForm.fieldsets[1:],
        (gettext_lazy("Place in the hierarchy"), ("parent",)),
    )

    type = forms.ChoiceField(
        label=gettext_lazy("Type"), choices=TierAccount.Type.choices, widget=forms.RadioSelect
    )
    parent = AccountPicker(
        label=gettext_lazy("Parent"),
        scope="parents",
        required=False,
        empty_label=ROOT,
        help_text=gettext_lazy(
            "Another parent moves this account with everything below it. Running subscriptions "
            "keep their tiers; new orders use the new ones."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account: TierAccount = self.obj
        self.provider, self.hub = account.provider, account.hub
        self.fields["external_uid"].help_text = _("Left empty, it stays as it is.")
        picker: Any = self.fields["parent"]
        picker.kept = account.parent
        if self.actor.role in (DISTRIBUTOR, "admin"):
            return
        within = parents(self.actor).filter(pk=account.parent_id).order_by()
        if account.parent_id is None or not within.exists():
            # A reseller moves accounts about below its own, not its own.
            del self.fields["parent"]
            self.fieldsets = self.fieldsets[:-1]
        else:
            picker.empty_label = ""
            picker.required = True
