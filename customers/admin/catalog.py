"""What is sold where."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..cleaning import clean_country
from ..models import Connection, Hub, Listing, Marketplace, Partner, Product
from ..services.products import switch_sync
from .base import (
    BaseAdmin,
    DistributorFilter,
    GeneratedId,
    RoleFilter,
    WholeForm,
    admin_actor,
)


class OwnerVendorFilter(RoleFilter):
    title = _("vendor")
    parameter_name = "owner"
    role = Partner.Role.VENDOR


@admin.register(Product)
class ProductAdmin(GeneratedId):
    prefix = "PRD"
    list_display = (
        "name",
        "id",
        "owner",
        "state",
        "tier_accounts_sync",
        "authorization_level",
        "created_at",
    )
    list_filter = ("state", "tier_accounts_sync", "authorization_level", OwnerVendorFilter)
    list_select_related = ("owner",)
    search_fields = ("name", "id__startswith", "external_id")
    ordering = ("-created_at", "id")
    readonly_fields = ("id", "state", "created_at", "updated_at")
    roles = {"owner": Partner.Role.VENDOR}
    fixed = ("owner",)
    fieldsets = (
        (None, {"fields": ("id", "name", "owner", "state", "external_id", "short_description")}),
        (_("Capabilities"), {"fields": ("tier_accounts_sync", "authorization_level")}),
        (_("Record"), {"fields": ("created_at", "updated_at")}),
    )

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        if change and "tier_accounts_sync" in form.changed_data:
            switch_sync(obj, actor=admin_actor(request), on=obj.tier_accounts_sync)
        super().save_model(request, obj, form, change)


@admin.register(Hub)
class HubAdmin(GeneratedId):
    prefix = "HB"
    list_display = ("name", "id", "type", "provider")
    list_filter = ("type", DistributorFilter)
    list_select_related = ("provider",)
    search_fields = ("name", "id__startswith")
    ordering = ("name", "id")
    fields = ("id", "name", "type", "provider")
    readonly_fields = ("id",)
    roles = {"provider": Partner.Role.DISTRIBUTOR}
    fixed = ("provider",)


class MarketplaceForm(WholeForm):
    """Countries as a list of ISO codes; the currency as its three letters."""

    def clean_countries(self) -> list[str]:
        given = self.cleaned_data["countries"]
        if not isinstance(given, list):
            raise ValidationError(_('Enter a list of country codes, such as ["DE", "FR"].'))
        return [clean_country(code) for code in given]

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        if len(code) != 3 or not code.isascii() or not code.isalpha():
            raise ValidationError(_("Enter a currency as three letters, such as EUR."))
        return code


@admin.register(Marketplace)
class MarketplaceAdmin(GeneratedId):
    form = MarketplaceForm
    prefix = "MP"
    list_display = ("name", "id", "owner", "currency")
    list_select_related = ("owner",)
    search_fields = ("name", "id__startswith")
    ordering = ("name", "id")
    fields = ("id", "name", "owner", "currency", "countries")
    readonly_fields = ("id",)
    roles = {"owner": Partner.Role.DISTRIBUTOR}
    fixed = ("owner",)


@admin.register(Connection)
class ConnectionAdmin(GeneratedId):
    prefix = "CT"
    list_display = ("id", "product", "hub", "type", "status", "created_at")
    list_filter = ("type", "status")
    list_select_related = ("product", "hub")
    search_fields = ("id__startswith", "product__name", "hub__name")
    ordering = ("-created_at", "id")
    fields = ("id", "product", "hub", "type", "status", "created_at", "updated_at")
    readonly_fields = ("id", "created_at", "updated_at")
    autocomplete_fields = ("product", "hub")
    fixed = ("product", "hub", "type")


@admin.register(Listing)
class ListingAdmin(BaseAdmin):
    list_display = ("product", "marketplace", "active")
    list_filter = ("active",)
    list_select_related = ("product", "marketplace")
    search_fields = ("product__name", "marketplace__name")
    ordering = ("-pk",)
    autocomplete_fields = ("product", "marketplace")
    fixed = ("product", "marketplace")
    deletable = True
