"""The form of a note: what, for whom to read, and whom to tell."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import VENDOR
from customers.cleaning import clean_text
from customers.models import Note
from customers.models.notes import SUBJECTS
from customers.services import notes
from customers.services.notes import LONGEST

from ..forms import PortalForm
from .files import FilesField, files_hint

#: Colleagues offered by a box each; more are named by their address.
BOXES = 20


class NoteForm(PortalForm):
    """About `obj`. Who may write for colleagues only is not asked who shall read it."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        error_messages={"required": gettext_lazy("Write something.")},
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Who reads it"), widget=forms.RadioSelect)
    mentioned = forms.MultipleChoiceField(
        label=gettext_lazy("Tell colleagues by e-mail"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = forms.CharField(
        label=gettext_lazy("More colleagues, by e-mail address"),
        help_text=gettext_lazy("Several addresses are separated by commas."),
        required=False,
    )
    files = FilesField(label=gettext_lazy("Files"), required=False)

    def __init__(self, *args: Any, colleagues: bool = True, **kwargs: Any) -> None:
        """Without `colleagues` they are not read, and nobody is offered to be told."""
        super().__init__(*args, **kwargs)
        offered = notes.kinds(self.obj, self.actor)
        labels = {
            Note.Kind.PRIVATE.value: self._private(),
            Note.Kind.MESSAGE.value: self._message(),
        }
        if len(offered) > 1:
            self.fields["kind"].choices = [(kind, labels[kind]) for kind in offered]  # type: ignore[attr-defined]
            self.initial.setdefault("kind", offered[0])
        else:
            del self.fields["kind"]
            self.fields["text"].help_text = labels[Note.Kind.PRIVATE.value]
        self.fields["files"].help_text = files_hint()
        if colleagues:
            self._offer_colleagues()
        else:
            del self.fields["mentioned"], self.fields["others"]

    def add_error(self, field: Any, error: Any) -> None:
        """Browsers give no file back, so whoever has to send again is told."""
        super().add_error(field, error)
        if self.files:
            again = _("Choose the files again.")
            self["files"].help_text = f"{again} {files_hint()}"

    def _offer_colleagues(self) -> None:
        found = list(notes.colleagues(self.actor).values_list("pk", "name", "email")[: BOXES + 1])
        if len(found) <= BOXES:
            del self.fields["others"]
        if not found:
            del self.fields["mentioned"]
            return
        choices = [(pk, name or email) for pk, name, email in found[:BOXES]]
        self.fields["mentioned"].choices = choices  # type: ignore[attr-defined]

    def _private(self) -> str:
        if self.actor.partner is None:
            return _("Only for administrators")
        return _("Only for colleagues at %(partner)s") % {"partner": self.actor.partner.name}

    def _message(self) -> str:
        if self.actor.role == VENDOR:
            return _("Message to everybody who sees this")
        if SUBJECTS[self.obj._meta.model_name].with_vendors:
            return _("Message to everybody who sees this, the vendor too")
        return _("Message to the distributor and the resellers who see this; never to vendors")

    @property
    def said(self) -> list[forms.BoundField]:
        return [self[name] for name in ("text", "kind", "files") if name in self.fields]

    def clean_others(self) -> list[str]:
        """The ids of the colleagues whose addresses are given."""
        text = clean_text(self.cleaned_data["others"], max_length=LONGEST)
        wanted = {part.strip().lower() for part in text.split(",")} - {""}
        rows = notes.colleagues(self.actor).filter(email__in=wanted).values_list("email", "pk")
        found = dict(rows)
        if unknown := sorted(wanted - set(found)):
            raise ValidationError(
                _("No colleague of yours has this address: %(unknown)s.")
                % {"unknown": ", ".join(unknown)},
                code="unknown",
            )
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned.setdefault("kind", Note.Kind.PRIVATE.value)
        named = {*cleaned.get("mentioned", []), *cleaned.pop("others", [])}
        return {**cleaned, "mentioned": sorted(named)}
