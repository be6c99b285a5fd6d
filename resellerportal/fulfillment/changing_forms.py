"""Forms by which something is asked of a subscription."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models import FulfillmentRequest, Item, Subscription
from fulfillment.services.differences import held_definitions
from fulfillment.services.purchases import MAX_QUANTITY
from tierconfig.models import Parameter, Template

from ..forms import PortalForm, TextField
from ..parameters.forms import ParameterForm
from ..parameters.rules import Rules
from ..processing.forms import TemplateField

MAX_NOTE = 2000


def note_field() -> TextField:
    return TextField(
        label=gettext_lazy("Note for the vendor"), rows=2, max_length=MAX_NOTE, required=False
    )


class NoteForm(PortalForm):
    note = note_field()


@dataclass(frozen=True)
class Row:
    """An item with its input; `held` is how many the subscription has."""

    item: Item
    held: int
    field: forms.BoundField


class ChangeForm(ParameterForm):
    """Wanted quantities, and the ordering values where the product lets them be changed."""

    note = note_field()

    def __init__(self, *args: Any, obj: Subscription, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        self.items: dict[str, tuple[Item, int]] = {}
        for line in obj.items.select_related("item").order_by("item"):
            self._ask(line.item, line.quantity)
        held = {item.pk for item, _held in self.items.values()}
        for item in self._sold().exclude(pk__in=held):
            self._ask(item, 0)
        names = self._ask_values() if obj.product.editable_ordering_parameters else []
        values = ((_("Parameters"), tuple(names)),) if names else ()
        self.fieldsets = (*values, (_("For the vendor"), ("note",)))

    def _sold(self) -> QuerySet[Item]:
        rows: QuerySet[Item] = Item.objects.visible_to(self.actor).filter(
            product=self.obj.product_id, status=Item.Status.PUBLISHED
        )
        return rows.order_by("pk")

    def _ask(self, item: Item, held: int) -> None:
        name = f"quantity-{item.pk}"
        self.items[name] = (item, held)
        most = MAX_QUANTITY if item.status == Item.Status.PUBLISHED else held
        self.fields[name] = forms.IntegerField(
            label=item.name,
            required=bool(held),
            min_value=0,
            max_value=most,
            initial=held or None,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "quantity"}),
            error_messages={
                "required": _("Enter a quantity; 0 takes the item out."),
                "max_value": _("It can stay or become less: it is no longer sold.")
                if most == held
                else _("Have at most %(limit_value)d of an item."),
            },
        )

    def _ask_values(self) -> list[str]:
        rules = Rules(held_definitions(self.obj), self.obj.params)
        return self.add_parameters(rules.orderable(), self.obj.params, rules=rules)

    @property
    def helper(self) -> Any:
        """Quantities stand in a table of the page."""
        helper = super().helper
        helper.render_unmentioned_fields = False
        return helper

    def rows(self) -> list[Row]:
        """What the subscription has."""
        return [row for row in self._rows() if row.held]

    def more(self) -> list[Row]:
        """What it could have besides."""
        return [row for row in self._rows() if not row.held]

    @property
    def opens(self) -> bool:
        """Whether something is typed, or wrong, among what could be added."""
        return any(row.field.value() or row.field.errors for row in self.more())

    def _rows(self) -> Iterable[Row]:
        for name, (item, held) in self.items.items():
            yield Row(item, held, self[name])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        wanted = {name: cleaned.pop(name, None) for name in self.items}
        cleaned["items"] = {
            item.pk: wanted[name]
            for name, (item, held) in self.items.items()
            if wanted[name] is not None and wanted[name] != held
        }
        if not self.errors and not cleaned["items"] and not cleaned.get("values"):
            raise ValidationError(_("Nothing was changed."), code="no_change")
        cleaned.setdefault("values", {})
        return cleaned

    def adopt(self, error: ValidationError) -> None:
        """What is wrong with the items together stands above the form."""
        if hasattr(error, "error_dict") and "items" in error.error_dict:
            found = dict(error.error_dict)
            found[NON_FIELD_ERRORS] = [*found.get(NON_FIELD_ERRORS, []), *found.pop("items")]
            error = ValidationError(found)
        super().adopt(error)


class AdjustForm(ParameterForm):
    """What the vendor corrects, and the text that is approved with it."""

    template = TemplateField(
        label=gettext_lazy("Text for the customer"),
        empty_label=None,
        help_text=gettext_lazy("Shown in the control panel of the subscription."),
    )
    note = TextField(
        label=gettext_lazy("Note"),
        rows=2,
        max_length=MAX_NOTE,
        required=False,
        help_text=gettext_lazy("Everybody who sees the request reads it."),
    )

    def __init__(self, *args: Any, obj: Subscription, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        rules = Rules(held_definitions(obj), obj.params, vendor=True)
        names = self.add_parameters(rules.possible, obj.params, rules=rules, required=False)
        offered = Template.objects.visible_to(self.actor).filter(
            product=obj.product_id,
            scope=Parameter.Scope.ASSET,
            type=FulfillmentRequest.template_type,
        )
        field: Any = self.fields["template"]
        field.queryset = offered.order_by("position", "id")
        field.initial = obj.template_id
        values = ((_("Values"), tuple(names)),) if names else ()
        self.fieldsets = (*values, (_("Control panel"), ("template", "note")))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.setdefault("values", {})
        template = cleaned.get("template")
        if not self.errors and not cleaned["values"] and template.pk == self.obj.template_id:
            raise ValidationError(_("Nothing was changed."), code="no_change")
        return cleaned
