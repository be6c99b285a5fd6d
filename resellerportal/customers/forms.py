"""Forms of an account's data. What is right is said by customers.cleaning and the services."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.cleaning import clean_account, countries
from customers.models import Hub, Partner, TierAccount
from customers.services.account_rules import check_externals

from ..forms import PortalForm

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

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"said": GENERATED[name]}


def made(name: str) -> str:
    """A new value for the field `name` of GENERATED."""
    return str(uuid.uuid4()) if name == "external_uid" else f"C-{get_random_string(8, _CLEAR)}"


#: Fields with such a button, and what it does.
GENERATED = {
    "external_id": gettext_lazy("Generate an external ID"),
    "external_uid": gettext_lazy("Generate an external UUID"),
}
#: Letters and digits that are not taken for each other.
_CLEAR = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def _countries() -> list[tuple[str, str]]:
    return [("", _("Choose a country")), *countries().items()]


class DataForm(PortalForm):
    """General data, address and technical contact of one account.

    `kind` is the type when the form does not ask for it, `provider` the distributor in whose
    numbering the external ids must be unique.
    """

    kind: str = TierAccount.Type.RESELLER
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
        asked = {name: value for name, value in cleaned.items() if name != "hub"}
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
