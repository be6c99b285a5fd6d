"""What a vendor changes about a request before it decides: values, and how they are asked here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.lifecycle import StaleState
from customers.permissions import by_distributor, by_vendor
from tierconfig.models import Parameter, ProcessedRequest
from tierconfig.models.processing import INQUIRING, PENDING
from tierconfig.services import processing
from tierconfig.services.updates import CHOOSING, MAX_NOTES

from ..forms import PortalForm, TextField
from ..generic import PortalActionView
from .forms import MarksMixin, ValuesForm

YES, NO = "yes", "no"
FLAGS = {
    "required": gettext_lazy("Required"),
    "hidden": gettext_lazy("Hidden"),
    "readonly": gettext_lazy("Read only"),
}


class EditForm(MarksMixin, ValuesForm):
    """Values, what is wrong with those of the other side, and under "advanced" how each parameter
    counts for this request only.
    """

    def __init__(self, *args: Any, obj: ProcessedRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        self.definitions = [each for each in obj.definitions() if each.phase == "ordering"]
        self.typed_in = tuple(name for group in self.groups for name in group.fields.values())
        self.add_marks()
        for each in self.definitions:
            override = obj.presentation.get(each.name, {})
            for flag, label in FLAGS.items():
                self.fields[f"{flag}-{each.name}"] = self._flag(each, flag, label, override)
            if each.type in CHOOSING and each.choices:
                self.fields[f"choices-{each.name}"] = self._choices(each, override)

    @staticmethod
    def _flag(
        each: Parameter, flag: str, label: Any, override: dict[str, Any]
    ) -> forms.ChoiceField:
        usual = _("as defined (%(value)s)") % {
            "value": _("yes") if getattr(each, flag) else _("no")
        }
        present = override.get(flag)
        return forms.ChoiceField(
            label=_("%(title)s: %(flag)s") % {"title": each, "flag": str(label).lower()},
            choices=[("", usual), (YES, _("yes")), (NO, _("no"))],
            required=False,
            initial="" if present is None else YES if present else NO,
        )

    @staticmethod
    def _choices(each: Parameter, override: dict[str, Any]) -> forms.MultipleChoiceField:
        kept = [str(one["value"]) for one in override.get("choices") or []]
        return forms.MultipleChoiceField(
            label=_("%(title)s: choices offered") % {"title": each},
            choices=each.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=kept or [value for value, _label in each.choices],
        )

    @property
    def fieldsets(self) -> Any:  # type: ignore[override]
        """Values and complaints; the rest is the template's."""
        marks = tuple(self.marks.values())
        parts = ((_("Values"), self.typed_in), (_("What is wrong or missing, by parameter"), marks))
        return tuple((legend, names) for legend, names in parts if names)

    @property
    def helper(self) -> Any:
        helper = super().helper
        helper.render_unmentioned_fields = False
        return helper

    def rows(self) -> list[dict[str, Any]]:
        """For the table of the advanced part."""
        return [
            {
                "title": str(each),
                "flags": [self[f"{flag}-{each.name}"] for flag in FLAGS],
                "choices": self[f"choices-{each.name}"]
                if f"choices-{each.name}" in self.fields
                else None,
            }
            for each in self.definitions
        ]

    @property
    def opens(self) -> bool:
        """Whether something is overridden, or wrong, so that the part is not folded."""
        seen = {*self.typed_in, *self.marks.values(), NON_FIELD_ERRORS}
        return bool(self.obj.presentation) or bool(set(self.errors) - seen)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        marked = self.take_marks(cleaned)
        wanted = {each.name: self._override(each, cleaned) for each in self.definitions}
        for name in list(cleaned):
            if name.partition("-")[0] in (*FLAGS, "choices") and name in self.fields:
                del cleaned[name]
        present = self.obj.presentation
        changed = {
            name: override for name, override in wanted.items() if override != present.get(name, {})
        }
        if not cleaned["values"] and not changed and not marked and not self.errors:
            raise ValidationError(_("Nothing was changed."), code="no_change")
        cleaned["presentation"] = changed or None
        cleaned["values"] = cleaned["values"] or None
        cleaned["errors"] = marked or None
        return cleaned

    def _override(self, each: Parameter, cleaned: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for flag in FLAGS:
            chosen = cleaned.get(f"{flag}-{each.name}")
            if chosen:
                found[flag] = chosen == YES
        name = f"choices-{each.name}"
        if name in self.fields and name in cleaned:
            kept = cleaned[name]
            if not kept:
                self.add_error(name, _("Offer at least one choice."))
            elif len(kept) < len(each.choices):
                found["choices"] = [
                    {"value": value, "label": label}
                    for value, label in each.choices
                    if value in kept
                ]
        return found


class Edit(PortalActionView):
    template_name = "processing/edit.html"
    service = staticmethod(processing.update_request)
    form_class = EditForm
    title = gettext_lazy("Edit values")
    submit_label = gettext_lazy("Save")
    question = gettext_lazy(
        "This is kept with the request; nothing is decided yet. The other side reads what is wrong "
        "as soon as it is asked."
    )
    success_message = gettext_lazy("Saved.")

    def check(self) -> None:
        super().check()
        if not by_vendor(self.object, self.actor):
            raise PermissionDenied
        if self.object.state not in (PENDING, INQUIRING):
            raise StaleState(self.object, "update")


class NotesForm(PortalForm):
    notes = TextField(
        label=gettext_lazy("Notes"),
        rows=6,
        max_length=MAX_NOTES,
        required=False,
        help_text=gettext_lazy(
            "The vendor and the distributor read them, the reseller does not. For a conversation, "
            "write into the thread instead."
        ),
    )


class Notes(PortalActionView):
    """The notes of a configuration request, written while it is pending (7.36)."""

    service = staticmethod(processing.update_request)
    form_class = NotesForm
    title = gettext_lazy("Notes of the request")
    submit_label = gettext_lazy("Save")
    success_message = gettext_lazy("Saved.")

    def check(self) -> None:
        super().check()
        if not by_vendor(self.object, self.actor) and not by_distributor(self.object, self.actor):
            raise PermissionDenied
        if self.object.state != PENDING:
            raise StaleState(self.object, "update")

    def get_initial(self) -> dict[str, Any]:
        return {"notes": self.object.notes}
