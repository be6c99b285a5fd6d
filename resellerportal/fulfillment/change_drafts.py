"""The form of the draft of a change: the subscription's, filled with what the draft says."""

from __future__ import annotations

from typing import Any

from fulfillment.models import FulfillmentRequest
from fulfillment.services.differences import held_definitions
from tierconfig.models import Parameter

from ..parameters.forms import Group
from ..parameters.rules import Rules
from ..parameters.widgets import present
from .changing_forms import ChangeForm


class ChangeDraftForm(ChangeForm):
    """What is typed is compared with the subscription, not with the draft: all of it travels."""

    def __init__(self, *args: Any, obj: FulfillmentRequest, **kwargs: Any) -> None:
        self.draft = obj
        super().__init__(*args, obj=obj.subscription, **kwargs)
        wanted = {line.item_id: line.quantity for line in obj.items.all()}
        for name, (item, held) in self.items.items():
            self.fields[name].initial = wanted.get(item.pk, held or None)
        self.fields["note"].initial = obj.note

    def _ask_values(self) -> list[str]:
        known = {**self.obj.params, **self.draft.params}
        rules = Rules(held_definitions(self.obj), known)
        names = self.add_parameters(rules.orderable(), known, rules=rules, required=False)
        for name in names:
            made: Any = self.fields[name]
            made.present = present(made.parameter, self.obj.params.get(made.parameter.name))
        return names

    def _leave_out(self, group: Group, cleaned: dict[str, Any]) -> None:
        """A password that comes back blank is the one of the draft."""
        super()._leave_out(group, cleaned)
        for parameter, name in group.fields.items():
            made: Any = self.fields[name]
            stored = self.draft.params.get(parameter) or {}
            is_password = made.parameter.type == Parameter.Type.PASSWORD
            if is_password and name in cleaned and not cleaned[name]:
                cleaned[name] = str(stored.get("value") or "")
