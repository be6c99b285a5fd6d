"""Complaints ready for use, which a vendor picks when it inquires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig.models import ProductMessage
from tierconfig.services.definitions import messages as services

from ..forms import TextField
from ..generic import Action, Fact
from .frame import ProductTab, may_edit
from .pages import DefinitionAction, DefinitionForm, SeenForm

if TYPE_CHECKING:
    from .detail import ProductDetail


def fill(page: ProductDetail) -> dict[str, Any]:
    rows = ProductMessage.objects.visible_to(page.actor).filter(product=page.object)
    return {"messages_of": rows.order_by("external_id")[:500], "may_edit": may_edit(page)}


def actions(page: ProductDetail) -> list[Action]:
    if not may_edit(page):
        return []
    url = page.url("product-message-add", page.object.pk)
    return [Action(_("Add a message"), url, "primary")]


TAB = ProductTab(
    "messages", gettext_lazy("Messages"), "products/messages.html", fill, actions=actions
)


class MessageForm(SeenForm):
    external_id = TextField(
        label=gettext_lazy("External ID"),
        max_length=services.MAX_KEY,
        help_text=gettext_lazy("Your own name of it; the API hands it on beside the text."),
    )
    value = TextField(
        label=gettext_lazy("Text"),
        max_length=services.MAX_TEXT,
        help_text=gettext_lazy("Who is asked reads it beside the parameter."),
    )


class MessageAdd(DefinitionForm):
    part = ProductMessage
    tab = "messages"
    form_class = MessageForm
    service = staticmethod(services.add_message)
    title = gettext_lazy("Add a message")
    submit_label = gettext_lazy("Add")
    success_message = gettext_lazy("The message is added; inquiries offer it from now on.")


class MessageEdit(DefinitionForm):
    part = ProductMessage
    tab = "messages"
    form_class = MessageForm
    service = staticmethod(services.edit_message)
    title = gettext_lazy("Edit the message")
    success_message = gettext_lazy("Saved. What was asked with it stays as it was written.")


class MessageRemove(DefinitionAction):
    part = ProductMessage
    tab = "messages"
    service = staticmethod(services.remove_message)
    style = "danger"
    title = gettext_lazy("Remove the message")
    submit_label = gettext_lazy("Remove")
    question = gettext_lazy("What was asked with it stays as it was written.")
    success_message = gettext_lazy("The message is removed.")

    def get_facts(self) -> list[Fact]:
        return [Fact(_("External ID"), self.row.external_id), Fact(_("Text"), self.row.value)]
