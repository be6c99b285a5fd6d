"""Forms of requests for configurations, as far as they differ from those of orders."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from customers.permissions import by_vendor
from tierconfig.models import TierConfig
from tierconfig.services.configs import offer_of

from ..parameters.forms import ParameterForm
from ..parameters.rules import Rules
from ..processing import forms
from ..processing.forms import TemplateField


class ChangeForm(ParameterForm):
    """The values the actor may ask to change, with the approved ones in place."""

    def __init__(self, *args: Any, obj: TierConfig, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        rules = Rules(obj.definitions(), obj.params, vendor=by_vendor(obj, self.actor))
        offered = offer_of(obj, self.actor)(rules.possible, obj.params)
        self.add_parameters(offered, obj.params, rules=rules)


class ApproveForm(forms.ApproveForm):
    lacking = gettext_lazy("%(title)s has no value yet: ask the reseller for it.")

    template = TemplateField(
        label=gettext_lazy("Text for the reseller"),
        empty_label=None,
        help_text=gettext_lazy("Shown in the control panel of the configuration."),
    )

    def present_template(self) -> Any:
        return self.obj.configuration.template_id
