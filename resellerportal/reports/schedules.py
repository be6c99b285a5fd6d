"""Reports by the calendar: which there are, beginning one, ending it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models import ReportSchedule
from fulfillment.reporting.scheduling import (
    end_schedule,
    may_end,
    may_schedule,
    schedule_report,
)

from .. import cells
from ..detailview import PortalObjectView
from ..generic import Action, Fact, PortalActionView, PortalListView
from ..lists.listing import Column
from . import standing
from .detail import chosen
from .forms import ReportForm
from .pages import ReportAdd

Repeat = ReportSchedule.Repeat
#: What of each a report is about, when it holds what is new only.
SPANS = {
    Repeat.DAILY: gettext_lazy("of the day before"),
    Repeat.WEEKLY: gettext_lazy("of the week before"),
    Repeat.MONTHLY: gettext_lazy("of the month before"),
}


def latest(schedule: Any) -> SafeString | None:
    """The state of its latest report, of an object or a light row."""
    return standing.badge(schedule.last) if schedule.last else None


def span(schedule: Any) -> str:
    """How often, and what of."""
    often = str(Repeat(schedule.repeat).label)
    return f"{often}, {SPANS[Repeat(schedule.repeat)]}" if schedule.recent else often


class ScheduleList(PortalListView):
    model = ReportSchedule
    name = "schedule"
    title = gettext_lazy("Report schedules")
    row_title = "name"
    row_label = gettext_lazy("Report")
    row_order = "name"
    columns = (
        Column("repeat", gettext_lazy("Made"), span, optional=True, reads=("repeat", "recent")),
        Column("user", gettext_lazy("Owner"), "user.name", optional=True),
        Column(
            "format",
            gettext_lazy("Format"),
            lambda schedule: schedule.format.upper(),
            optional=True,
            reads=("format",),
        ),
        Column(
            "last",
            gettext_lazy("Latest"),
            latest,
            optional=True,
            reads=tuple(f"last__{path}" for path in ("id", *standing.READS)),
        ),
        Column(
            "next",
            gettext_lazy("Next"),
            lambda schedule: cells.absolute(schedule.next_at),
            order="next_at",
            reads=("next_at",),
        ),
    )
    search_fields = ("name", "user__name")
    search_label = gettext_lazy("Report, person or ID")
    order = "next"
    empty = gettext_lazy(
        "A schedule makes a report every day, week or month. Choose one of the reports and when."
    )

    def get_actions(self) -> list[Action]:
        if not may_schedule(self.actor):
            return []
        return [Action(_("Schedule a report"), self.url("report-choose"), "primary", "fa-plus")]


class ScheduleForm(ReportForm):
    """What a report is narrowed to, without days, and when it is made."""

    repeat = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=Repeat.choices,
        widget=forms.RadioSelect,
        initial=Repeat.WEEKLY,
        help_text=gettext_lazy("Early in the morning. You are told when it is ready."),
    )
    recent = forms.BooleanField(
        label=gettext_lazy("Only what was created in the day, week or month before"),
        required=False,
    )
    field_order = ("repeat", "recent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("start", "end"):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        own = {name: self.cleaned_data.get(name) for name in ("repeat", "recent")}
        return {**data, **own}


class ScheduleAdd(ReportAdd):
    """`like` in the address names a report whose choices are taken over."""

    name = "schedule"
    form_class = ScheduleForm
    dated = False
    submit_label = gettext_lazy("Start the schedule")
    success_message = gettext_lazy("The schedule has started.")

    def check(self) -> None:
        super().check()
        if not may_schedule(self.actor):
            raise PermissionDenied

    def get_cancel_url(self) -> str:
        return self.url("schedule-list")

    def get_title(self) -> str:
        return _("Schedule: %(report)s") % {"report": self.kind.label}

    def perform(self, form: Any) -> Any:
        return schedule_report(self.kind.name, actor=self.actor, **form.cleaned_data)


class ScheduleDetail(PortalObjectView):
    model = ReportSchedule
    name = "schedule"
    template_name = "reports/schedule.html"
    select_related = ("user", "last", "last__job")
    title = "name"

    def get_actions(self) -> list[Action]:
        schedule = self.object
        actions = []
        if may_end(schedule, self.actor):
            actions.append(
                Action(_("End the schedule"), self.url("schedule-end", schedule.pk), "danger")
            )
        return actions

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        schedule = self.object
        last = schedule.last
        return super().get_context_data(
            actions=self.get_actions(),
            facts=facts(schedule),
            choices=chosen(schedule, self.actor),
            last=last,
            last_badge=latest(schedule),
            last_url=self.url("report-detail", last.pk) if last else "",
            **kwargs,
        )


def facts(schedule: ReportSchedule) -> list[Fact]:
    return [
        Fact(_("Made"), span(schedule)),
        Fact(_("Next"), cells.absolute(schedule.next_at)),
        Fact(_("Format"), schedule.get_format_display()),
        Fact(_("Owner"), schedule.user.name or schedule.user.email),
        Fact(_("Begun"), cells.age(schedule.created_at)),
    ]


class ScheduleEnd(PortalActionView):
    model = ReportSchedule
    name = "schedule"
    service = staticmethod(end_schedule)
    title = gettext_lazy("End this schedule?")
    question = gettext_lazy("No more of these reports are made. Those that were made stay.")
    style = "danger"
    submit_label = gettext_lazy("End the schedule")
    success_message = gettext_lazy("The schedule has ended.")
    select_related = ("user",)

    def check(self) -> None:
        super().check()
        if not may_end(self.object, self.actor):
            raise PermissionDenied

    def get_facts(self) -> list[Fact]:
        return [Fact(_("Report"), self.object.name), *facts(self.object)]

    def get_success_url(self, result: Any) -> str:
        return str(self.url("schedule-list"))
