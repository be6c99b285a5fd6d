"""Parameters and templates of a product: ordinary editing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from customers import identifiers
from customers.admin.base import GeneratedId, WholeForm
from customers.models import Product

from ..models import Parameter, Template

#: Types that offer choices.
_CHOOSING = (Parameter.Type.DROPDOWN, Parameter.Type.CHOICE)


def next_ordinal(product_id: str, rows: models.QuerySet) -> int:
    """One more than the last group of digits in the ids of a product's rows.

    Locks the product, so it must run in a transaction.
    """
    Product.objects.select_for_update(no_key=True).get(pk=product_id)
    taken = (pk.rsplit("-", 1)[1] for pk in rows.values_list("pk", flat=True))
    return max((int(each) for each in taken if each.isdigit()), default=0) + 1


class ParameterForm(WholeForm):
    """Refuses constraints of a shape that pages and checks cannot read."""

    def clean_constraints(self) -> dict[str, Any]:
        given = self.cleaned_data["constraints"] or {}
        if not isinstance(given, dict):
            raise ValidationError(_t("Enter a JSON object, in braces."))
        for name in ("min_length", "max_length"):
            size = given.get(name)
            if size is not None and (isinstance(size, bool) or not isinstance(size, int)):
                raise ValidationError(_t("%(name)s must be a whole number.") % {"name": name})
        choices = given.get("choices")
        if choices is not None and not (
            isinstance(choices, list) and all(_is_choice(each) for each in choices)
        ):
            raise ValidationError(
                _t('Enter choices as a list: [{"value": "a", "label": "A"}, …] or ["a", …].')
            )
        return given

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        kind = values.get("type", self.instance.type)
        constraints = values.get("constraints")
        if kind in _CHOOSING and constraints is not None and not constraints.get("choices"):
            self.add_error("constraints", _t("This type needs choices."))
        return values


def _is_choice(given: Any) -> bool:
    if isinstance(given, dict):
        return isinstance(given.get("value"), str | int)
    return isinstance(given, str | int)


@admin.register(Parameter)
class ParameterAdmin(GeneratedId):
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
    readonly_fields = ("id", "created_at", "updated_at")
    autocomplete_fields = ("product",)
    # Values are stored under the name and were checked by the type.
    fixed = ("product", "name", "type", "scope", "phase")
    fieldsets = (
        (None, {"fields": ("id", "product", "name", "type", "scope", "phase")}),
        (_("Shown as"), {"fields": ("title", "description", "hint", "placeholder", "position")}),
        (_("Rules"), {"fields": ("required", "hidden", "unique", "constraints")}),
        (_("Record"), {"fields": ("created_at", "updated_at")}),
    )

    def new_pk(self, obj: Parameter) -> str:
        number = next_ordinal(obj.product_id, Parameter.objects.filter(product=obj.product_id))
        return f"PRM-{identifiers.digits(obj.product_id)}-{number:04d}"


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
