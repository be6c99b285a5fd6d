"""Tier account requests: looked at, accepted, ignored."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import AccountVersion, TierAccountRequest
from ..services.requests import accept_request, ignore_request
from .base import DistributorFilter, VendorFilter, lines
from .steps import ReasonForm, Step, StepAdmin


@admin.register(TierAccountRequest)
class TierAccountRequestAdmin(StepAdmin):
    list_display = ("id", "state", "account", "product", "vendor", "provider", "created_at")
    list_filter = ("state", VendorFilter, DistributorFilter)
    list_select_related = ("account", "product", "vendor", "provider")
    search_fields = ("id__startswith", "account__id__startswith", "account__name")
    ordering = ("-created_at", "id")
    fields = (
        "id",
        "type",
        "state",
        "state_since",
        "account",
        "product",
        "vendor",
        "provider",
        ("base_version", "version"),
        "difference",
        "reason",
        "decided_at",
        "created_at",
        "revision",
        "events",
    )
    steps = {"accept": Step(accept_request), "ignore": Step(ignore_request, shared=ReasonForm)}

    def describe(self, obj: Any) -> str:
        return f"{obj.pk} · {obj.account} · {obj.product}"

    @admin.display(description=_("what changed"))
    def difference(self, obj: TierAccountRequest) -> SafeString:
        """Before and after of each changed field."""
        versions = AccountVersion.objects.filter(
            account=obj.account_id, number__in=(obj.base_version, obj.version)
        )
        data = {row.number: row.data for row in versions}
        before, after = data.get(obj.base_version, {}), data.get(obj.version, {})
        return lines(
            (name, f"{before.get(name) or '—'} → {after.get(name) or '—'}") for name in obj.changed
        )
