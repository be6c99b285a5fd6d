"""The choices of a member: one of three ways for each kind of news."""

from __future__ import annotations

from typing import Any

from django import forms

from customers.actors import ADMINISTRATOR
from customers.models import Membership
from customers.services.notices import Mode

from ..notifications.kinds import Kind, kinds_of


def kinds_for(member: Membership) -> list[Kind]:
    """What the member may hear of, by his partner's role and his own level."""
    return kinds_of(member.partner.role, administrator=member.level == ADMINISTRATOR)


class ChoicesForm(forms.Form):
    """A field for each kind that can be switched off; what is sent besides is not read."""

    def __init__(self, *data: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*data, **kwargs)
        self.kinds = kinds_for(member)
        for kind in self.kinds:
            if not kind.essential:
                self.fields[kind.key] = forms.ChoiceField(
                    label=kind.label,
                    choices=Mode.choices,
                    widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                )

    modes = Mode.choices

    def rows(self) -> list[tuple[Kind, Any]]:
        """Each kind with its field, None for an essential one."""
        return [(kind, None if kind.essential else self[kind.key]) for kind in self.kinds]
