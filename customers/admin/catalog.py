"""What is sold where."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..cleaning import clean_country
from ..models import Category, Connection, Hub, Listing, Marketplace, Partner, ProductIcon
from ..services.markets import clean_currency
from .base import BaseAdmin, DistributorFilter, GeneratedId, ViewOnly, WholeForm


@admin.register(Category)
class CategoryAdmin(GeneratedId):
    prefix = "CAT"
    list_display = ("name", "id")
    search_fields = ("name", "id__startswith")
    ordering = ("name", "id")
    fields = ("id", "name")
    readonly_fields = ("id",)


@admin.register(ProductIcon)
class ProductIconAdmin(ViewOnly):
    list_display = ("product", "updated_at")
    list_select_related = ("product",)
    search_fields = ("product__name", "product__id__startswith")
    ordering = ("-pk",)
    fields = ("product", "updated_at")


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
        return clean_currency(self.cleaned_data["currency"])


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
