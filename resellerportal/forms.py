"""The form every portal page uses: knows its actor, lists its errors, keeps what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import escape
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.cleaning import clean_text


@dataclass(frozen=True)
class Problem:
    """One line of the error summary; `anchor` is the id of the input, empty for the whole form."""

    label: str
    text: str
    anchor: str


class PortalForm(forms.Form):
    """A form of one actor, about one object or none.

    `fieldsets` is ((legend, (field, …)), …); without it the fields follow each other. Narrow
    querysets of choices with `self.actor` in `__init__` after calling super.
    """

    fieldsets: tuple[tuple[Any, tuple[str, ...]], ...] = ()

    def __init__(self, *args: Any, actor: Actor, obj: Any = None, **kwargs: Any) -> None:
        self.actor = actor
        self.obj = obj
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.form_show_errors = False
        helper.field_template = "portal/_field.html"
        if self.fieldsets:
            parts = ((as_text(legend), names) for legend, names in self.fieldsets)
            helper.layout = Layout(*(Fieldset(legend, *names) for legend, names in parts))
            helper.render_unmentioned_fields = True
        return helper

    def adopt(self, error: ValidationError) -> None:
        """Take over what a service found; errors of fields the form lacks stand above it."""
        found = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
        for name, errors in found.items():
            self.add_error(name if name in self.fields else None, errors)

    def problems(self) -> list[Problem]:
        return problems(self)


class TextField(forms.CharField):
    """A text checked as the services check theirs, so that the error stands beside it."""

    def __init__(self, *, rows: int = 0, max_length: int, **kwargs: Any) -> None:
        if rows:
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
        self.lines = bool(rows)
        self.longest = max_length
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = clean_text(value, max_length=self.longest, lines=self.lines)
        return str(super().clean(text))


def _in_zone(more: Any) -> str:
    zone = _("In the time zone %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
    return f"{zone} {more}".strip()


_in_zone_later = lazy(_in_zone, str)


def in_zone(more: Any = "") -> Any:
    """Help for a field that takes a moment or a day: whose clock counts, and `more`."""
    return _in_zone_later(more)


def problems(form: forms.BaseForm) -> list[Problem]:
    """Errors of any form in the order of its fields, those of the whole form first."""
    found = [Problem("", str(text), "") for text in form.non_field_errors()]
    for name in form.fields:
        bound = form[name]
        found += [
            Problem(str(bound.label), str(text), bound.id_for_label or f"{bound.auto_id}_0")
            for text in bound.errors
        ]
    return found


def as_text(legend: Any) -> str:
    """A legend that says what it says: crispy compiles legends as templates and escapes nothing.

    Names of companies stand in legends, and people choose those.
    """
    return escape(str(legend)).replace("{", "&#123;")


def css_class(widget: forms.Widget) -> str:
    """The Bootstrap class of a widget; groups of inputs have none of their own."""
    if widget.use_fieldset:
        return ""
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


def dressed(bound: forms.BoundField, *, focus: bool = False) -> Any:
    """The widget of a field with its Bootstrap class; marked and focused when it is wrong."""
    own = bound.field.widget.attrs.get("class", "")
    css = f"{own} {css_class(bound.field.widget)}".strip()
    attrs: dict[str, Any] = {"class": f"{css} is-invalid".strip() if bound.errors else css}
    if focus:
        attrs["autofocus"] = True
    return bound.as_widget(attrs=attrs)
