"""Products: their data and capabilities, and their life on sale, through the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.base import BaseAdmin, ByService, RoleFilter, ServiceForm
from customers.admin.steps import Step, StepAdmin
from customers.models import Partner, Product
from tierconfig.services.definitions import capabilities, products

from ..services.products import end_sale, publish_product, resume_sale

GENERAL = ("name", "external_id", "category", "short_description", "detailed_description")


class OwnerVendorFilter(RoleFilter):
    title = _("vendor")
    parameter_name = "owner"
    role = Partner.Role.VENDOR


class ProductForm(ServiceForm):
    """General data and capabilities in one page; the guards are those of the portal."""

    seen_revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Product
        fields = ("owner", *GENERAL, *capabilities.SWITCHES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_revision"] = self.instance.revision
        for name in ("remind_after_days", "escalate_after_days"):
            self.fields[name].required = False

    def write(self) -> Product:
        general = {name: self.cleaned_data[name] for name in GENERAL}
        switches = {
            name: self.cleaned_data[name]
            for name in capabilities.SWITCHES
            if self.cleaned_data.get(name) is not None
        }
        if self.instance._state.adding:
            owner = self.cleaned_data["owner"]
            product = products.add_product(actor=self.actor, owner=owner, **general)
        else:
            revision = self.cleaned_data["seen_revision"]
            product = products.edit_product(
                self.instance, actor=self.actor, revision=revision, **general
            )
        return capabilities.change_capabilities(product, actor=self.actor, **switches)


@admin.register(Product)
class ProductAdmin(ByService, StepAdmin):
    form = ProductForm
    steps = {
        "publish": Step(publish_product, in_lists=False),
        "end_sale": Step(end_sale),
        "resume_sale": Step(resume_sale, in_lists=False),
    }
    list_display = (
        "name",
        "id",
        "owner",
        "state",
        "category",
        "tier_accounts_sync",
        "authorization_level",
        "created_at",
    )
    list_filter = ("state", "tier_accounts_sync", "authorization_level", OwnerVendorFilter)
    list_select_related = ("owner", "category")
    search_fields = ("name", "id__startswith", "external_id")
    ordering = ("-created_at", "id")
    readonly_fields = ("id", "state", "published_at", "created_at", "updated_at", "events")
    roles = {"owner": Partner.Role.VENDOR}
    fixed = ("owner",)
    own = ("id", "owner", "state", "published_at")
    record = ("created_at", "updated_at", "events", "seen_revision")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super(BaseAdmin, self).has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super(BaseAdmin, self).has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return BaseAdmin.get_readonly_fields(self, request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The capabilities come with the product's birth, as they usually are."""
        if obj is None:
            return [
                (None, {"fields": ("owner", *GENERAL)}),
                (_("Capabilities"), {"fields": capabilities.SWITCHES}),
            ]
        return [
            (None, {"fields": (*self.own, *GENERAL)}),
            (_("Capabilities"), {"fields": capabilities.SWITCHES}),
            (_("Record"), {"fields": self.record}),
        ]
