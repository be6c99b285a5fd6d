"""The form of an inquiry, which can be saved, left, and finished later; and passed on in parts.

The same behind a mailed link and in the portal. What was saved fills the form at the next visit,
and each field says who gave its value, and who is asked for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig.models import Delegation, ProcessedRequest
from tierconfig.services import answer_drafts, delegations

from .. import cells
from ..forms import PortalForm, TextField
from ..parameters.forms import comparable
from .forms import AnswerForm


class AnsweringForm(AnswerForm):
    """An AnswerForm that starts with what was saved; `draft` is None when nothing was."""

    def __init__(self, *args: Any, obj: ProcessedRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        self.draft = answer_drafts.draft_of(obj)
        for _name, field in self.made():
            field.told = []
        self._prefill()
        self._tell()

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.field_template = "processing/_answer_field.html"
        return helper

    def made(self) -> Iterator[tuple[str, Any]]:
        """(parameter name, field) of everything that is asked."""
        for group in self.groups:
            for name, field_name in group.fields.items():
                yield name, self.fields[field_name]

    def shown(self) -> list[str]:
        return [name for name, _field in self.made()]

    def typed(self) -> dict[str, Any]:
        """What differs from the values of the request, as it was typed; passwords left out."""
        return {
            name: self._raw(name) or ""
            for name, field in self.made()
            if self._keeps(field) and field.has_changed(field.present, self._raw(name))
        }

    @property
    def is_kept(self) -> bool:
        """Whether the draft holds what was typed, and nothing else of what is shown."""
        kept = self.draft.values if self.draft else {}
        typed, shown = self.typed(), self.shown()
        names = {*typed, *(name for name in kept if name in shown)}
        return all(comparable(typed.get(name)) == comparable(kept.get(name)) for name in names)

    def adopt(self, error: ValidationError) -> None:
        """After others saved, what they entered comes into the form; nothing typed is lost."""
        if getattr(error, "code", "") == "stale":
            self.draft = answer_drafts.draft_of(self.obj)
            self._take_over()
        super().adopt(error)

    def _keeps(self, field: Any) -> bool:
        return not field.disabled and answer_drafts.storable(field.parameter)

    def _raw(self, name: str) -> Any:
        place = self._place(name)
        field: Any = self.fields[place]
        found = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(place))
        return field.to_python(found)

    def _place(self, name: str) -> str:
        return next(group.fields[name] for group in self.groups if name in group.fields)

    def _prefill(self) -> None:
        for name, field in self.made():
            if self.draft and name in self.draft.values and self._keeps(field):
                field.initial = self.draft.values[name]

    def _tell(self) -> None:
        given = self.draft.given if self.draft else {}
        waiting = answer_drafts.open_delegations(self.obj)
        asked = {name: each.email for each in waiting for name in each.parameters}
        for name, field in self.made():
            if given.get(name, {}).get("through") == answer_drafts.DELEGATION:
                field.told.append(_given(given[name]))
            if name in asked:
                field.told.append(
                    _("Passed on to %(email)s; no answer yet.") % {"email": asked[name]}
                )

    def _take_over(self) -> None:
        """Fields left blank or as they were take what the draft has; where both have a value,
        what was typed stays and the other one is told."""
        data = self.data.copy()
        for name, theirs in (self.draft.values if self.draft else {}).items():
            if name not in self.shown():
                continue
            field: Any = self.fields[self._place(name)]
            mine, other = comparable(self._raw(name)), comparable(theirs)
            if mine == other or not self._keeps(field):
                continue
            if mine in ("", comparable(field.present)):
                _put(data, field.widget, self.add_prefix(self._place(name)), theirs)
            else:
                values = {
                    "who": self.draft.given.get(name, {}).get("by", ""),
                    "value": one_line(theirs),
                }
                field.told.append(_("%(who)s saved “%(value)s” meanwhile.") % values)
        self.data = data


class PartForm(AnsweringForm):
    """The fields of some parameters only, for the colleague who is asked for them."""

    def __init__(self, *args: Any, names: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in self.groups:
            for name in [each for each in group.fields if each not in names]:
                del self.fields[group.fields.pop(name)]
        for _name, field in self.made():
            field.told = []


class DelegateForm(PortalForm):
    """Which parameters to pass on, to whom, and what to say."""

    names = forms.MultipleChoiceField(
        label=gettext_lazy("What to ask for"), widget=forms.CheckboxSelectMultiple
    )
    email = TextField(
        label=gettext_lazy("E-mail of the colleague"),
        max_length=254,
        help_text=gettext_lazy("Gets a link of its own, which shows nothing else."),
    )
    message = TextField(label=gettext_lazy("Message"), rows=3, max_length=500, required=False)

    def __init__(self, *args: Any, obj: ProcessedRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        field: Any = self.fields["names"]
        field.choices = [(each.name, str(each)) for each in delegations.delegable(obj)]
        self.fields["email"].widget = forms.EmailInput(attrs={"autocomplete": "email"})


def standing(request: ProcessedRequest) -> list[dict[str, Any]]:
    """The delegations of the present inquiry as the list of them shows it."""
    titles = {each.name: str(each) for each in delegations.delegable(request)}
    return [
        {
            "pk": each.pk,
            "email": each.email,
            "titles": [titles.get(name, name) for name in each.parameters],
            "open": delegations.is_open(each, request),
            "told": _stands(each),
        }
        for each in delegations.delegations_of(request)
    ]


def one_line(raw: Any) -> str:
    """A raw value as it can be read in a sentence."""
    if isinstance(raw, dict):
        return ", ".join(str(part) for part in raw.values() if part)
    return ", ".join(raw) if isinstance(raw, list) else " ".join(str(raw).split())


def _given(entry: dict[str, Any]) -> str:
    when = cells.absolute(datetime.fromisoformat(entry["at"]))
    return _("Answered by %(email)s on %(when)s.") % {"email": entry["by"], "when": when}


def _stands(delegation: Delegation) -> str:
    if delegation.answered_at:
        return _("answered %(when)s") % {"when": cells.absolute(delegation.answered_at)}
    if delegation.ended_at:
        return _("taken back %(when)s") % {"when": cells.absolute(delegation.ended_at)}
    return _("asked %(when)s, no answer yet") % {"when": cells.absolute(delegation.asked_at)}


def _put(data: Any, widget: Any, name: str, raw: Any) -> None:
    """Write a raw value into posted data the way the widget would have sent it."""
    if isinstance(raw, dict) and hasattr(widget, "part_names"):
        for suffix, part in zip(widget.widgets_names, widget.part_names, strict=True):
            data[f"{name}{suffix}"] = raw.get(part, "")
    elif isinstance(raw, list):
        data.setlist(name, raw)
    else:
        data[name] = raw
