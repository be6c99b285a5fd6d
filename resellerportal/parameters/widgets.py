"""Inputs for the types of parameters, and stored values in the shape those inputs send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.cleaning import countries
from tierconfig.models import Parameter
from tierconfig.parameters import ADDRESS_PARTS, Definition, Stored

Type = Parameter.Type

#: Texts longer than this get several lines.
LONG = 120
ADDRESS_LABELS = {
    "address_line1": gettext_lazy("Street and number"),
    "address_line2": gettext_lazy("Address line 2"),
    "city": gettext_lazy("City"),
    "state": gettext_lazy("State or region"),
    "postal_code": gettext_lazy("Postal code"),
    "country": gettext_lazy("Country"),
}
_COMPLETION = {
    "address_line1": "address-line1",
    "address_line2": "address-line2",
    "city": "address-level2",
    "state": "address-level1",
    "postal_code": "postal-code",
    "country": "country",
}
_PLAIN = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}


class TelInput(forms.TextInput):
    input_type = "tel"


class Parts(forms.MultiWidget):
    """Several labelled inputs that make one value, a dict.

    It is {} when all of them are blank, or the one named `key` is.
    """

    template_name = "portal/_parts.html"
    use_fieldset = True

    def __init__(
        self,
        inputs: Mapping[str, forms.Widget],
        labels: dict[str, Any],
        needed: tuple[str, ...] = (),
        key: str = "",
    ) -> None:
        self.part_names = list(inputs)
        self.selects = {name for name, each in inputs.items() if isinstance(each, forms.Select)}
        self.labels = labels
        self.needed = needed
        self.key = key
        super().__init__(dict(inputs))

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else ""

    def decompress(self, value: Any) -> list[str]:
        return [str((value or {}).get(name) or "") for name in self.part_names]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        texts = super().value_from_datadict(data, files, name)
        typed = {key: text or "" for key, text in zip(self.part_names, texts, strict=True)}
        deciding = [typed[self.key]] if self.key else typed.values()
        return typed if any(text.strip() for text in deciding) else {}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        parts = dict(zip(self.part_names, context["widget"]["subwidgets"], strict=True))
        texts = value if isinstance(value, dict) else {}
        blank = [part for part in self.needed if not str(texts.get(part) or "").strip()]
        wrong = "is-invalid" in (attrs or {}).get("class", "")
        guilty = (blank or self.part_names) if wrong else []
        for part, inner in parts.items():
            own = inner["attrs"]
            css = "form-select" if part in self.selects else "form-control"
            own["class"] = f"{css} is-invalid" if part in guilty else css
            if part not in guilty:
                own.pop("aria-invalid", None)
            if part not in guilty[:1]:
                own.pop("autofocus", None)
            inner["label"] = self.labels[part]
            inner["optional"] = bool(self.needed) and part not in self.needed
        return context


def widget_for(parameter: Any, present: Any) -> forms.Widget:
    """The input of a parameter; `present` decides about lines and options no longer offered."""
    hint = {"placeholder": parameter.placeholder} if parameter.placeholder else {}
    choices = parameter.choices
    known = dict(choices)
    if parameter.type in (Type.DROPDOWN, Type.CHOICE):
        if present and present not in known:
            choices = [*choices, (present, _("%(value)s (no longer offered)") % {"value": present})]
        if parameter.type == Type.DROPDOWN:
            return forms.Select(choices=[("", parameter.placeholder or _("Choose…")), *choices])
        optional = [] if parameter.required else [("", _("None of these"))]
        return forms.RadioSelect(choices=[*choices, *optional])
    if parameter.type == Type.CHECKBOX:
        gone = [(each, each) for each in present or [] if each not in known]
        return forms.CheckboxSelectMultiple(choices=[*choices, *gone])
    if parameter.type == Type.ADDRESS:
        return _address(present)
    if parameter.type == Type.SUBDOMAIN and choices:
        return Parts(
            {
                "label": forms.TextInput(attrs=_PLAIN | hint),
                "domain": forms.Select(choices=choices),
            },
            {"label": _("Name"), "domain": _("Domain")},
            key="label",
        )
    if parameter.type == Type.TEXT and _is_long(parameter, present):
        return forms.Textarea(attrs={"rows": 4} | hint)
    if parameter.type == Type.OBJECT:
        return forms.Textarea(attrs={"rows": 6, "class": "id"} | _PLAIN | hint)
    return _line(parameter.type, hint)


def present(parameter: Definition, stored: Stored | None) -> Any:
    """A stored value in the shape its input sends; a password is never shown."""
    if not stored or parameter.type == Type.PASSWORD:
        return ""
    structured, text = stored.get("structured_value"), str(stored.get("value") or "")
    if parameter.type == Type.OBJECT:
        return json.dumps(structured, ensure_ascii=False, indent=2) if structured else ""
    if parameter.type == Type.SUBDOMAIN and parameter.choices:
        label, _dot, domain = text.partition(".")
        return structured if isinstance(structured, dict) else {"label": label, "domain": domain}
    if parameter.type == Type.CHECKBOX:
        if isinstance(structured, dict):
            return [key for key, on in structured.items() if on]
        return [part.strip() for part in text.split(",") if part.strip()]
    if parameter.type == Type.ADDRESS:
        return structured if isinstance(structured, dict) else {}
    if parameter.type == Type.PHONE and isinstance(structured, dict):
        keys = ("country_code", "area_code", "phone_number")
        number = " ".join(str(structured[key]) for key in keys if structured.get(key))
        extension = structured.get("extension")
        return f"{number} x{extension}" if number and extension else number
    return text


def prefilled(parameter: Definition) -> Any:
    """The default of a definition (`constraints.default`) in the shape its input sends.

    One that is not of the type, as imports may bring it, is left out.
    """
    default = parameter.constraints.get("default")
    if isinstance(default, dict):
        if parameter.type == Type.ADDRESS:
            return {name: text for name, text in default.items() if isinstance(text, str) and text}
        if parameter.type == Type.OBJECT:
            return json.dumps(default, ensure_ascii=False, indent=2)
        return ""
    structured = parameter.type in (Type.ADDRESS, Type.OBJECT, Type.PASSWORD)
    return default if isinstance(default, str) and not structured else ""


def _is_long(parameter: Definition, present: Any) -> bool:
    longest = parameter.constraints.get("max_length")
    return "\n" in (present or "") or len(present or "") > LONG or int(longest or 0) > 255


def _line(kind: str, hint: dict[str, str]) -> forms.Widget:
    if kind == Type.PASSWORD:
        return forms.PasswordInput(attrs={"autocomplete": "new-password"} | hint)
    if kind == Type.EMAIL:
        return forms.EmailInput(attrs={"autocomplete": "email"} | hint)
    if kind == Type.URL:
        return forms.URLInput(attrs={"autocomplete": "url", "placeholder": "https://"} | hint)
    if kind == Type.PHONE:
        return TelInput(attrs={"autocomplete": "tel", "placeholder": "+49 40 123456"} | hint)
    if kind in (Type.DOMAIN, Type.SUBDOMAIN):
        return forms.TextInput(attrs=_PLAIN | {"inputmode": "url"} | hint)
    return forms.TextInput(attrs=hint)


def _address(present: Any) -> Parts:
    inputs: dict[str, forms.Widget] = {}
    for part in ADDRESS_PARTS:
        completion = {"autocomplete": _COMPLETION[part]}
        inputs[part] = forms.TextInput(attrs=completion)
    known = countries()
    names = list(known.items())
    stored = str((present or {}).get("country") or "")
    if stored and stored not in known:
        names.append((stored, stored))
    inputs["country"] = forms.Select(
        choices=[("", _("Choose a country")), *names], attrs={"autocomplete": "country"}
    )
    needed = tuple(part for part, (required, _longest) in ADDRESS_PARTS.items() if required)
    return Parts(inputs, ADDRESS_LABELS, needed)
