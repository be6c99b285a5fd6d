"""What steps of requests ask in the administration: templates, values, complaints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin.steps import ObjectForm

from .. import parameters
from ..models import Parameter, Template
from ..services.processing import known_values

_STRUCTURED = (Parameter.Type.ADDRESS, Parameter.Type.OBJECT)


class MessageForm(forms.Form):
    message = forms.CharField(
        label=gettext_lazy("Message to the contact"),
        required=False,
        max_length=2000,
        widget=AdminTextareaWidget({"rows": 3}),
    )


class RequestForm(ObjectForm):
    """A form of one ProcessedRequest."""

    error_prefixes = ("", "value_", "error_")

    def add_values(self, offered: Iterable[Parameter], present: parameters.Values) -> None:
        for parameter in offered:
            self.fields[f"value_{parameter.name}"] = value_field(
                parameter, present.get(parameter.name)
            )

    def values(self) -> dict[str, Any]:
        """Raw values by parameter name, blanks included."""
        found = {}
        for field, given in self.cleaned_data.items():
            if field.startswith("value_"):
                found[field.removeprefix("value_")] = given
        return found


class ApproveForm(RequestForm):
    """A template, and the values only the vendor can give that are still missing."""

    template = forms.ModelChoiceField(
        label=gettext_lazy("Template"), queryset=Template.objects.none()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product, scope = self.obj.parameter_scope()
        templates = Template.objects.filter(
            product=product, scope=scope, type=self.obj.template_type
        )
        self.fields["template"].queryset = templates
        self.initial["template"] = templates.first()
        known = known_values(self.obj)
        lacking = parameters.missing(self.obj.presented(), known, visible_ordering_only=False)
        self.add_values(self.obj.offered_to_vendor(lacking), known)

    def arguments(self) -> dict[str, Any]:
        values = {name: value for name, value in self.values().items() if value}
        return {"template": self.cleaned_data["template"], "values": values}


class AnswerForm(RequestForm):
    """All that an inquiry shows, with the present values."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = known_values(self.obj)
        self.add_values(parameters.askable(self.obj.presented(), known), known)

    def arguments(self) -> dict[str, Any]:
        return {"values": self.values()}


class InquireForm(RequestForm):
    """A complaint per ordering parameter; all may stay empty when there is a message."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for parameter in self.obj.definitions():
            if parameter.phase == Parameter.Phase.ORDERING:
                self.fields[f"error_{parameter.name}"] = forms.CharField(
                    label=_("Complaint: %(title)s") % {"title": parameter},
                    required=False,
                    max_length=500,
                    widget=AdminTextInputWidget,
                )

    def arguments(self) -> dict[str, Any]:
        marked = {
            field.removeprefix("error_"): text
            for field, text in self.cleaned_data.items()
            if field.startswith("error_") and text
        }
        return {"errors": marked}


class JsonText(forms.CharField):
    """A JSON object as text; text that is none passes, for the parameter's own check to refuse."""

    widget = AdminTextareaWidget({"rows": 4})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return json.loads(text) if text else ""
        except (ValueError, RecursionError):
            return text


def value_field(parameter: Parameter, stored: parameters.Stored | None) -> forms.Field:
    """A field for one value; nothing is required here, the service says what is missing."""
    stored = stored or {}
    shared: dict[str, Any] = {
        "label": str(parameter),
        "required": False,
        "help_text": stored.get("value_error") or parameter.hint,
    }
    structured = stored.get("structured_value")
    if parameter.type in _STRUCTURED:
        initial = json.dumps(structured, indent=1, ensure_ascii=False) if structured else ""
        shared["help_text"] = shared["help_text"] or _("A JSON object.")
        return JsonText(initial=initial, **shared)
    if parameter.type in (Parameter.Type.DROPDOWN, Parameter.Type.CHOICE):
        choices = [("", "—"), *parameter.choices]
        return forms.ChoiceField(choices=choices, initial=stored.get("value"), **shared)
    if parameter.type == Parameter.Type.CHECKBOX:
        chosen = structured if isinstance(structured, dict) else {}
        return forms.MultipleChoiceField(
            choices=parameter.choices,
            initial=[name for name, on in chosen.items() if on],
            widget=forms.CheckboxSelectMultiple,
            **shared,
        )
    if parameter.type == Parameter.Type.PASSWORD:
        return forms.CharField(widget=forms.PasswordInput, **shared)
    return forms.CharField(
        initial=stored.get("value"), max_length=4000, widget=AdminTextInputWidget, **shared
    )


def shown_values(definitions: Iterable[Parameter], values: parameters.Values) -> SafeString:
    """Values as lines; passwords masked, complaints beside what they are about."""
    known = {each.name: each for each in definitions}
    rows = []
    for name, stored in values.items():
        parameter = known.get(name)
        text = parameters.display(parameter, stored) if parameter else stored.get("value", "")
        complaint = stored.get("value_error")
        rows.append((parameter or name, text or "—", f" ({complaint})" if complaint else ""))
    shown = format_html_join("", "<div><strong>{}:</strong> {}{}</div>", rows)
    return shown or SafeString("—")
