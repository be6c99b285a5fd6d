"""What surrounds inquiries, unique values, service levels: to be looked at."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers.admin.base import ViewOnly, lines

from ..models import AnswerDraft, Delegation, ServiceLevel, UniqueValue


@admin.register(AnswerDraft)
class AnswerDraftAdmin(ViewOnly):
    """What was typed and not sent is between those who were asked: its names only."""

    list_display = ("request", "inquiry", "saved_by", "saved_at")
    search_fields = ("request__exact", "saved_by")
    ordering = ("-saved_at", "request")
    fields = ("request", "inquiry", "answered", "saved_by", "saved_at")

    @admin.display(description=_("given so far"))
    def answered(self, obj: AnswerDraft) -> SafeString:
        return lines((name, obj.given.get(name, {}).get("by", "")) for name in sorted(obj.values))


@admin.register(Delegation)
class DelegationAdmin(ViewOnly):
    list_display = ("request", "inquiry", "email", "asked_by", "asked_at", "answered_at")
    search_fields = ("request__exact", "email", "asked_by")
    ordering = ("-asked_at", "pk")
    fields = (
        ("request", "inquiry"),
        "email",
        "parameters",
        "message",
        ("asked_by", "asked_at"),
        ("answered_at", "ended_at"),
    )


@admin.register(UniqueValue)
class UniqueValueAdmin(ViewOnly):
    list_display = ("holder", "parameter")
    list_select_related = ("parameter",)
    search_fields = ("holder__exact", "parameter__name")
    ordering = ("-pk",)
    fields = ("parameter", "holder")


@admin.register(ServiceLevel)
class ServiceLevelAdmin(ViewOnly):
    list_display = ("partner", "entity", "state", "late", "overdue", "changed_by")
    list_filter = ("entity", "state")
    list_select_related = ("partner", "changed_by")
    search_fields = ("partner__name", "partner__id__startswith")
    ordering = ("partner", "entity", "state")
    fields = ("partner", ("entity", "state"), ("late", "overdue"), "changed_by")
