"""The fields of a parameter's definition, by what its kind allows."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig.cleaning import MAX_TEXT
from tierconfig.models import Parameter
from tierconfig.services.definitions import shape
from tierconfig.services.definitions.shape import FLAGS, Kind

from ..forms import PortalForm, TextField
from ..parameters.widgets import widget_for
from .choice_rows import ChoicesField

HELP = {
    "required": gettext_lazy("A request is not approved without it."),
    "hidden": gettext_lazy("Who orders does not see it; you fill it in."),
    "readonly": gettext_lazy("Shown to who orders, but never asked for; you fill it in."),
    "unique": gettext_lazy("No two resellers or subscriptions of this product have the same one."),
    "reconciliation": gettext_lazy("It identifies the subscription in usage reports."),
    "default": gettext_lazy("Filled in from the start; whoever orders may change it."),
}
LABELS = {
    "required": gettext_lazy("Required"),
    "hidden": gettext_lazy("Hidden"),
    "readonly": gettext_lazy("Read-only"),
    "unique": gettext_lazy("Unique"),
    "reconciliation": gettext_lazy("Used for reconciliation"),
    "min_length": gettext_lazy("At least so many characters"),
    "max_length": gettext_lazy("At most so many characters"),
    "default": gettext_lazy("Prefilled with"),
    "shared": gettext_lazy("What the distributor sees"),
    "level": gettext_lazy("Level of the heading"),
    "display_content": gettext_lazy("Text to show (Markdown)"),
    "choices": gettext_lazy("Choices"),
}
LEVELS = (("1", gettext_lazy("Large")), ("2", gettext_lazy("Medium")), ("3", gettext_lazy("Small")))
SHARED = (
    ("", gettext_lazy("Nothing")),
    ("view", gettext_lazy("The value")),
    ("edit", gettext_lazy("The value, and may change it")),
)


class WordsForm(PortalForm):
    """What people read about a parameter."""

    title = TextField(
        label=gettext_lazy("Title"),
        max_length=255,
        help_text=gettext_lazy("The label of its input."),
    )
    description = TextField(
        label=gettext_lazy("Description"), rows=2, max_length=MAX_TEXT, required=False
    )
    hint = TextField(
        label=gettext_lazy("Hint"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Stands below the input."),
    )
    placeholder = TextField(
        label=gettext_lazy("Placeholder"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Shown in the input while it is empty."),
    )


class SettingsForm(PortalForm):
    """Call `offer` first: it adds what the kind may have.

    After validation `cleaned_data` has the flags and `constraints`, as the services take them.
    """

    kind: Kind

    def offer(self, kind: Kind, parameter: Parameter | None = None, *, more: int = 0) -> list[str]:
        self.kind = kind
        names = shape.settings_of(kind)
        for name in names:
            self.fields[name] = _field(name, kind)
        if parameter is not None:
            self.initial = {**_present(parameter, names), **self.initial}
        if "choices" in self.fields:
            self.fields["choices"].widget.more = more  # type: ignore[attr-defined]
        return names

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        names = shape.settings_of(self.kind)
        found = {name: cleaned.pop(name) for name in names if name in cleaned}
        flags = {name: bool(found.pop(name, False)) for name in FLAGS}
        constraints = {name: value for name, value in found.items() if value not in (None, "")}
        if not self.errors:
            try:
                constraints = shape.clean_constraints(self.kind, constraints)
            except ValidationError as error:
                self.adopt(error)
        return {**cleaned, **flags, "constraints": constraints}

    def adopt(self, error: ValidationError) -> None:
        """What is wrong with a setting stands beside it."""
        if hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                self.add_error(name if name in self.fields else None, errors)
        else:
            self.add_error(NON_FIELD_ERRORS, error)


def _field(name: str, kind: Kind) -> forms.Field:
    label, text = LABELS[name], HELP.get(name, "")
    if name == "default" and kind.phase == Parameter.Phase.CONFIGURATION:
        label, text = _("Value"), _("The same for everybody who buys the product.")
    if name == "choices":
        domains = kind.type == Parameter.Type.SUBDOMAIN
        return ChoicesField(
            label=_("Domains") if domains else label,
            preselects=not domains,
            domains=domains,
            required=not domains,
            help_text=_("The value is stored; the text is shown, without one the value is."),
        )
    if name in ("min_length", "max_length"):
        return forms.IntegerField(
            label=label,
            required=False,
            min_value=1,
            max_value=MAX_TEXT,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "quantity"}),
        )
    if name == "shared":
        return forms.ChoiceField(label=label, required=False, choices=SHARED)
    if name == "level":
        return forms.TypedChoiceField(label=label, choices=LEVELS, coerce=int)
    if name == "display_content":
        return TextField(label=label, rows=5, max_length=MAX_TEXT)
    if name == "default":
        widget = widget_for(shape.sample(kind), "")
        return forms.Field(label=label, required=False, widget=widget, help_text=text)
    return forms.BooleanField(label=label, required=False, help_text=text)


def _present(parameter: Parameter, names: list[str]) -> dict[str, Any]:
    """The settings of a parameter as the fields show them."""
    found: dict[str, Any] = {name: getattr(parameter, name) for name in FLAGS if name in names}
    found |= {name: parameter.constraints.get(name) for name in names if name not in FLAGS}
    if "choices" in found:
        own = parameter.constraints.get("choices") or []
        rows = [each if isinstance(each, dict) else {"value": each} for each in own]
        found["choices"] = [
            {**row, "label": label}
            for row, (_value, label) in zip(rows, parameter.choices, strict=True)
        ]
    if parameter.type == Parameter.Type.OBJECT and isinstance(found.get("default"), dict):
        found["default"] = json.dumps(found["default"], ensure_ascii=False, indent=2)
    return found
