"""Adding and changing the buttons of a product."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig.models import Action
from tierconfig.services.definitions import actions as services
from tierconfig.services.definitions.templates import scopes_of

from ..forms import TextField
from ..generic import Fact
from .pages import DefinitionAction, DefinitionForm, DefinitionMove, SeenForm


class ActionForm(SeenForm):
    name = TextField(
        label=gettext_lazy("Name"),
        max_length=services.MAX_NAME,
        help_text=gettext_lazy("What the button says."),
    )
    action = TextField(
        label=gettext_lazy("Action ID"),
        max_length=services.MAX_KEY,
        help_text=gettext_lazy("Your own name of it; the token carries it as action_id."),
    )
    description = TextField(
        label=gettext_lazy("Description"),
        max_length=services.MAX_DESCRIPTION,
        help_text=gettext_lazy("Shown beside the button: what happens when it is pressed."),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Scope"),
        choices=Action.Scope.choices,
        help_text=gettext_lazy("In whose control panel the button is."),
    )


class ActionPage(DefinitionForm):
    part = Action
    tab = "embedding"
    form_class = ActionForm

    def get_form(self, *data: Any) -> Any:
        form = super().get_form(*data)
        offered = {*scopes_of(self.object), self.row.scope if self.row else ""}
        form.fields["scope"].choices = [each for each in Action.Scope.choices if each[0] in offered]
        return form


class ActionAdd(ActionPage):
    service = staticmethod(services.add_action)
    title = gettext_lazy("Add an action")
    submit_label = gettext_lazy("Add")
    success_message = gettext_lazy("The action is added.")


class ActionEdit(ActionPage):
    service = staticmethod(services.edit_action)
    success_message = gettext_lazy("Saved.")

    def get_title(self) -> str:
        return _("Edit %(name)s") % {"name": self.row.name}


class ActionRemove(DefinitionAction):
    part = Action
    tab = "embedding"
    service = staticmethod(services.remove_action)
    style = "danger"
    submit_label = gettext_lazy("Remove")
    question = gettext_lazy("The button disappears from all control panels at once.")
    success_message = gettext_lazy("The action is removed.")

    def get_title(self) -> str:
        return _("Remove %(name)s") % {"name": self.row.name}

    def get_facts(self) -> list[Fact]:
        return [
            Fact(_("Action ID"), self.row.action),
            Fact(_("Scope"), self.row.get_scope_display()),
        ]


class ActionMove(DefinitionMove):
    part = Action
    tab = "embedding"
    service = staticmethod(services.move_action)
