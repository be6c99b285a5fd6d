"""Which column is which field, with the first rows beside it, and what is done with the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.cleaning import countries
from customers.imports import services
from customers.imports.fields import BY_NAME, FIELDS
from customers.models import Hub, ImportBatch, TierAccount

from ..generic import PortalActionView
from ..pickers import AccountPicker, PickingForm

OPTIONS = ("match", "duplicates", "type", "parent", "hub", "country")
NONE = ("", gettext_lazy("Leave out"))
UNSAID = ("", gettext_lazy("The row has to say it"))


class MappingForm(PickingForm):
    """A choice per column, then the options."""

    match = forms.ChoiceField(
        label=gettext_lazy("Rows without an ID find their account by"),
        choices=(
            ("", gettext_lazy("Nothing: they are new")),
            ("id", gettext_lazy("Nothing but the ID")),
            ("external_id", gettext_lazy("External ID")),
            ("external_uid", gettext_lazy("External UUID")),
        ),
        required=False,
    )
    duplicates = forms.ChoiceField(
        label=gettext_lazy("New rows that resemble an account"),
        choices=(
            ("ask", gettext_lazy("Wait for your choice")),
            ("create", gettext_lazy("Are created all the same")),
        ),
    )
    type = forms.ChoiceField(
        label=gettext_lazy("Type of new accounts"),
        choices=(UNSAID, *TierAccount.Type.choices),
        required=False,
    )
    parent = AccountPicker(
        label=gettext_lazy("Parent of new accounts"),
        scope="parents",
        required=False,
        empty_label=UNSAID[1],
    )
    hub = forms.ChoiceField(label=gettext_lazy("Hub of new accounts"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country of new accounts"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picker: Any = self.fields["parent"]
        picker.provider = self.obj.provider_id
        hub: Any = self.fields["hub"]
        hub.choices = [("", _("None")), *_hubs(self.obj)]
        if self.actor.partner != self.obj.provider:
            del self.fields["hub"]
        country: Any = self.fields["country"]
        country.choices = [UNSAID, *sorted(countries().items(), key=lambda each: each[1])]
        fields = [NONE, *((field.name, field.label) for field in FIELDS)]
        for place, heading in enumerate(self.obj.header):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=heading or _("Column %(n)d") % {"n": place + 1},
                choices=fields,
                required=False,
                initial=self.obj.mapping[place],
                disabled=self.obj.workbook,
            )

    def columns(self) -> Iterator[tuple[forms.BoundField, list[str]]]:
        """Each column's choice and what the first rows have there."""
        for place, _heading in enumerate(self.obj.header):
            found = [row[place] for row in self.obj.sample if place < len(row)]
            yield self[f"column_{place}"], [text[:60] for text in found[:3] if text]

    def options(self) -> list[forms.BoundField]:
        return [self[name] for name in OPTIONS if name in self.fields]


def _hubs(batch: ImportBatch) -> list[tuple[str, str]]:
    rows = batch.provider.hubs.exclude(type=Hub.Type.COMMERCE).order_by("name", "pk")
    return list(rows.values_list("pk", "name"))


class ImportMapping(PortalActionView):
    """Names the columns and has the rows checked."""

    model = ImportBatch
    name = "import"
    select_related = ("provider", "partner", "job")
    template_name = "imports/mapping.html"
    step = "start_check"
    title = gettext_lazy("Name the columns")
    form_class = MappingForm
    submit_label = gettext_lazy("Check the rows")

    def get_initial(self) -> dict[str, Any]:
        options = self.object.options
        return {name: options.get(name, "") for name in OPTIONS}

    def perform(self, form: Any) -> ImportBatch:
        data = form.cleaned_data
        names = [data[f"column_{place}"] for place, _heading in enumerate(self.object.header)]
        options = {name: data.get(name, "") for name in OPTIONS}
        options["parent"] = data["parent"].pk if data["parent"] else ""
        revision = self.request.POST.get("revision", "")
        batch = services.set_mapping(
            self.object,
            actor=self.actor,
            mapping=names,
            options=options,
            revision=int(revision[:9]) if revision.isdecimal() else None,
        )
        if batch.state == ImportBatch.State.UPLOADED:
            batch = services.check_batch(batch, actor=self.actor)
        return batch

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = [BY_NAME[name].label for name in self.object.mapping if name]
        return super().get_context_data(known=known, **kwargs)
