"""What steps of orders ask in the administration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils.translation import gettext_lazy

from customers.admin.steps import ObjectForm
from tierconfig.admin.forms import ApproveForm
from tierconfig.models import Template

from ..services.effects import EFFECTS


class OrderApproveForm(ApproveForm):
    """Of what brings neither items nor values the text stays, unless a template is chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not EFFECTS[self.obj.type].applies:
            self.fields["template"].required = False
            self.initial["template"] = None


class ScheduleForm(ObjectForm):
    planned_date = forms.SplitDateTimeField(
        label=gettext_lazy("Planned date"), widget=AdminSplitDateTime
    )
    template = forms.ModelChoiceField(
        label=gettext_lazy("Template"), queryset=Template.objects.none(), required=False
    )
    automatic = forms.BooleanField(
        label=gettext_lazy("Approve by itself on that date"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product, scope = self.obj.parameter_scope()
        self.fields["template"].queryset = Template.objects.filter(
            product=product, scope=scope, type=self.obj.template_type
        )

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("planned_date", "template", "automatic")}
