"""Forms of the steps of an order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.cleaning import clean_text
from fulfillment.models import FulfillmentRequest
from fulfillment.services.requests import definitions
from tierconfig import parameters
from tierconfig.models import Parameter, Template
from tierconfig.services.waiting import asked

from ..forms import PortalForm
from ..parameter_forms import ParameterForm


class TextField(forms.CharField):
    """A text checked as the services check theirs, so that the error stands beside it."""

    def __init__(self, *, rows: int = 0, max_length: int, **kwargs: Any) -> None:
        if rows:
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
        self.lines = bool(rows)
        self.longest = max_length
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = clean_text(value, max_length=self.longest, lines=self.lines)
        return str(super().clean(text))


class ReasonForm(PortalForm):
    reason = TextField(
        label=gettext_lazy("Reason"),
        rows=3,
        max_length=500,
        help_text=gettext_lazy("Everybody who sees this order reads it."),
    )


class AnswerForm(ParameterForm):
    """What was asked of the customer, and what else may be corrected with it."""

    def __init__(self, *args: Any, obj: FulfillmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        own = definitions(obj)
        self.add_parameters(
            parameters.askable(own, obj.params), obj.params, asked=asked(own, obj.params)
        )


def vendors_own(own: Iterable[Parameter]) -> list[Parameter]:
    """What the vendor fills in: fulfillment parameters and hidden ordering ones (decision 14)."""
    return [each for each in own if each.phase == Parameter.Phase.FULFILLMENT or each.hidden]


class ValuesForm(ParameterForm):
    def __init__(self, *args: Any, obj: FulfillmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        present = parameters.merged(obj.subscription.params, obj.params)
        self.names = self.add_parameters(vendors_own(definitions(obj)), present)


class TemplateField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.name


class ApproveForm(ValuesForm):
    """The text the customer will read, and the values that complete it."""

    template = TemplateField(
        label=gettext_lazy("Text for the customer"),
        queryset=Template.objects.none(),
        empty_label=None,
        help_text=gettext_lazy("Shown in the control panel of the subscription."),
    )

    def __init__(self, *args: Any, obj: FulfillmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        offered = templates(self.actor, obj, Template.Type.FULFILLMENT)
        self.fields["template"].queryset = offered
        self.fields["template"].initial = offered.first()
        values = ((_("Values you fill in"), tuple(self.names)),) if self.names else ()
        self.fieldsets = (*values, (_("Control panel"), ("template",)))


class InquireForm(PortalForm):
    """One line per ordering parameter: what is wrong with it, or nothing."""

    template = TemplateField(
        label=gettext_lazy("Text beside the form"),
        queryset=Template.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    message = TextField(
        label=gettext_lazy("Message"),
        rows=3,
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Mailed to the technical contact with the link to the form."),
    )

    def __init__(self, *args: Any, obj: FulfillmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        self.marks: dict[str, str] = {}
        ordering = [each for each in definitions(obj) if each.phase == Parameter.Phase.ORDERING]
        for each in parameters.askable(ordering, obj.params):
            name = f"mark-{each.name}"
            self.marks[each.name] = name
            value = parameters.display(each, obj.params.get(each.name), masked=False)
            self.fields[name] = TextField(
                label=str(each),
                max_length=500,
                required=False,
                help_text=_("Now: %(value)s") % {"value": value} if value else _("Empty now."),
            )
        offered = templates(self.actor, obj, Template.Type.INQUIRE)
        self.fields["template"].queryset = offered
        last = ("message", "template") if offered else ("message",)
        if not offered:
            del self.fields["template"]
        self.fieldsets = ((_("What to say about all of it"), last),)
        if self.marks:
            legend = _("What is wrong or missing, per parameter")
            self.fieldsets = ((legend, tuple(self.marks.values())), *self.fieldsets)

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        typed = {name: cleaned.pop(mark, "") for name, mark in self.marks.items()}
        cleaned["errors"] = {name: text for name, text in typed.items() if text}
        return cleaned


def templates(actor: Any, order: FulfillmentRequest, kind: str) -> Any:
    return (
        Template.objects.visible_to(actor)
        .filter(product=order.subscription.product_id, scope=Template.Scope.ASSET, type=kind)
        .order_by("position", "id")
    )
