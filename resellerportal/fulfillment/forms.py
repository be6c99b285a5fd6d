"""Forms of the steps of an order, as far as they differ from those of other requests."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from fulfillment.models import FulfillmentRequest
from tierconfig.models import Template

from ..processing import forms
from ..processing.forms import TemplateField, templates


class ApproveForm(forms.ApproveForm):
    lacking = gettext_lazy("%(title)s has no value yet: ask the customer for it.")

    template = TemplateField(
        label=gettext_lazy("Text for the customer"),
        empty_label=None,
        help_text=gettext_lazy("Shown in the control panel of the subscription."),
    )


class InquireForm(forms.InquireForm):
    """With a text of the vendor to stand beside the form, where the product has one."""

    template = TemplateField(
        label=gettext_lazy("Text beside the form"),
        required=False,
        empty_label=gettext_lazy("None"),
    )

    def __init__(self, *args: Any, obj: FulfillmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        offered = templates(self.actor, obj, Template.Type.INQUIRE)
        field: Any = self.fields["template"]
        field.queryset = offered
        if not offered:
            del self.fields["template"]
