"""What the administration of configuration requests and of orders has in common."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers.admin.base import DistributorFilter, VendorFilter
from customers.admin.steps import Step, StepAdmin

from ..models import Parameter, ProcessedRequest
from ..services import processing
from .forms import AnswerForm, InquireForm, MessageForm, shown_values

#: Steps that both take alike.
INQUIRY = {
    "inquire": Step(processing.inquire_request, shared=MessageForm, each=InquireForm),
    "answer": Step(processing.answer_request, each=AnswerForm, in_lists=False),
    "pend": Step(processing.pend_request),
}


class ProcessedAdmin(StepAdmin):
    list_filter: tuple = ("state", "type", VendorFilter, DistributorFilter)
    ordering = ("-created_at", "id")

    @admin.display(description=_("values"))
    def values(self, obj: ProcessedRequest) -> SafeString:
        product, _scope = obj.parameter_scope()
        return shown_values(Parameter.objects.filter(product=product), obj.params)
