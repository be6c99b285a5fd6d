"""The editor of choices: one row for each, usable without JavaScript."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from tierconfig.services.definitions.shape import MAX_CHOICES

#: Rows offered for further choices, and by the button that asks for more.
BLANK, MORE = 4, 10
Row = dict[str, Any]


def rows_of(data: Mapping[str, Any], name: str) -> list[Row]:
    """What was typed into the rows of a posted form; blank rows are left out."""
    found = []
    for number in range(MAX_CHOICES + MORE):
        at = f"{name}-{number}"
        if f"{at}-value" not in data:
            break
        value, label = _typed(data, f"{at}-value"), _typed(data, f"{at}-label")
        if value or label:
            found.append({"value": value or label, "label": label, "default": f"{at}-on" in data})
    return found


def _typed(data: Mapping[str, Any], key: str) -> str:
    found = data.get(key, "")
    return str(found[-1] if isinstance(found, list) else found).strip()


class ChoiceRows(forms.Widget):
    """Value, text and preselection of every choice; `more` further blank rows."""

    template_name = "products/_choices.html"
    use_fieldset = True

    def __init__(self, *, preselects: bool, domains: bool = False, more: int = 0) -> None:
        self.preselects, self.domains, self.more = preselects, domains, more
        super().__init__()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        return rows_of(data, name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-0-value" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-0-value" if id_ else ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        rows = json.loads(value) if isinstance(value, str) and value else list(value or [])
        count = min(len(rows) + BLANK + self.more, MAX_CHOICES + MORE)
        rows += [{}] * (count - len(rows))
        context["rows"] = [
            {
                "name": f"{name}-{number}",
                "id": f"id_{name}-{number}",
                "number": number + 1,
                "value": row.get("value", ""),
                "label": row.get("label", ""),
                "on": bool(row.get("default")),
            }
            for number, row in enumerate(rows)
        ]
        context["preselects"], context["domains"] = self.preselects, self.domains
        return context


class ChoicesField(forms.Field):
    """[{value, label, default?}]; what they may be is the service's to say."""

    def __init__(self, *, preselects: bool, domains: bool = False, **kwargs: Any) -> None:
        super().__init__(widget=ChoiceRows(preselects=preselects, domains=domains), **kwargs)

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(_("Enter at least one choice."), code="required")
