"""Parameters and templates of a product: ordinary editing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from customers.admin.base import ByService, GeneratedId, ServiceForm

from ..models import Parameter, Template
from ..services.definitions import editing, parameters

FIXED = ("product", "name", "type", "scope", "phase")


class ConstraintsField(forms.JSONField):
    """JSON that cannot be read is an error however it is broken, and comes back as it was typed."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial if self.disabled else InvalidJSONInput(data or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(super().has_changed(initial, data))
        except (ValueError, RecursionError):
            return True


class ParameterForm(ServiceForm):
    """A definition as its services take it; what constraints say is checked by them."""

    constraints = ConstraintsField(required=False, label=_("constraints"))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Parameter
        fields = (
            *FIXED,
            *("title", "description", "hint", "placeholder"),
            *("required", "hidden", "unique", "constraints"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = editing.seen(self.instance)

    def write(self) -> Parameter:
        given = {k: v for k, v in self.cleaned_data.items() if k not in (*FIXED, "seen")}
        given["constraints"] = given.get("constraints") or {}
        if self.instance._state.adding:
            fixed = {name: self.cleaned_data[name] for name in FIXED}
            return parameters.add_parameter(
                fixed.pop("product"), actor=self.actor, **fixed, **given
            )
        seen = self.cleaned_data["seen"]
        rule = given["constraints"]
        if isinstance(rule, dict):
            rule.pop("dependency", None)
        return parameters.change_parameter(self.instance, actor=self.actor, seen=seen, **given)

    def refused(self, error: ValidationError) -> None:
        """What is wrong with a constraint is said at the constraints, by its name."""
        if hasattr(error, "error_dict"):
            inner = {k: v for k, v in error.error_dict.items() if k not in self.fields}
            for name, errors in inner.items():
                for each in errors:
                    texts = [f"{name}: {text}" for text in each.messages]
                    self.add_error("constraints", texts)
            outer = {k: v for k, v in error.error_dict.items() if k in self.fields}
            if not outer:
                return
            error = ValidationError(outer)
        super().refused(error)


@admin.register(Parameter)
class ParameterAdmin(ByService):
    form = ParameterForm
    list_display = (
        "name",
        "title",
        "product",
        "scope",
        "phase",
        "type",
        "required",
        "hidden",
        "position",
    )
    list_filter = ("scope", "phase", "type", "required", "hidden")
    list_select_related = ("product",)
    search_fields = ("id__startswith", "name", "title", "product__name")
    ordering = ("-created_at", "id")
    readonly_fields = ("id", "position", "created_at", "updated_at")
    autocomplete_fields = ("product",)
    # Values are stored under the name and were checked by the type.
    fixed = FIXED
    fieldsets = (
        (None, {"fields": ("id", "product", "name", "type", "scope", "phase")}),
        (_("Shown as"), {"fields": ("title", "description", "hint", "placeholder", "position")}),
        (_("Rules"), {"fields": ("required", "hidden", "unique", "constraints", "seen")}),
        (_("Record"), {"fields": ("created_at", "updated_at")}),
    )


@admin.register(Template)
class TemplateAdmin(GeneratedId):
    prefix = "TL"
    list_display = ("name", "id", "product", "scope", "type", "position")
    list_filter = ("scope", "type")
    list_select_related = ("product",)
    search_fields = ("id__startswith", "name", "product__name")
    ordering = ("-created_at", "id")
    fields = (
        "id",
        "product",
        "name",
        "scope",
        "type",
        "position",
        "body",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("id", "created_at", "updated_at")
    autocomplete_fields = ("product",)
    fixed = ("product", "scope", "type")
