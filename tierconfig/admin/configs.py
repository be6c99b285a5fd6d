"""Tier configurations and their requests: looked at, and moved on through the services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers.admin.base import DistributorFilter, VendorFilter, ViewOnly, link
from customers.admin.steps import ReasonForm, Step, StepAdmin

from ..models import Parameter, Template, TierConfig, TierConfigRequest
from ..services import requests
from .forms import AnswerForm, ApproveForm, InquireForm, MessageForm, shown_values


class SetupFacts:
    """Facts of tier configuration requests."""

    definitions = staticmethod(
        lambda request: requests.definitions(request.configuration),
    )
    known = staticmethod(requests.known_values)

    @staticmethod
    def templates(request: TierConfigRequest) -> QuerySet[Template]:
        config = request.configuration
        return Template.objects.filter(product=config.product_id, scope=config.scope)


FACTS: Any = SetupFacts()


class SetupApprove(ApproveForm):
    facts = FACTS


class SetupAnswer(AnswerForm):
    facts = FACTS


class SetupInquire(InquireForm):
    facts = FACTS


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
        return shown_values(_definitions(obj.product_id), obj.params)

    @admin.display(description=_("requests"))
    def requests(self, obj: TierConfig) -> SafeString:
        return link(TierConfigRequest, _("Requests"), configuration__id__exact=obj.pk)


@admin.register(TierConfigRequest)
class TierConfigRequestAdmin(StepAdmin):
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
    list_filter = (
        "state",
        "type",
        "configuration__tier_level",
        VendorFilter,
        DistributorFilter,
    )
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
    ordering = ("-created_at", "id")
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
        "approve": Step(requests.approve_request, each=SetupApprove),
        "inquire": Step(requests.inquire_request, shared=MessageForm, each=SetupInquire),
        "answer": Step(requests.answer_request, each=SetupAnswer, in_lists=False),
        "pend": Step(requests.pend_request),
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

    @admin.display(description=_("values"))
    def values(self, obj: TierConfigRequest) -> SafeString:
        return shown_values(_definitions(obj.configuration.product_id), obj.params)


def _definitions(product_id: str) -> QuerySet[Parameter]:
    return Parameter.objects.filter(product=product_id)
