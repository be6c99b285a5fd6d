"""The list of imports, and the upload of a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.imports import services
from customers.models import ImportBatch, ImportRow

from .. import cells
from ..forms import PortalForm
from ..generic import Action, PortalFormView, PortalListView
from ..lists.listing import Column, Tab, newer

State = ImportBatch.State
Outcome = ImportRow.Outcome
DONE = Q(state__in=[State.APPLIED, State.UNDOING, State.UNDONE])
ENDED = Q(state=State.DISCARDED)
OUTCOME_WORDS = {
    Outcome.NEW: ngettext_lazy("%(n)d new", "%(n)d new", "n"),
    Outcome.CHANGED: ngettext_lazy("%(n)d changed", "%(n)d changed", "n"),
    Outcome.SAME: ngettext_lazy("%(n)d same", "%(n)d same", "n"),
    Outcome.DUPLICATE: ngettext_lazy("%(n)d probable duplicate", "%(n)d probable duplicates", "n"),
    Outcome.SKIPPED: ngettext_lazy("%(n)d skipped", "%(n)d skipped", "n"),
    Outcome.ERROR: ngettext_lazy("%(n)d error", "%(n)d errors", "n"),
}


def outcome_words(batch: Any) -> str:
    """The rows of an import in words: "12 new, 3 errors"."""
    return ", ".join(
        str(OUTCOME_WORDS[key] % {"n": batch.counts[key]})
        for key in Outcome
        if batch.counts.get(key)
    )


class ImportList(PortalListView):
    model = ImportBatch
    name = "import"
    title = gettext_lazy("Imports")
    row_title = "file_name"
    row_label = gettext_lazy("File")
    columns = (
        Column("state", gettext_lazy("State"), cells.state),
        Column("rows", gettext_lazy("Rows"), outcome_words, optional=True, reads=("counts",)),
        Column("user", gettext_lazy("Uploaded by"), "user.name", optional=True),
        Column(
            "provider", gettext_lazy("Distributor"), "provider.name", optional=True, hidden=True
        ),
        Column(
            "created",
            gettext_lazy("Uploaded"),
            cells.since("created_at"),
            order="created_at",
            num=True,
        ),
    )
    tabs = (
        Tab("all", gettext_lazy("All")),
        Tab("open", gettext_lazy("Under way"), ~(DONE | ENDED)),
        Tab("done", gettext_lazy("Applied"), DONE),
    )
    filters = (newer("created", gettext_lazy("Uploaded"), "created_at"),)
    search_fields = ("file_name",)
    search_label = gettext_lazy("File name or ID")
    order = "-created"
    empty = gettext_lazy(
        "Upload a table of accounts: every row is checked before anything is written."
    )

    def get_actions(self) -> list[Action]:
        if not self.actor.may_act:
            return []
        return [Action(_("Import a file"), self.url("import-add"), "primary", "fa-upload")]


class UploadForm(PortalForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    provider = forms.ChoiceField(label=gettext_lazy("Distributor"))
    sheet = forms.CharField(
        label=gettext_lazy("Sheet"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("Of an XLSX file; empty: the first one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = settings.IMPORT_LIMITS
        text = _(
            "CSV or XLSX, at most %(size)d MiB and %(rows)s rows; the first row names columns."
        )
        self.fields["file"].help_text = text % {
            "size": limits["bytes"] // 2**20,
            "rows": number_format(limits["rows"], use_l10n=True, force_grouping=True),
        }
        self.providers = {each.pk: each for each in services.providers(self.actor)}
        choice: Any = self.fields["provider"]
        choice.choices = [(pk, each.name) for pk, each in self.providers.items()]
        if len(self.providers) < 2:
            del self.fields["provider"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        limit = settings.IMPORT_LIMITS["bytes"]
        if file.size > limit:
            text = _("The file has %(size)d MiB; at most %(limit)d MiB are read. Split it.")
            raise ValidationError(text % {"size": -(-file.size // 2**20), "limit": limit // 2**20})
        return file


class ImportAdd(PortalFormView):
    """Takes the file in; the Customers workbook needs no mapping and is checked at once."""

    model = ImportBatch
    name = "import"
    template_name = "imports/upload.html"
    title = gettext_lazy("Import accounts")
    form_class = UploadForm
    submit_label = gettext_lazy("Upload")

    def perform(self, form: PortalForm) -> ImportBatch:
        data = form.cleaned_data
        providers: dict[str, Any] = form.providers  # type: ignore[attr-defined]
        provider = providers.get(data.get("provider", "")) or next(iter(providers.values()), None)
        if provider is None:
            raise ValidationError(
                _("You operate no account yet, so there is nowhere to import to.")
            )
        batch = services.upload(
            actor=self.actor,
            provider=provider,
            name=data["file"].name,
            content=data["file"].read(),
            sheet=data["sheet"],
        )
        return services.check_batch(batch, actor=self.actor) if batch.workbook else batch

    def get_success_message(self, batch: ImportBatch) -> str:
        if batch.workbook:
            return _("This is the Customers workbook; its columns are known.")
        known = sum(1 for name in batch.mapping if name)
        text = _("The file is here. %(known)d of its %(all)d columns are known by their headings.")
        return text % {"known": known, "all": len(batch.mapping)}

    def get_success_url(self, batch: ImportBatch) -> str:
        page = "import-detail" if batch.workbook else "import-columns"
        return self.url(page, batch.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            csv_url=self.url("import-template", "csv"),
            workbook_url=self.url("import-template", "workbook"),
            **kwargs,
        )
