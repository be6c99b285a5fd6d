"""Tier configurations and their requests: looked at, and moved on through the services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers.admin.base import DistributorFilter, VendorFilter, ViewOnly, link
from customers.admin.steps import ReasonForm, Step

from ..models import Parameter, TierConfig, TierConfigRequest
from ..services import requests
from .forms import ApproveForm, shown_values
from .processing import INQUIRY, ProcessedAdmin


@admin.register(TierConfig)
class TierConfigAdmin(ViewOnly):
    list_display = (
        "id",
        "state",
        "account",
        "tier_level",
        "product",
        "vendor",
        "provider",
        "created_at",
    )
    list_filter = ("state", "tier_level", VendorFilter, DistributorFilter)
    list_select_related = ("account", "product", "vendor", "provider")
    search_fields = ("id__startswith", "account__id__startswith", "account__name")
    ordering = ("-created_at", "id")
    fields = (
        "id",
        "state",
        "state_since",
        "account",
        "tier_level",
        "product",
        ("connection", "marketplace"),
        ("vendor", "provider"),
        "configured_at",
        "values",
        "template",
        "template_text",
        ("created_at", "updated_at"),
        "revision",
        "requests",
        "events",
    )

    @admin.display(description=_("values"))
    def values(self, obj: TierConfig) -> SafeString:
        return shown_values(Parameter.objects.filter(product=obj.product_id), obj.params)

    @admin.display(description=_("requests"))
    def requests(self, obj: TierConfig) -> SafeString:
        return link(TierConfigRequest, _("Requests"), configuration__id__exact=obj.pk)


@admin.register(TierConfigRequest)
class TierConfigRequestAdmin(ProcessedAdmin):
    list_display = (
        "id",
        "type",
        "state",
        "account",
        "product",
        "vendor",
        "provider",
        "assignee",
        "created_at",
    )
    list_filter = (*ProcessedAdmin.list_filter, "configuration__tier_level")
    list_select_related = (
        "configuration__account",
        "configuration__product",
        "vendor",
        "provider",
        "assignee",
    )
    search_fields = (
        "id__startswith",
        "configuration__id__startswith",
        "configuration__account__name",
        "inquiry_email",
    )
    fields = (
        "id",
        "type",
        "state",
        "state_since",
        "configuration",
        "parent_configuration",
        ("tier1", "tier2"),
        ("vendor", "provider"),
        ("creator", "assignee"),
        "environment",
        "values",
        ("inquiry_number", "inquiry_email", "inquiry_sent_at"),
        "inquiry_message",
        "notes",
        "reason",
        "template",
        "template_text",
        ("effective_date", "decided_at"),
        ("created_at", "updated_at"),
        "revision",
        "events",
    )
    steps = {
        "approve": Step(requests.approve_request, each=ApproveForm),
        **INQUIRY,
        "fail": Step(requests.fail_request, shared=ReasonForm),
    }

    def describe(self, obj: Any) -> str:
        config = obj.configuration
        return f"{obj.pk} · {config.product} · {config.account}"

    @admin.display(description=_("account"))
    def account(self, obj: TierConfigRequest) -> str:
        return str(obj.configuration.account)

    @admin.display(description=_("product"))
    def product(self, obj: TierConfigRequest) -> str:
        return str(obj.configuration.product)
