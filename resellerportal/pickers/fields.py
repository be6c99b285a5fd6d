"""The field with its input, and the form that knows whether it was sent to search."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import TierAccount

from ..forms import PortalForm
from .hits import Picked, find, one
from .scopes import offered


class PickerWidget(forms.Widget):
    """A search field with a button, and the hits as radio buttons below it."""

    template_name = "portal/picker.html"
    use_fieldset = True
    picker: AccountPicker

    class Media:
        js = [Script("django_htmx/htmx-2.min.js", defer=True)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Picked:
        return Picked.read(data, name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_q" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_q" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        kept = value if isinstance(value, TierAccount) else None
        picked = value if isinstance(value, Picked) else Picked(pk=str(value or ""))
        if kept is not None:
            picked = Picked(pk=kept.pk)
        picker = self.picker
        keep = picker.kept if picker.kept and picker.kept.pk == picked.pk else kept
        return context | {
            "hits": find(picker.rows, picked, keep),
            "name": name,
            "field_id": context["widget"]["attrs"].get("id", f"id_{name}"),
            "empty": picker.empty_label,
            "none": not picked.pk,
            "url": f"{reverse('account-search')}?{urlencode(picker.query(name))}",
        }


class AccountPicker(forms.Field):
    """A field of a PickingForm whose value is a TierAccount, or None when it is not required.

    `scope` names the rows on offer (scopes.py), `provider` narrows them to accounts of that
    partner, `empty_label` words the choice of none. A form about an account never offers that
    account or what hangs below it. `kept` is a row that stays choosable although it is not on
    offer, for example the present parent.
    """

    widget = PickerWidget

    def __init__(self, *, scope: str, empty_label: Any = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scope = scope
        self.empty_label = empty_label
        self.kept: TierAccount | None = None
        self.actor: Actor | None = None
        self.but: TierAccount | None = None
        self.provider = ""

    def get_bound_field(self, form: Any, field_name: str) -> forms.BoundField:
        self.actor = form.actor
        self.but = form.obj if isinstance(form.obj, TierAccount) else None
        self.widget.picker = self
        return super().get_bound_field(form, field_name)

    @property
    def rows(self) -> Any:
        assert self.actor is not None
        return offered(self.scope, self.actor, self.but, self.provider)

    def query(self, name: str) -> dict[str, str]:
        query = {"scope": self.scope, "field": name, "empty": str(self.empty_label)}
        query |= {"but": self.but.pk} if self.but else {}
        return query | ({"of": self.provider} if self.provider else {})

    def clean(self, value: Any) -> TierAccount | None:
        picked = value if isinstance(value, Picked) else Picked()
        if not picked.pk:
            if self.required:
                raise ValidationError(_("Search for a company and choose it."), code="required")
            return None
        if self.kept is not None and picked.pk == self.kept.pk:
            return self.kept
        found = one(self.rows, picked.pk)
        if found is None:
            raise ValidationError(
                _("Unknown company; search for it and choose it."), code="unknown"
            )
        return found


class PickingForm(PortalForm):
    """A form with an AccountPicker: when it was sent to search, nothing is wrong and nothing valid.

    Whatever else was typed is kept.
    """

    @cached_property
    def searching(self) -> bool:
        """The form was sent for the hits of a typed text, not to be carried out."""
        pickers = [name for name, each in self.fields.items() if isinstance(each, AccountPicker)]
        return self.is_bound and any(Picked.read(self.data, name).searches for name in pickers)

    def full_clean(self) -> None:
        super().full_clean()
        if self.searching:
            self._errors = ErrorDict(renderer=self.renderer)
            self.cleaned_data = {}

    def is_valid(self) -> bool:
        return super().is_valid() and not self.searching
