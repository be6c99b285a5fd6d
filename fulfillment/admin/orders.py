"""Administration of items, subscriptions and orders."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers.admin.base import DistributorFilter, GeneratedId, VendorFilter, ViewOnly, link
from customers.admin.steps import ReasonForm, Step
from customers.lifecycle import hold
from tierconfig.admin.forms import shown_values
from tierconfig.admin.processing import INQUIRY, ProcessedAdmin
from tierconfig.models import Parameter
from tierconfig.services.definitions import editing

from ..models import FulfillmentRequest, Item, RequestItem, Subscription, SubscriptionItem
from ..services import drafts, requests
from .forms import OrderApproveForm, ScheduleForm


class LinesInline(admin.TabularInline):
    """Lines are born with their order."""

    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("item")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RequestLines(LinesInline):
    model = RequestItem
    fields = ("item", "old_quantity", "quantity")


class SubscriptionLines(LinesInline):
    model = SubscriptionItem
    fields = ("item", "quantity")


@admin.register(Item)
class ItemAdmin(GeneratedId):
    list_display = ("name", "id", "product", "local_id", "mpn", "type", "period", "status")
    list_filter = ("type", "status")
    list_select_related = ("product",)
    search_fields = ("id__startswith", "name", "local_id", "mpn", "product__name")
    ordering = ("-created_at", "id")
    fields = (
        "id",
        "product",
        "local_id",
        "mpn",
        "name",
        "description",
        "type",
        "period",
        "unit",
        "status",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("id", "created_at", "updated_at")
    autocomplete_fields = ("product",)
    fixed = ("product",)

    def new_pk(self, obj: Item) -> str:
        hold(obj.product)
        number = editing.next_number(Item.objects.filter(product=obj.product_id))
        return f"{obj.product_id}-{number:04d}"


@admin.register(Subscription)
class SubscriptionAdmin(ViewOnly):
    list_display = ("id", "state", "product", "customer", "vendor", "provider", "created_at")
    list_filter = ("state", VendorFilter, DistributorFilter)
    list_select_related = ("product", "customer", "vendor", "provider")
    search_fields = ("id__startswith", "customer__name", "external_id", "external_uid")
    ordering = ("-created_at", "id")
    inlines = (SubscriptionLines,)
    fields = (
        "id",
        "state",
        "state_since",
        "product",
        ("connection", "marketplace"),
        ("vendor", "provider"),
        ("customer", "tier1", "tier2"),
        ("external_id", "external_uid"),
        "values",
        "template",
        "template_text",
        ("created_at", "updated_at"),
        "revision",
        "requests",
        "events",
    )

    @admin.display(description=_("values"))
    def values(self, obj: Subscription) -> SafeString:
        return shown_values(Parameter.objects.filter(product=obj.product_id), obj.params)

    @admin.display(description=_("requests"))
    def requests(self, obj: Subscription) -> SafeString:
        return link(FulfillmentRequest, _("Requests"), subscription__id__exact=obj.pk)


@admin.register(FulfillmentRequest)
class FulfillmentRequestAdmin(ProcessedAdmin):
    list_display = (
        "id",
        "type",
        "state",
        "customer",
        "product",
        "vendor",
        "provider",
        "assignee",
        "created_at",
    )
    list_select_related = (
        "subscription__customer",
        "subscription__product",
        "vendor",
        "provider",
        "assignee",
    )
    search_fields = (
        "id__startswith",
        "subscription__id__startswith",
        "subscription__customer__name",
        "inquiry_email",
    )
    inlines = (RequestLines,)
    fields = (
        "id",
        "type",
        "state",
        "state_since",
        ("subscription", "subscription_state"),
        "required_configurations",
        ("vendor", "provider"),
        ("creator", "assignee"),
        "environment",
        "values",
        ("inquiry_number", "inquiry_email", "inquiry_sent_at"),
        "inquiry_message",
        "answered",
        "note",
        "reason",
        "template",
        "template_text",
        ("effective_date", "decided_at"),
        ("planned_date", "planned_template", "automatic", "due"),
        ("created_at", "updated_at"),
        "revision",
        "events",
    )
    steps = {
        "submit": Step(drafts.submit_request),
        "approve": Step(requests.approve_request, each=OrderApproveForm),
        **INQUIRY,
        "inquire": replace(INQUIRY["inquire"], run=requests.inquire_request),
        "schedule": Step(requests.schedule_request, each=ScheduleForm, in_lists=False),
        "revoke": Step(requests.revoke_request, shared=ReasonForm),
        "confirm": Step(requests.confirm_request),
        "fail": Step(requests.fail_request, shared=ReasonForm),
        "withdraw": Step(requests.withdraw_request, shared=ReasonForm),
    }

    def describe(self, obj: Any) -> str:
        subscription = obj.subscription
        return f"{obj.pk} · {subscription.product} · {subscription.customer}"

    @admin.display(description=_("customer"))
    def customer(self, obj: FulfillmentRequest) -> str:
        return str(obj.subscription.customer)

    @admin.display(description=_("product"))
    def product(self, obj: FulfillmentRequest) -> str:
        return str(obj.subscription.product)
