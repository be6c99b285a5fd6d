"""One form over all that is missing of a reseller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tierconfig import parameters

from ..parameters.forms import ParameterForm, comparable
from ..parameters.widgets import present
from .work import Known, Task


class CompleteForm(ParameterForm):
    """A group for each task: a box that sends it, and its values.

    What was typed into a group sends it, too. Values known from other products are offered in
    the fields, where they are seen before they are sent.
    """

    def __init__(
        self,
        *args: Any,
        tasks: Sequence[Task] = (),
        known: Mapping[tuple[str, str], Known] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tasks = {task.key: task for task in tasks}
        parts = [(_legend(task), self._add(task, known or {})) for task in tasks]
        self.fieldsets = tuple((legend, tuple(names)) for legend, names in parts)

    def _add(self, task: Task, known: Mapping[tuple[str, str], Known]) -> list[str]:
        send, revision = f"send-{task.key}", f"revision-{task.key}"
        self.fields[send] = forms.BooleanField(
            label=_("Send this"),
            required=False,
            initial=task.request is not None,
            help_text=_help(task),
        )
        self.fields[revision] = forms.IntegerField(
            required=False,
            widget=forms.HiddenInput,
            initial=task.request.revision if task.request else None,
        )
        names = self.add_parameters(
            task.fields,
            task.known,
            prefix=task.key,
            keyword=task.key,
            asked=task.asked if task.request else (),
        )
        if task.request is None:
            for name in names:
                self._offer(self.fields[name], known)
        return [send, revision, *names]

    def _offer(self, field: Any, known: Mapping[tuple[str, str], Known]) -> None:
        """Put a value of another product into the field, if this one would take it."""
        definition = field.parameter
        found = known.get((definition.name, definition.type))
        if found is None:
            return
        raw = present(definition, found.stored)
        try:
            parameters.clean_value(definition, raw)
        except ValidationError:
            return
        field.initial = raw
        note = _("As for %(product)s; change it if it is different here.")
        field.help_text = f"{field.help_text} {note % {'product': found.product}}".strip()

    def clean(self) -> dict[str, Any]:
        typed = {key for key in self.tasks if self._is_typed(key)}
        cleaned = super().clean()
        self.wanted = [
            task for key, task in self.tasks.items() if key in typed or cleaned.get(f"send-{key}")
        ]
        if not self.wanted and not self.errors:
            raise ValidationError(_("Fill something in, or tick what is to be sent as it is."))
        return cleaned

    def _is_typed(self, key: str) -> bool:
        """Whether a field of the group holds something else than it was offered with."""
        return any(
            comparable(self.cleaned_data[name]) != comparable(self.fields[name].initial)
            for name in self.names_of(key)
            if name in self.cleaned_data
        )

    def names_of(self, key: str) -> list[str]:
        return next(list(each.fields.values()) for each in self.groups if each.keyword == key)

    def adopt_for(self, key: str, error: ValidationError) -> None:
        """Errors of a service beside the fields of its group, the others above the form."""
        own = next(each.fields for each in self.groups if each.keyword == key)
        title = _legend(self.tasks[key])
        found = error.error_dict if hasattr(error, "error_dict") else {"": [error]}
        for name, errors in found.items():
            texts = [text for each in errors for text in each.messages]
            if name in own:
                self.add_error(own[name], texts)
            else:
                self.add_error(f"send-{key}", [f"{title}: {text}" for text in texts])


def _legend(task: Task) -> str:
    words = {"product": task.product.name, "tier": task.need.tier_level}
    return _("%(product)s · tier %(tier)d") % words


def _help(task: Task) -> str:
    words = {"vendor": task.product.owner.name, "contact": task.account.contact_email}
    if task.request is not None:
        return _("An inquiry of %(vendor)s waits for this.") % words
    text = _("Begins the set-up; %(vendor)s decides about it.") % words
    if task.product.validates_setups:
        text = _("Begins the set-up as a draft; it is checked before it is sent to %(vendor)s.")
        return text % words
    if any(each.required for each in task.fields):
        text += (
            " " + _("What stays empty and is required is asked of %(contact)s by e-mail.") % words
        )
    if (
        task.need.tier_level == 1
        and task.account.parent_id
        and task.product.authorization_level > 1
    ):
        text += " " + _("The reseller above is asked first, if it has not been.")
    return text
