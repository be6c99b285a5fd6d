"""The addresses of reports for one role."""

from __future__ import annotations

from django.urls import URLPattern, path

from .detail import ReportAgain, ReportDetail, ReportDiscard, ReportDownload
from .pages import ReportAdd, ReportChoose, ReportList
from .schedules import ScheduleAdd, ScheduleDetail, ScheduleEnd, ScheduleList


def patterns(role: str) -> list[URLPattern]:
    bound: dict[str, tuple[str, ...]] = {"roles": (role,)}
    return [
        path("reports/", ReportList.as_view(**bound), name="report-list"),
        path("reports/create/", ReportChoose.as_view(**bound), name="report-choose"),
        path("reports/create/<slug:kind>/", ReportAdd.as_view(**bound), name="report-add"),
        path("reports/schedules/", ScheduleList.as_view(**bound), name="schedule-list"),
        path(
            "reports/schedules/begin/<slug:kind>/",
            ScheduleAdd.as_view(**bound),
            name="schedule-add",
        ),
        path(
            "reports/schedules/<str:pk>/", ScheduleDetail.as_view(**bound), name="schedule-detail"
        ),
        path("reports/schedules/<str:pk>/end/", ScheduleEnd.as_view(**bound), name="schedule-end"),
        path("reports/<str:pk>/", ReportDetail.as_view(**bound), name="report-detail"),
        path("reports/<str:pk>/again/", ReportAgain.as_view(**bound), name="report-again"),
        path("reports/<str:pk>/delete/", ReportDiscard.as_view(**bound), name="report-discard"),
        path("reports/<str:pk>/file/", ReportDownload.as_view(**bound), name="report-download"),
    ]
