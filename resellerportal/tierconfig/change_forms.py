"""Forms of adjustments and drafts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig.models import Template, TierConfig, TierConfigRequest
from tierconfig.services.drafts import draft_offer
from tierconfig.services.processing import known_values

from ..parameters.forms import ParameterForm
from ..parameters.rules import Rules
from ..processing.forms import ApproveForm, TemplateField
from .forms import ChangeForm


class AdjustForm(ChangeForm):
    """What the vendor corrects, and the text and the date of the approval."""

    template = TemplateField(
        label=gettext_lazy("Text for the reseller"),
        empty_label=None,
        help_text=gettext_lazy("Shown in the control panel of the configuration."),
    )
    effective_date = ApproveForm.base_fields["effective_date"]

    def __init__(self, *args: Any, obj: TierConfig, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        rows = Template.objects.visible_to(self.actor).filter(
            product=obj.product_id, scope=obj.scope, type=TierConfigRequest.template_type
        )
        field: Any = self.fields["template"]
        field.queryset = rows.order_by("position", "id")
        field.initial = obj.template_id
        values = tuple(name for group in self.groups for name in group.fields.values())
        self.fieldsets = (
            (_("Values"), values),
            (_("Control panel"), ("template", "effective_date")),
        )


class DraftForm(ParameterForm):
    """The values of a draft, which may be incomplete, with what the vendor's service said."""

    def __init__(self, *args: Any, obj: TierConfigRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        known = known_values(obj)
        rules = Rules(obj.definitions(), known, obj.presentation)
        offered = draft_offer(obj, self.actor)(rules.possible, known)
        self.add_parameters(offered, known, rules=rules, required=False)
