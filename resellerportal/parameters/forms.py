"""The one way parameter values are typed in the portal.

Fields are made from a product's Parameter definitions. What was typed goes to the service raw;
the only check is tierconfig.parameters.clean_value, which the service calls again. Titles, hints,
choices and complaints are written by vendors: they are plain text and escaped by the templates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from tierconfig import parameters
from tierconfig.models import Parameter
from tierconfig.parameters import Definition

from ..forms import PortalForm
from .rules import Condition, Rules
from .widgets import prefilled, present, widget_for

SCRIPT: Any = forms.Script("portal/parameters.js", defer=True)


class ParameterBoundField(forms.BoundField):
    field: ParameterField

    @property
    def aria_describedby(self) -> str | None:
        """Names the vendor's complaint too, so that it is read out with the field."""
        described: str | None = super().aria_describedby
        if not self.field.complaint:
            return described
        return " ".join(filter(None, [f"{self.auto_id}_complaint", described]))


class ParameterField(forms.Field):
    """One value as it was typed: a text, a list of choices, or a dict of parts.

    `present` is the stored value in the shape the widget sends; a value that comes back
    unchanged is not checked and not handed to the service.
    """

    condition: Condition | None = None

    def __init__(self, parameter: Any, stored: parameters.Stored | None, *, asked: bool) -> None:
        self.parameter = parameter
        self.present = present(parameter, stored)
        self.complaint = str((stored or {}).get("value_error") or "")
        self.asked = asked or bool(self.complaint)
        keeps = parameter.type == Parameter.Type.PASSWORD and parameters.has_value(stored)
        hints = [parameter.description, parameter.hint]
        if keeps:
            hints.append(_("A password is set. Leave this empty to keep it."))
        super().__init__(
            label=parameter.title or parameter.name,
            help_text=" ".join(hint.strip() for hint in hints if hint.strip()),
            required=parameter.required and not keeps,
            initial=self.present or default_choice(parameter),
            widget=widget_for(parameter, self.present),
        )

    def obey(self, rules: Rules) -> None:
        """Say when the value counts; only show it where others set it."""
        texts = [self.help_text, rules.words(self.parameter)]
        if rules.is_locked(self.parameter.name):
            self.disabled, self.required = True, False
            texts = [self.help_text, _("Set by the vendor.")]
        self.help_text = " ".join(str(text) for text in texts if text)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> ParameterBoundField:
        return ParameterBoundField(form, self, field_name)

    def validate(self, value: Any) -> None:
        """Whether a required value may be missing here is the service's decision."""

    def to_python(self, value: Any) -> Any:
        return value.replace("\r\n", "\n") if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        raw = self.to_python(value)
        if self.has_changed(self.present, raw):
            parameters.clean_value(self.parameter, raw)
        return raw

    def has_changed(self, initial: Any, data: Any) -> bool:
        return comparable(initial) != comparable(data)


@dataclass
class Group:
    """Parameters of one scope in a form; their values leave it under `keyword`."""

    prefix: str
    keyword: str
    rules: Rules | None = None
    fields: dict[str, str] = field(default_factory=dict)


