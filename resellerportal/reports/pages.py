"""The history of reports, and asking for one: first which, then narrowed to what."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from customers.models import Report
from fulfillment.reporting.asking import request_report
from fulfillment.reporting.kind import Kind
from fulfillment.reporting.kinds import KINDS
from fulfillment.reporting.scheduling import may_schedule

from .. import cells
from ..access import RoleRequiredMixin
from ..generic import Action, PortalFormView, PortalListView
from ..lists.listing import Column, Filter, Tab, newer
from . import standing
from .forms import ReportForm

KIND = Filter("kind", gettext_lazy("Report"), choices=[(k.name, k.label) for k in KINDS.values()])
FORMAT = Filter("as", gettext_lazy("Format"), "format", Report.Format.choices)


class ReportList(PortalListView):
    model = Report
    name = "report"
    title = gettext_lazy("Reports")
    row_title = "name"
    row_label = gettext_lazy("Report")
    row_order = "name"
    columns = (
        Column("state", gettext_lazy("State"), standing.badge, reads=standing.READS),
        Column("user", gettext_lazy("Asked for by"), "user.name", optional=True),
        Column(
            "format",
            gettext_lazy("Format"),
            lambda report: report.format.upper(),
            optional=True,
            reads=("format",),
        ),
        Column("rows", gettext_lazy("Lines"), "rows", optional=True, num=True),
        Column(
            "size", gettext_lazy("Size"), standing.size, optional=True, num=True, reads=("size",)
        ),
        Column(
            "why",
            gettext_lazy("What went wrong"),
            standing.problem,
            optional=True,
            hidden=True,
            reads=standing.READS,
        ),
        Column(
            "created",
            gettext_lazy("Asked for"),
            cells.since("created_at"),
            order="created_at",
            num=True,
        ),
    )
    tabs = (
        Tab("all", gettext_lazy("All")),
        Tab("open", gettext_lazy("Under way"), standing.OPEN),
    )
    filters = (KIND, FORMAT, newer("created", gettext_lazy("Asked for"), "created_at"))
    search_fields = ("name", "user__name")
    search_label = gettext_lazy("Report, person or ID")
    order = "-created"
    empty = gettext_lazy("A report is a file of all you see of one kind, made while you go on.")

    def get_actions(self) -> list[Action]:
        if not self.actor.may_act:
            return []
        return [Action(_("Create a report"), self.url("report-choose"), "primary", "fa-plus")]


class ReportChoose(RoleRequiredMixin, TemplateView):
    """Which reports there are."""

    template_name = "reports/choose.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Create a report"),
            crumbs=[(_("Reports"), self.url("report-list"))],
            kinds=[
                (kind, self.url("report-add", kind.name), self.url("schedule-add", kind.name))
                for kind in KINDS.values()
            ],
            may_act=self.actor.may_act,
            may_schedule=may_schedule(self.actor),
            **kwargs,
        )


class ReportAdd(PortalFormView):
    """What it is narrowed to; `like` in the address names a report whose choices are taken over."""

    model = Report
    name = "report"
    form_class = ReportForm
    service = staticmethod(request_report)
    template_name = "reports/form.html"
    submit_label = gettext_lazy("Create the report")
    dated = True
    success_message = gettext_lazy("The report is asked for. You may go on meanwhile.")

    @cached_property
    def kind(self) -> Kind:
        try:
            return KINDS[self.kwargs["kind"]]
        except KeyError:
            raise Http404 from None

    def check(self) -> None:
        super().check()
        _known = self.kind

    def get_title(self) -> str:
        return str(self.kind.label)

    def get_form(self, *data: Any) -> ReportForm:
        initial = {} if data else {"initial": self.get_initial()}
        return self.form_class(*data, actor=self.actor, obj=None, kind=self.kind, **initial)

    def get_initial(self) -> dict[str, Any]:
        wanted = self.request.GET.get("like", "")[:20]
        if not wanted or "\0" in wanted:
            return {}
        rows = Report.objects.visible_to(self.actor).filter(kind=self.kind.name)
        found = rows.filter(pk=wanted).first()
        return {"format": found.format, **found.params} if found else {}

    def perform(self, form: Any) -> Report:
        return request_report(self.kind.name, actor=self.actor, **form.cleaned_data)

    def get_cancel_url(self) -> str:
        return self.url("report-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_crumbs()[1:], (_("Create a report"), self.url("report-choose"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kind=self.kind, dated=self.dated, **kwargs)
