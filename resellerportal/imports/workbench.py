"""One import: where it is, and its rows by outcome."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.imports.undo import UNDONE
from customers.models import ImportBatch, ImportRow

from ..generic import Action, DetailTab, Fact, PortalDetailView
from .rowcards import WRITTEN, card, label_of

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
#: Rows with errors that are looked through for the commonest ones.
SAMPLE = 2_000
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
            (
                key.label if batch.counts[key] == 1 else label,
                batch.counts[key],
                self.url("import-detail", batch.pk, str(key)),
            )
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
            **self.done(),
            "errors": batch.counts.get(Outcome.ERROR, 0),
            "worst": self.worst() if batch.counts.get(Outcome.ERROR, 0) > 1 else "",
            "idle": batch.workbook and batch.counts.get(Outcome.SKIPPED),
        }

    def worst(self) -> str:
        """The fields that are wrong most often, among the first SAMPLE rows with errors."""
        rows = self.rows.filter(outcome=Outcome.ERROR).order_by("number")
        found = Counter(
            name for errors in rows.values_list("errors", flat=True)[:SAMPLE] for name in errors
        )
        return ", ".join(
            f"{label_of(name) if name else _('Whole row')} ({number_format(number)})"
            for name, number in found.most_common(5)
        )

    def done(self) -> dict[str, Any]:
        """What was written, and what could not be undone."""
        if self.object.state not in WRITTEN:
            return {"done": [], "kept": []}
        rows = self.rows.filter(chosen=True, outcome__in=ImportRow.WRITING)
        found = rows.aggregate(
            created=Count("pk", filter=~Q(made="")),
            changed=Count("pk", filter=Q(made="")),
            undone=Count("pk", filter=Q(undo=UNDONE)),
        )
        labels = {
            "created": _("Accounts created"),
            "changed": _("Accounts changed"),
            "undone": _("Undone"),
        }
        shown = ("created", "changed") + (("undone",) if self.object.state == State.UNDONE else ())
        kept = rows.exclude(undo__in=["", UNDONE]).order_by("number")[:SIZE]
        return {
            "done": [Fact(labels[key], found[key]) for key in shown],
            "kept": [card(row, self.object, self.url) for row in kept],
        }

    def fill_rows(self) -> dict[str, Any]:
        assert self.tab is not None
        batch, outcome = self.object, self.tab.name
        after = number(self.request.GET.get("after", ""))
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


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
