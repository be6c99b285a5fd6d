"""Add and change an endpoint: where to, and what is told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Product

from ..forms import PortalForm, TextField, in_zone
from .frame import type_choices

#: Begins the names of the fields of the groups of types.
GROUP = "types-"


class EndpointForm(PortalForm):
    label = TextField(label=gettext_lazy("Name"), max_length=100)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=1024,
        widget=forms.URLInput,
        help_text=gettext_lazy(
            "Each message is sent there by POST as JSON. It begins with https://; private "
            "addresses are not called, redirects are not followed."
        ),
    )
    product = forms.ChoiceField(
        label=gettext_lazy("Product"),
        required=False,
        help_text=gettext_lazy("With a product, nothing is told of accounts themselves."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Product.objects.visible_to(self.actor).order_by("name", "pk")
        product: Any = self.fields["product"]
        product.choices = [("", _("every product")), *rows.values_list("pk", "name")]
        if self.obj and self.obj.product_id and self.obj.product_id not in dict(product.choices):
            product.choices.append((self.obj.product_id, self.obj.product.name))
        chosen = set(self.obj.types) if self.obj else set()
        names = []
        for number, (group, types) in enumerate(type_choices()):
            names.append(f"{GROUP}{number}")
            self.fields[names[-1]] = forms.MultipleChoiceField(
                label=group,
                choices=types,
                required=False,
                initial=[name for name, _label in types if name in chosen],
                widget=forms.CheckboxSelectMultiple,
            )
        self.fieldsets = (
            (_("Where to"), ("label", "url", "product")),
            (_("What is told; nothing ticked means everything"), tuple(names)),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        groups = [name for name in self.fields if name.startswith(GROUP)]
        return {
            **{name: each for name, each in cleaned.items() if name not in groups},
            "types": [each for name in groups for each in cleaned.get(name, [])],
        }


class SinceForm(PortalForm):
    since = forms.DateField(
        label=gettext_lazy("Since"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=in_zone(gettext_lazy("The whole day counts.")),
    )
