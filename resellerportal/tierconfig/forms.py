"""Forms of the steps of a request, and of a change of a configuration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig import parameters
from tierconfig.models import Template, TierConfig, TierConfigRequest
from tierconfig.services.configs import change_offer
from tierconfig.services.requests import definitions, known_values
from tierconfig.services.waiting import asked

from ..forms import PortalForm
from ..fulfillment.forms import TemplateField, TextField
from ..parameter_forms import ParameterForm
from . import shown

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class ReasonForm(PortalForm):
    reason = TextField(
        label=gettext_lazy("Reason"),
        rows=3,
        max_length=500,
        help_text=gettext_lazy("The distributor and the reseller read it."),
    )


class AnswerForm(ParameterForm):
    """What was asked of the reseller, and what else may be corrected with it."""

    def __init__(self, *args: Any, obj: TierConfigRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        own, known = definitions(obj.configuration), known_values(obj)
        self.add_parameters(parameters.askable(own, known), known, asked=asked(own, known))


class ChangeForm(ParameterForm):
    """The values the actor may ask to change, with the approved ones in place."""

    def __init__(self, *args: Any, obj: TierConfig, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        self.add_parameters(change_offer(obj, self.actor), obj.params)


class ValuesForm(ParameterForm):
    """What the vendor fills in: fulfillment values and hidden ordering ones (decision 14)."""

    needed = False

    def __init__(self, *args: Any, obj: TierConfigRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        self.own = definitions(obj.configuration)
        offered = parameters.offered_to_vendor(self.own)
        self.names = self.add_parameters(offered, known_values(obj), required=self.needed)

    def typed(self) -> dict[str, parameters.Stored]:
        """What the valid fields of a bound form would store."""
        raw = getattr(self, "cleaned_data", {}).get("values", {})
        return {
            each.name: parameters.clean_value(each, raw[each.name])
            for each in self.own
            if each.name in raw
        }


class UpdateForm(ValuesForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned["values"] and not self.errors:
            raise ValidationError(_("Nothing was changed."), code="no_change")
        return cleaned


class ApproveForm(ValuesForm):
    """The text the reseller will read, and the values that complete the configuration."""

    needed = True

    template = TemplateField(
        label=gettext_lazy("Text for the reseller"),
        queryset=Template.objects.none(),
        empty_label=None,
        help_text=gettext_lazy("Shown in the control panel of the configuration."),
    )
    effective_date = forms.DateTimeField(
        label=gettext_lazy("Effective date"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        help_text=gettext_lazy("In UTC. Without one, it takes effect with the approval."),
    )

    def __init__(self, *args: Any, obj: TierConfigRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        config = obj.configuration
        offered = (
            Template.objects.visible_to(self.actor)
            .filter(product=config.product_id, scope=config.scope)
            .order_by("position", "id")
        )
        field: Any = self.fields["template"]
        field.queryset = offered
        field.initial = next((t for t in offered if t.pk == config.template_id), offered.first())
        values = ((_("Values you fill in"), tuple(self.names)),) if self.names else ()
        self.fieldsets = (*values, (_("Control panel"), ("template", "effective_date")))

    def adopt(self, error: ValidationError) -> None:
        """A value only the reseller can give is named by its title, with what to do."""
        if hasattr(error, "error_dict"):
            named = {}
            for name, errors in error.error_dict.items():
                title = next((str(each) for each in self.own if each.name == name), "")
                if title and f"param-{name}" not in self.fields:
                    self.add_error(
                        None,
                        _("%(title)s has no value yet: ask the reseller for it.")
                        % {"title": title},
                    )
                else:
                    named[name] = errors
            if not named:
                return
            error = ValidationError(named)
        super().adopt(error)


class InquireForm(PortalForm):
    """One line per parameter the reseller can fill in: what is wrong with it, or nothing."""

    message = TextField(
        label=gettext_lazy("Message"),
        rows=3,
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Mailed with the link to the form, and shown above it."),
    )

    def __init__(self, *args: Any, obj: TierConfigRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        own, known = definitions(obj.configuration), known_values(obj)
        masked = not shown.may_read_passwords(self.actor)
        self.marks: dict[str, str] = {}
        for each in parameters.askable(own, known):
            name = f"mark-{each.name}"
            self.marks[each.name] = name
            value = parameters.display(each, known.get(each.name), masked=masked)
            self.fields[name] = TextField(
                label=str(each),
                max_length=500,
                required=False,
                help_text=_("Now: %(value)s") % {"value": value} if value else _("Empty now."),
            )
        self.fieldsets = ((_("General message"), ("message",)),)
        if self.marks:
            legend = _("What is wrong or missing, by parameter")
            self.fieldsets = ((legend, tuple(self.marks.values())), *self.fieldsets)

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        typed = {name: cleaned.pop(mark, "") for name, mark in self.marks.items()}
        cleaned["errors"] = {name: text for name, text in typed.items() if text}
        return cleaned
