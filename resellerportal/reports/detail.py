"""One report: how far it is, its file, and asking for the same again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Marketplace, Product, Report
from fulfillment.reporting.asking import content_of, discard_report, repeat_report
from fulfillment.reporting.kinds import KINDS
from fulfillment.reporting.scheduling import may_schedule

from .. import cells
from ..detailview import PortalObjectView
from ..exports import files
from ..generic import Action, Fact, PortalActionView
from . import standing
from .forms import TIERS

#: Names of products or marketplaces in a line; more are counted.
NAMED = 10


class ReportMixin:
    model = Report
    name = "report"
    title: Any = "name"
    select_related: tuple[str, ...] = ("job", "user")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The module has one page only."""
        return super().get_crumbs()[1:]  # type: ignore[misc, no-any-return]


class ReportDetail(ReportMixin, PortalObjectView):
    template_name = "reports/detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = self.render_to_response(self.get_context_data(**kwargs))
        if "HX-Request" in request.headers and not standing.is_busy(self.object):
            answer["HX-Refresh"] = "true"
        return answer

    def get_actions(self) -> list[Action]:
        report, may_act = self.object, self.actor.may_act
        ready, busy = standing.is_ready(report), standing.is_busy(report)
        actions = []
        if may_act and (ready or busy):
            label = _("Cancel") if busy else _("Delete the file")
            actions.append(Action(label, self.url("report-discard", report.pk), "danger"))
        if may_act and report.kind in KINDS:
            if may_schedule(self.actor):
                regular = f"{self.url('schedule-add', report.kind)}?like={report.pk}"
                actions.append(Action(_("Schedule it"), regular, icon="fa-clock"))
            form = f"{self.url('report-add', report.kind)}?like={report.pk}"
            actions.append(Action(_("With other dates"), form, icon="fa-calendar"))
            if not busy:
                again = self.url("report-again", report.pk)
                actions.append(Action(_("Create again"), again, icon="fa-rotate"))
        if ready:
            url = self.url("report-download", report.pk)
            actions.append(Action(_("Download"), url, "primary", "fa-download"))
        return actions

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report, job = self.object, self.object.job
        busy = standing.is_busy(report)
        waits = busy and job.started_at is None
        return super().get_context_data(
            badge=standing.badge(report),
            actions=self.get_actions(),
            facts=facts(report),
            choices=chosen(report, self.actor),
            busy=busy,
            ready=standing.is_ready(report),
            problem=standing.problem(report),
            job=job,
            waits=waits,
            late=waits and timezone.now() - job.due_at > standing.PATIENCE,
            percent=job.done * 100 // job.total if job and job.total else None,
            **kwargs,
        )


def facts(report: Report) -> list[Fact]:
    found = [
        Fact(_("Format"), report.get_format_display()),
        Fact(_("Asked for by"), report.user.name or report.user.email if report.user else None),
        Fact(_("Asked for"), cells.age(report.created_at)),
    ]
    if report.finished_at:
        found += [
            Fact(_("Lines"), number_format(report.rows, use_l10n=True)),
            Fact(_("Size"), standing.size(report)),
            Fact(_("Finished"), cells.age(report.finished_at)),
            Fact(_("File is kept until"), cells.absolute(report.expires_at))
            if standing.is_ready(report)
            else Fact(_("File deleted"), cells.age(report.expires_at)),
        ]
    return found


def chosen(report: Report, actor: Any) -> list[Fact]:
    """What it was narrowed to, in words."""
    kind, params = KINDS.get(report.kind), report.params
    if kind is None:
        return []
    found = []
    if params.get("start") or params.get("end"):
        days = f"{params.get('start', '…')} – {params.get('end', '…')}"
        found.append(Fact(_("Created"), days))
    for name, label, labels in (
        ("type", _("Type"), kind.types),
        ("status", _("Status"), kind.states),
        ("tiers", _("Tier type"), TIERS),
    ):
        words = dict(labels)
        if keys := params.get(name) or (kind.usual if name == "status" else ()):
            found.append(Fact(label, ", ".join(str(words.get(key, key)) for key in keys)))
    for name, label, rows in (
        ("product", _("Product"), Product.objects.visible_to(actor)),
        ("marketplace", _("Marketplace"), Marketplace.objects.visible_to(actor)),
    ):
        if keys := params.get(name):
            names = list(rows.filter(pk__in=keys).order_by("name").values_list("name", flat=True))
            more = len(keys) - len(names[:NAMED])
            told = [*names[:NAMED], *([_("%(n)d more") % {"n": more}] if more else [])]
            found.append(Fact(label, ", ".join(told)))
    return found


class ReportDownload(ReportMixin, PortalObjectView):
    """The file, to who sees the report; each time anew."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        report: Report = self.object
        if not standing.is_ready(report):
            messages.error(request, _("There is no file: it was deleted, or is not made yet."))
            return redirect(self.url("report-detail", report.pk))
        assert report.finished_at is not None
        day = timezone.localdate(report.finished_at)
        answer = files.attachment(report.format, report.name, content_of(report), day=day)
        answer["Content-Length"] = str(report.size)
        return answer


class ReportDiscard(ReportMixin, PortalActionView):
    service = staticmethod(discard_report)
    title = gettext_lazy("Delete the file of this report?")
    question = gettext_lazy("Nobody can take it any more; that it was made stays in the list.")
    style = "danger"
    submit_label = gettext_lazy("Delete")
    success_message = gettext_lazy("The file is deleted.")

    def get_title(self) -> str:
        return _("Cancel this report?") if self.busy else str(self.title)

    @property
    def busy(self) -> bool:
        return standing.is_busy(self.object)

    def get_question(self) -> str:
        return _("It is not finished yet, and will not be.") if self.busy else str(self.question)

    def get_facts(self) -> list[Fact]:
        return [Fact(_("Report"), self.object.name), *facts(self.object)]

    def get_success_message(self, result: Report) -> str:
        return str(self.success_message) if result.finished_at else _("The report is cancelled.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        label = _("Cancel the report") if self.busy else str(self.submit_label)
        return {**super().get_context_data(**kwargs), "submit_label": label}


class ReportAgain(ReportMixin, PortalActionView):
    service = staticmethod(repeat_report)
    title = gettext_lazy("Create this report again?")
    question = gettext_lazy("It is made with the same choices, of what there is now.")
    submit_label = gettext_lazy("Create again")
    success_message = gettext_lazy("The report is asked for. You may go on meanwhile.")

    def get_facts(self) -> list[Fact]:
        return [Fact(_("Report"), self.object.name), *chosen(self.object, self.actor)]

    def get_success_url(self, result: Report) -> str:
        return self.url("report-detail", result.pk)
