"""One import: where it is, its rows by outcome, and what is put right and chosen there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.imports import services
from customers.imports.fields import BY_NAME
from customers.models import ImportBatch, ImportRow

from ..forms import PortalForm
from ..generic import Action, DetailTab, Fact, PortalDetailView, PortalFormView
from .rowcards import Card, card

State = ImportBatch.State
Outcome = ImportRow.Outcome
#: Tabs: what needs a person first.
TABS = (
    (Outcome.ERROR, gettext_lazy("Errors")),
    (Outcome.DUPLICATE, gettext_lazy("Probable duplicates")),
    (Outcome.NEW, gettext_lazy("New")),
    (Outcome.CHANGED, gettext_lazy("Changed")),
    (Outcome.SAME, gettext_lazy("Same")),
    (Outcome.SKIPPED, gettext_lazy("Skipped")),
)
SIZE = 25
#: A job that nobody took for so long waits for a worker that is not there.
PATIENCE = timedelta(seconds=20)


class ImportMixin:
    model = ImportBatch
    name = "import"
    select_related: tuple[str, ...] = ("provider", "partner", "user", "job")


class ImportDetail(ImportMixin, PortalDetailView):
    """The overview, and one tab per outcome that has rows."""

    title = "file_name"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = self.render_to_response(self.get_context_data(**kwargs))
        if "HX-Request" in request.headers and not self.object.busy:
            answer["HX-Refresh"] = "true"
        return answer

    def get_tabs(self) -> tuple[DetailTab, ...]:
        counts = self.object.counts
        return (
            DetailTab("", _("Overview"), "imports/overview.html"),
            *(
                DetailTab(str(key), f"{label} {counts[key]}", "imports/rows.html")
                for key, label in TABS
                if counts.get(key)
            ),
        )

    @cached_property
    def tab(self) -> DetailTab | None:  # type: ignore[override]
        """A tab that has become empty leads to the overview: its last row was just put right."""
        wanted = self.kwargs.get("tab", "")
        tabs = self.get_tabs()
        known = {"", *(str(key) for key, _label in TABS)}
        if wanted not in known:
            raise Http404
        return next((tab for tab in tabs if tab.name == wanted), tabs[0])

    def get_facts(self) -> list[Fact]:
        batch = self.object
        kind = _("Customers workbook") if batch.workbook else batch.format.upper()
        facts = [
            Fact(_("Format"), f"{kind} {batch.encoding}".strip()),
            Fact(_("Rows"), sum(batch.counts.values()) or None),
            Fact(_("Uploaded by"), batch.user.name if batch.user else None),
        ]
        if self.actor.partner_id != batch.provider_id:
            facts.append(Fact(_("Distributor"), batch.provider.name))
        return facts

    def get_actions(self) -> list[Action]:
        if self.object.busy:
            return []
        actions = super().get_actions()
        if not self.chosen:
            apply = self.url("import-start_apply", self.object.pk)
            actions = [each for each in actions if each.url != apply]
        if self.actor.may_act and self.object.state in (State.UPLOADED, State.CHECKED):
            first = self.object.state == State.UPLOADED
            url = self.url("import-columns", self.object.pk)
            style = "primary" if first else "secondary"
            actions.append(Action(_("Columns and options"), url, style, "fa-table-columns"))
        return sorted(actions, key=lambda action: action.style == "primary")

    @cached_property
    def rows(self) -> Any:
        return ImportRow.objects.visible_to(self.actor).filter(batch=self.object)

    @cached_property
    def chosen(self) -> int:
        return int(self.rows.filter(chosen=True, outcome__in=ImportRow.WRITING).count())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fill = self.fill_rows if self.tab and self.tab.name else self.fill_overview
        return super().get_context_data(chosen=self.chosen, **fill(), **kwargs)

    def fill_overview(self) -> dict[str, Any]:
        batch = self.object
        counts = [
            (label, batch.counts[key], self.url("import-detail", batch.pk, str(key)))
            for key, label in TABS
            if batch.counts.get(key)
        ]
        job = batch.job
        waits = bool(job and batch.busy and job.started_at is None)
        results = batch.state in (State.CHECKED, State.APPLIED, State.UNDOING, State.UNDONE)
        return {
            "busy": batch.busy,
            "job": job,
            "waits": waits,
            "late": waits and timezone.now() - job.due_at > PATIENCE,
            "percent": job.done * 100 // job.total if job and job.total else None,
            "counts": counts,
            "results": [
                (form.upper(), self.url("import-result", batch.pk, form))
                for form in ("xlsx", "csv")
            ]
            if results
            else [],
            "columns_url": self.url("import-columns", batch.pk),
            "errors": batch.counts.get(Outcome.ERROR, 0),
        }

    def fill_rows(self) -> dict[str, Any]:
        assert self.tab is not None
        batch, outcome = self.object, self.tab.name
        after = _number(self.request.GET.get("after", ""))
        rows = self.rows.filter(outcome=outcome).order_by("number")
        found = list(rows.filter(number__gt=after)[: SIZE + 1])
        shown = found[:SIZE]
        here = self.url("import-detail", batch.pk, outcome)
        open_ = batch.state == State.CHECKED and not batch.busy and self.actor.may_act
        return {
            "cards": [card(row, batch, self.url) for row in shown],
            "outcome": outcome,
            "after": after or "",
            "first_url": here if after else "",
            "next_url": f"{here}?after={shown[-1].number}" if len(found) > SIZE else "",
            "open": open_,
            "choosable": open_ and outcome in ImportRow.WRITING,
            "choose_url": self.url("import-choose", batch.pk),
        }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


class Posted(PortalForm):
    """What a button of the workbench sends is read by its view."""


class ImportChoose(ImportMixin, PortalFormView):
    """POST `shown` and `chosen` lines of a page, or `all` with "1" or "0" for a whole outcome."""

    form_class = Posted
    template_name = "imports/overview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check()
        return redirect(self.get_cancel_url())

    def perform(self, form: PortalForm) -> ImportBatch:
        post, batch = self.request.POST, self.object
        outcome = post.get("outcome", "")
        if outcome not in ImportRow.WRITING:
            raise ValidationError(_("Choose rows that write something."))
        if (every := post.get("all")) is not None:
            return services.choose(batch, actor=self.actor, chosen=every == "1", outcome=outcome)
        shown = [_number(text) for text in post.getlist("shown")[: SIZE * 4]]
        wanted = {_number(text) for text in post.getlist("chosen")[: SIZE * 4]}
        no = [number for number in shown if number not in wanted]
        services.choose(batch, actor=self.actor, chosen=False, numbers=no)
        return services.choose(
            batch, actor=self.actor, chosen=True, numbers=[n for n in shown if n in wanted]
        )

    def get_success_url(self, result: Any) -> str:
        return place(self, self.request.POST.get("outcome", ""))

    def get_success_message(self, result: Any) -> str:
        return _("Your choice is kept.")


def place(view: Any, outcome: str) -> str:
    """The page of rows a form was sent from."""
    known = [str(key) for key, _label in TABS]
    args = [outcome] if outcome in known else []
    after = _number(view.request.POST.get("after", ""))
    return view.url("import-detail", view.object.pk, *args) + (f"?after={after}" if after else "")


class RowForm(PortalForm):
    """The texts of one row, by field; `obj` is the import."""

    def __init__(self, *args: Any, row: ImportRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        for name in services.row_values(row, self.obj):
            attrs = {"autocomplete": "off"}
            self.fields[name] = forms.CharField(
                label=BY_NAME[name].label,
                required=False,
                strip=False,
                max_length=4000,
                widget=forms.TextInput(attrs=attrs),
            )


class ImportRowFix(ImportMixin, PortalFormView):
    """One row, all its fields; what a page of rows sends holds the wrong ones only."""

    template_name = "imports/row.html"
    submit_label = gettext_lazy("Check this row")

    @cached_property
    def row(self) -> ImportRow:
        rows = ImportRow.objects.visible_to(self.actor).filter(batch=self.object)
        found = rows.filter(number=self.kwargs["number"]).first()
        if found is None:
            raise Http404
        return found

    def check(self) -> None:
        super().check()
        _ = self.row

    def get_form(self, *data: Any) -> RowForm:
        values = services.row_values(self.row, self.object)
        if data:
            sent = {name: data[0][name] for name in values if name in data[0]}
            return RowForm({**values, **sent}, actor=self.actor, obj=self.object, row=self.row)
        form = RowForm(values, actor=self.actor, obj=self.object, row=self.row)
        form.is_valid()
        for name, sentences in self.row.errors.items():
            form.add_error(name if name in form.fields else None, list(sentences))
        return form

    def perform(self, form: PortalForm) -> ImportRow:
        before = services.row_values(self.row, self.object)
        values = {name: text for name, text in form.cleaned_data.items() if text != before[name]}
        return services.fix_row(self.object, self.row.number, actor=self.actor, values=values)

    def get_success_message(self, row: ImportRow) -> str:
        label = row.get_outcome_display()  # type: ignore[attr-defined]
        return _("Line %(n)d: %(outcome)s") % {"n": row.number, "outcome": label}

    def get_success_url(self, row: ImportRow) -> str:
        came = self.request.POST.get("outcome", "")
        if came:
            return f"{place(self, came)}#line-{row.number}"
        if row.outcome == Outcome.ERROR:
            return self.url("import-row", self.object.pk, row.number)
        return self.url("import-detail", self.object.pk)

    def get_title(self) -> str:
        return _("Line %(n)d") % {"n": self.kwargs["number"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: Card = card(self.row, self.object, self.url)
        open_ = self.object.state == State.CHECKED and not self.object.busy
        return super().get_context_data(
            card=found, open=open_, came=self.request.GET.get("from", ""), **kwargs
        )
