"""Typed search for accounts: names repeat, so each is shown with its city and id."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from ..models import TierAccount


def account_label(account: TierAccount) -> str:
    return f"{account.name} · {account.city} · {account.pk}"


class AccountChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return account_label(obj)


class AccountLookup(AutocompleteJsonView):
    """As Django's; a parent must be a reseller that is not decommissioned."""

    def get_queryset(self) -> QuerySet:
        rows = super().get_queryset()
        if self.source_field == TierAccount._meta.get_field("parent"):
            rows = rows.current().resellers()
        return rows

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        found: dict[str, str] = super().serialize_result(obj, to_field_name)
        if isinstance(obj, TierAccount):
            found["text"] = account_label(obj)
        return found


def autocomplete_view(request: HttpRequest) -> HttpResponse:
    """Takes the place of the admin site's own."""
    return AccountLookup.as_view(admin_site=admin.site)(request)
