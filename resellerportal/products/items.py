"""What of a product can be bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models import Item
from fulfillment.services import items as services

from ..forms import PortalForm, TextField
from ..generic import Action, Fact
from .frame import ProductTab, may_edit
from .pages import DefinitionAction, DefinitionForm, SeenForm

if TYPE_CHECKING:
    from .detail import ProductDetail


def fill(page: ProductDetail) -> dict[str, Any]:
    rows = Item.objects.visible_to(page.actor).filter(product=page.object).order_by("pk")
    return {"items": rows[:500], "may_edit": may_edit(page)}


def actions(page: ProductDetail) -> list[Action]:
    if not may_edit(page):
        return []
    return [Action(_("Add an item"), page.url("product-item-add", page.object.pk), "primary")]


TAB = ProductTab(
    "items", gettext_lazy("Items"), "products/items.html", fill, actions=actions, shared=True
)


def period(name: str) -> str:
    """How often an item is billed, in words; as it is stored where we have none."""
    return str(dict(Item.Period.choices).get(name, name))


class DescribedForm(PortalForm):
    name = TextField(label=gettext_lazy("Name"), max_length=services.MAX_NAME)
    mpn = TextField(
        label=gettext_lazy("MPN"),
        max_length=services.MAX_KEY,
        help_text=gettext_lazy("The manufacturer's part number, as price lists name it."),
    )
    description = TextField(
        label=gettext_lazy("Description"), rows=2, max_length=services.MAX_TEXT, required=False
    )

    def clean_description(self) -> str:
        return " ".join(str(self.cleaned_data["description"]).split())


class ItemForm(DescribedForm):
    local_id = TextField(
        label=gettext_lazy("Your ID"),
        max_length=services.MAX_KEY,
        required=False,
        help_text=gettext_lazy(
            "Requests name the item by it; it cannot be changed later. Empty: the MPN."
        ),
    )
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=Item.Type.choices)
    period = forms.ChoiceField(label=gettext_lazy("Billed"), choices=Item.Period.choices)
    unit = TextField(
        label=gettext_lazy("Unit"),
        max_length=services.MAX_UNIT,
        initial=gettext_lazy("Licenses"),
        help_text=gettext_lazy("Type, unit and how often it is billed cannot be changed later."),
    )


class ItemEditForm(SeenForm, DescribedForm):
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        choices=Item.Status.choices,
        help_text=gettext_lazy("At its end of sale nobody can order it; subscriptions keep it."),
    )


class ItemAdd(DefinitionForm):
    part = Item
    tab = "items"
    form_class = ItemForm
    service = staticmethod(services.add_item)
    title = gettext_lazy("Add an item")
    submit_label = gettext_lazy("Add")
    success_message = gettext_lazy("The item is added and can be ordered with the product.")


class ItemEdit(DefinitionForm):
    part = Item
    tab = "items"
    form_class = ItemEditForm
    service = staticmethod(services.edit_item)
    title = gettext_lazy("Edit the item")
    success_message = gettext_lazy("Saved.")


class ItemRemove(DefinitionAction):
    """For items that nobody ever ordered; the service says so of others."""

    part = Item
    tab = "items"
    service = staticmethod(services.remove_item)
    style = "danger"
    title = gettext_lazy("Remove the item")
    question = gettext_lazy("Only an item that was never ordered can be removed.")
    submit_label = gettext_lazy("Remove")
    success_message = gettext_lazy("The item is removed.")

    def get_facts(self) -> list[Fact]:
        return [Fact(_("Item"), self.row.name), Fact(_("Your ID"), self.row.local_id)]
