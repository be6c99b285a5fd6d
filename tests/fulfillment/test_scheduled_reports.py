"""Reports by the calendar: made when they come due, with the rights their owner has then."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from customers import jobs
from customers.models import Event, Report
from fulfillment.models import FulfillmentRequest, ReportSchedule
from fulfillment.reporting import asking, calendar, scheduling
from resellerportal.notifications.messages import candidates
from tests import factories

pytestmark = pytest.mark.django_db


def moment(day: str, hour: int = calendar.HOUR) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def begin(cast, who="distributor", **more):
    fields = {"format": "json", "repeat": "daily", **more}
    return scheduling.schedule_report("orders", actor=cast.actor(who), **fields)


def due(schedule, day="2026-03-02"):
    """Come due on a day, and asked for some hours later."""
    ReportSchedule.objects.filter(pk=schedule.pk).update(next_at=moment(day))
    return scheduling.ask_scheduled(moment(day, calendar.HOUR + 5))


@pytest.mark.parametrize(
    ("repeat", "now", "then"),
    [
        ("daily", moment("2026-02-28", 2), moment("2026-02-28")),
        ("daily", moment("2026-02-28"), moment("2026-03-01")),
        ("weekly", moment("2026-12-28", 2), moment("2026-12-28")),
        ("weekly", moment("2026-12-28"), moment("2027-01-04")),
        ("weekly", moment("2027-01-03", 23), moment("2027-01-04")),
        ("monthly", moment("2026-12-01"), moment("2027-01-01")),
        ("monthly", moment("2028-01-31", 23), moment("2028-02-01")),
    ],
)
def test_the_next_one_is_the_next_morning_monday_or_first(repeat, now, then):
    assert calendar.following(repeat, now) == then
    assert calendar.latest(repeat, then) == then
    assert calendar.latest(repeat, then - timedelta(seconds=1)) < then


@pytest.mark.parametrize(
    ("repeat", "span"),
    [
        ("daily", (date(2026, 2, 28), date(2026, 2, 28))),
        ("weekly", (date(2026, 2, 16), date(2026, 2, 22))),
        ("monthly", (date(2026, 2, 1), date(2026, 2, 28))),
    ],
)
def test_what_is_new_is_that_of_the_day_week_or_month_before(repeat, span):
    assert calendar.before(repeat, moment("2026-03-01")) == span


def test_a_report_is_made_when_it_comes_due_and_its_owner_is_told(cast):
    order = cast.order()
    schedule = begin(cast, repeat="weekly", params={"status": ["tiers_setup"]})
    assert scheduling.ask_scheduled() == 0
    assert due(schedule) == 1
    jobs.run_pending(9)
    schedule.refresh_from_db()
    report = schedule.last
    assert (report.rows, report.params) == (1, {"status": ["tiers_setup"]})
    assert order.pk.encode() in b"".join(asking.content_of(report))
    assert schedule.next_at == moment("2026-03-09")
    (mail,) = candidates(Event.objects.get(verb="job.end"))
    assert mail.recipient == cast.users["distributor"].email
    assert "by the calendar" in mail.context["intro"]
    assert scheduling.ask_scheduled(moment("2026-03-03")) == 0


def test_it_holds_what_was_created_in_the_time_before(cast):
    old, new = cast.order(external_id="1"), cast.order(external_id="2")
    for order, day in ((old, "2026-02-27"), (new, "2026-02-28")):
        FulfillmentRequest.objects.filter(pk=order.pk).update(created_at=moment(day, 23))
    schedule = begin(cast, recent=True)
    due(schedule, "2026-03-01")
    jobs.run_pending(9)
    schedule.refresh_from_db()
    content = b"".join(asking.content_of(schedule.last)).decode()
    assert (new.pk in content, old.pk in content) == (True, False)


def test_what_was_missed_while_no_worker_ran_is_made_once(cast):
    schedule = begin(cast, recent=True)
    ReportSchedule.objects.update(next_at=moment("2026-01-05"))
    assert scheduling.ask_scheduled(moment("2026-03-02", 12)) == 1
    assert scheduling.ask_scheduled(moment("2026-03-02", 12)) == 0
    assert Report.objects.get().params == {"start": "2026-03-01", "end": "2026-03-01"}
    schedule.refresh_from_db()
    assert schedule.next_at == moment("2026-03-03")


def test_it_ends_with_the_membership_and_reads_with_the_rights_of_then(cast):
    cast.order()
    kept, gone = begin(cast, "reseller"), begin(cast, "vendor")
    cast.nordlicht.access.update(ended_at=timezone.now())
    cast.users["vendor"].memberships.update(active=False)
    assert scheduling.ask_scheduled() == 1
    assert list(ReportSchedule.objects.all()) == [kept]
    assert due(kept) == 1
    jobs.run_pending(9)
    assert Report.objects.get().rows == 0
    assert not ReportSchedule.objects.filter(pk=gone.pk).exists()


def test_while_too_many_are_being_made_it_waits(cast, settings):
    settings.REPORTS_WAITING = 1
    asking.request_report("orders", actor=cast.actor("distributor"), format="csv")
    schedule = begin(cast)
    assert due(schedule) == 1
    schedule.refresh_from_db()
    assert (schedule.last, schedule.next_at) == (None, moment("2026-03-02", 8) + scheduling.PAUSE)
    jobs.run_pending(9)
    assert scheduling.ask_scheduled(schedule.next_at) == 1
    schedule.refresh_from_db()
    assert schedule.last is not None


def test_only_who_acts_begins_one_and_only_owner_and_administrators_end_it(cast):
    with pytest.raises(PermissionDenied):
        scheduling.schedule_report(
            "orders", actor=cast.actor("vendor", "viewer"), format="csv", repeat="daily"
        )
    mine = begin(cast)
    colleague = factories.user(cast.partners["distributor"])
    ReportSchedule.objects.update(user=colleague)
    mine.refresh_from_db()
    for stranger in (cast.actor("distributor"), cast.actor("vendor", "administrator")):
        with pytest.raises(PermissionDenied):
            scheduling.end_schedule(mine, actor=stranger)
    scheduling.end_schedule(mine, actor=cast.actor("distributor", "administrator"))
    assert not ReportSchedule.objects.exists()


def test_choices_are_judged_and_so_many_are_enough(cast, monkeypatch):
    foreign = factories.product(cast.partners["vendor2"])
    wrong = ({"repeat": "hourly"}, {"format": "exe"}, {"params": {"product": [foreign.pk]}})
    for fields in wrong:
        with pytest.raises(ValidationError):
            begin(cast, **fields)
    monkeypatch.setattr(scheduling, "MOST", 1)
    dated = begin(cast, params={"start": "2026-01-01", "type": ["purchase"]})
    assert dated.params == {"type": ["purchase"]}
    with pytest.raises(ValidationError, match="at most 1"):
        begin(cast)
