"""Make and change a key: what it is called, what it may do, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.service_rights import EVERYTHING, MODULES, READ, READ_ONLY, WRITE

from ..forms import PortalForm, TextField

#: Begins the names of the fields of the parts.
PART = "right-"
ALL, READING, OWN = "all", "read", "own"
PRESETS = {ALL: EVERYTHING, READING: READ_ONLY}
LEVELS = (("", gettext_lazy("None")), (READ, gettext_lazy("Read")), (WRITE, gettext_lazy("Write")))


class KeyForm(PortalForm):
    """The parts count when `preset` says so; without JavaScript they are always shown."""

    name = TextField(
        label=gettext_lazy("Name"),
        max_length=128,
        help_text=gettext_lazy("Histories show it beside what the key did."),
    )
    description = TextField(label=gettext_lazy("Description"), max_length=255, required=False)
    expires_at = forms.DateField(
        label=gettext_lazy("Works until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The whole day counts, in UTC. Empty: until it is deactivated."),
    )
    preset = forms.ChoiceField(
        label=gettext_lazy("May"),
        choices=(
            (ALL, gettext_lazy("Everything its owner may")),
            (READING, gettext_lazy("Read everything its owner sees")),
            (OWN, gettext_lazy("What is chosen part by part")),
        ),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, module in MODULES.items():
            self.fields[PART + name] = forms.ChoiceField(
                label=module.label, choices=LEVELS, required=False, widget=forms.RadioSelect
            )

    @property
    def plain(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith(PART)]

    @property
    def parts(self) -> list[dict[str, Any]]:
        """A line of the table for each part: its addresses, and the three boxes."""
        return [self._part(name) for name in MODULES]

    def _part(self, name: str) -> dict[str, Any]:
        field, chosen = self[PART + name], self[PART + name].value() or ""
        boxes = [
            {"value": value, "on": value == chosen, "said": f"{field.label}: {label}"}
            for value, label in LEVELS
        ]
        opens = ", ".join(f"/{address}" for address in MODULES[name].addresses)
        return {"name": field.html_name, "label": field.label, "boxes": boxes, "opens": opens}

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        chosen = {name: cleaned.get(PART + name, "") for name in MODULES}
        rights = PRESETS.get(cleaned.get("preset", ""), chosen)
        if cleaned.get("preset") == OWN and not any(chosen.values()):
            self.add_error("preset", _("Choose at least one part below."))
        day = cleaned.get("expires_at")
        return {
            "name": cleaned.get("name", ""),
            "description": cleaned.get("description", ""),
            "rights": {name: level for name, level in rights.items() if level},
            "expires_at": datetime.combine(day, time(23, 59, 59), UTC) if day else None,
        }


def initial_of(key: Any) -> dict[str, Any]:
    """What the form of a key begins with."""
    fits = [name for name, rights in PRESETS.items() if rights == key.rights]
    return {
        "name": key.name,
        "description": key.description,
        "expires_at": key.expires_at and key.expires_at.astimezone(UTC).date(),
        "preset": fits[0] if fits else OWN,
        **{PART + name: level for name, level in key.rights.items()},
    }


class SecretForm(PortalForm):
    now_only = forms.BooleanField(
        label=gettext_lazy("End the present secret at once"),
        required=False,
        help_text=gettext_lazy("For a secret that somebody else may have."),
    )