class ParameterFieldsMixin:
    """For a PortalForm that asks for parameter values; see `add_parameters`."""

    groups: list[Group]
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.groups = []
        super().__init__(*args, **kwargs)

    def add_parameters(
        self,
        definitions: Iterable[Definition],
        values: parameters.Values | None = None,
        *,
        prefix: str = "param",
        keyword: str = "values",
        asked: Collection[str] = (),
        required: bool = True,
        rules: Rules | None = None,
    ) -> list[str]:
        """Add one field per definition; returns the field names, `<prefix>-<parameter name>`.

        `values` are stored values: they prefill the fields (never a password) and bring the
        vendor's complaints. After validation `cleaned_data[keyword]` is {parameter name: raw
        value} of what was changed, as the services take it. `asked` marks what somebody waits
        for. With `required=False` nothing is called required: leaving it out is allowed here.
        `rules` say which fields depend on each other; what they leave out of the question with
        what was typed is neither checked nor handed on.
        """
        group = Group(prefix, keyword, rules)
        offered = list(definitions)
        for parameter in rules.fitting(offered) if rules else offered:
            if parameter.type in Parameter.DISPLAY_ONLY:
                continue
            name = f"{prefix}-{parameter.name}"
            made = ParameterField(
                parameter, (values or {}).get(parameter.name), asked=parameter.name in asked
            )
            made.required = made.required and required
            self.fields[name] = made
            group.fields[parameter.name] = name
            if rules:
                made.obey(rules)
        for name in group.fields.values() if rules else ():
            made = self.fields[name]  # type: ignore[assignment]
            made.condition = rules.condition(made.parameter, group.fields) if rules else None
        self.groups.append(group)
        return list(group.fields.values())

    @property
    def helper(self) -> FormHelper:
        helper = super().helper  # type: ignore[misc]
        helper.field_template = "portal/_parameter.html"
        return helper

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        for group in self.groups:
            self._leave_out(group, cleaned)
            typed = cleaned.setdefault(group.keyword, {})
            for parameter, name in group.fields.items():
                made = self.fields[name]
                if name in cleaned and made.has_changed(made.present, cleaned[name]):  # type: ignore[attr-defined]
                    typed[parameter] = cleaned[name]
                cleaned.pop(name, None)
        return cleaned

    def _leave_out(self, group: Group, cleaned: dict[str, Any]) -> None:
        """Forget what was typed where it does not count, and what is wrong with it."""
        if group.rules is None:
            return
        typed = {p: cleaned[name] for p, name in group.fields.items() if name in cleaned}
        for parameter in group.rules.out_of_question(typed, group.fields):
            cleaned.pop(group.fields[parameter], None)
            self.errors.pop(group.fields[parameter], None)  # type: ignore[attr-defined]

    @property
    def media(self) -> forms.Media:
        """The script that hides and shows fields, where any depends on another."""
        own: forms.Media = super().media  # type: ignore[misc]
        if any(getattr(each, "condition", None) for each in self.fields.values()):
            own += forms.Media(js=[SCRIPT])
        return own

    def adopt(self, error: ValidationError) -> None:
        """Errors come by parameter name; one that has no field here stands above, named."""
        known = {p: name for group in self.groups for p, name in group.fields.items()}
        if hasattr(error, "error_dict"):
            moved: dict[str, list[Any]] = {}
            for name, errors in error.error_dict.items():
                place = known.get(name, name)
                if place not in self.fields and place != NON_FIELD_ERRORS:
                    texts = [f"{name}: {text}" for each in errors for text in each.messages]
                    moved.setdefault(NON_FIELD_ERRORS, []).extend(texts)
                else:
                    moved.setdefault(place, []).extend(errors)
            error = ValidationError(moved)
        super().adopt(error)  # type: ignore[misc]

    def parameter_facts(self) -> list[tuple[str, str]]:
        """(title, readable value) of every changed value of a valid form; passwords are masked."""
        facts = []
        for group in self.groups:
            for parameter, raw in self.cleaned_data.get(group.keyword, {}).items():
                made: Any = self.fields[group.fields[parameter]]
                stored = parameters.clean_value(made.parameter, raw)
                facts.append((str(made.label), parameters.display(made.parameter, stored)))
        return facts


class ParameterForm(ParameterFieldsMixin, PortalForm):
    """A portal form with parameter fields and whatever else a subclass declares."""


def default_choice(parameter: Definition) -> Any:
    """What the vendor preselects among the choices, or lets stand in the input from the start."""
    chosen = [
        str(each["value"])
        for each in parameter.constraints.get("choices") or []
        if isinstance(each, dict) and each.get("default")
    ]
    if parameter.type == Parameter.Type.CHECKBOX:
        return chosen
    if parameter.type in (Parameter.Type.CHOICE, Parameter.Type.DROPDOWN):
        return chosen[0] if chosen else ""
    return prefilled(parameter)


def comparable(raw: Any) -> Any:
    """Equal for inputs that mean the same: blanks, the order of ticked boxes, spaces around."""
    if isinstance(raw, dict):
        parts = {key: str(text).strip() for key, text in raw.items() if str(text or "").strip()}
        return parts or ""
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        return sorted(raw) or ""
    return (raw or "").replace("\r\n", "\n").strip()
