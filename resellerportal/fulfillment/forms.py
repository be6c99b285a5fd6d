"""Forms of the steps of an order, as far as they differ from those of other requests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import DateTimeInput
from django.utils.translation import gettext_lazy

from fulfillment.models import FulfillmentRequest
from tierconfig.models import Template

from ..forms import PortalForm, in_zone
from ..processing import forms as common
from ..processing.forms import TemplateField, templates
from .wording import BARE


def keep_text(field: Any, chosen: Any = None) -> None:
    """The text in force stays unless another one is chosen."""
    field.required, field.initial = False, chosen
    field.empty_label = gettext_lazy("The text stays as it is")
    field.choices = [("", field.empty_label), *(each for each in field.choices if each[0])]


class ApproveForm(common.ApproveForm):
    lacking = gettext_lazy("%(title)s has no value yet: ask the customer for it.")

    template = TemplateField(
        label=gettext_lazy("Text for the customer"),
        empty_label=None,
        help_text=gettext_lazy("Shown in the control panel of the subscription."),
    )

    def __init__(self, *args: Any, obj: FulfillmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        if obj.type in BARE:
            self._ask_for_no_values()

    def present_template(self) -> Any:
        """The text in force; what was planned with it, where it was planned."""
        return self.obj.planned_template_id or self.obj.subscription.template_id

    def lacks(self) -> list[str]:
        return [] if self.obj.type in BARE else super().lacks()

    def _ask_for_no_values(self) -> None:
        """Neither values nor another text are needed for what is only held or ended."""
        for name in self.names:
            del self.fields[name]
        self.groups, self.names = [], []
        keep_text(self.fields["template"], self.obj.planned_template)
        self.fieldsets = self.fieldsets[-1:]


class ScheduleForm(PortalForm):
    """The day, the text of that day, and whether somebody has to look at it then."""

    planned_date = forms.DateTimeField(
        label=gettext_lazy("Planned date"),
        widget=DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=in_zone(),
    )
    template = TemplateField(
        label=gettext_lazy("Text for the customer"),
        required=False,
        empty_label=gettext_lazy("Chosen with the approval"),
        help_text=gettext_lazy("Shown in the control panel once it is approved."),
    )
    automatic = forms.BooleanField(
        label=gettext_lazy("Approve automatically on that day"),
        required=False,
        help_text=gettext_lazy(
            "With the text above, and only if no value is missing then. Without this, or when "
            "something is missing, the order comes back to you on that day."
        ),
    )

    def __init__(self, *args: Any, obj: FulfillmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        field: Any = self.fields["template"]
        offered = field.offer(templates(self.actor, obj, obj.template_type))
        if obj.type in BARE:
            keep_text(field)
        else:
            present = obj.subscription.template_id
            field.initial = next((each for each in offered if each.pk == present), None) or next(
                iter(offered), None
            )


class InquireForm(common.InquireForm):
    """With a text of the vendor to stand beside the form, where the product has one."""

    template = TemplateField(
        label=gettext_lazy("Text beside the form"),
        required=False,
        empty_label=gettext_lazy("None"),
    )

    def __init__(self, *args: Any, obj: FulfillmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        field: Any = self.fields["template"]
        if not field.offer(templates(self.actor, obj, Template.Type.INQUIRE)):
            del self.fields["template"]
