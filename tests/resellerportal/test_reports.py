"""The pages of reports: asked for, waited for, taken, deleted; nobody takes another one's."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers import jobs
from customers.models import Job, Report
from fulfillment.models import ReportSchedule
from fulfillment.reporting.asking import request_report
from fulfillment.reporting.scheduling import schedule_report

pytestmark = pytest.mark.django_db


def page(name, *args, role="distributor"):
    return reverse(f"{role}:report-{name}", args=args)


@pytest.fixture
def distributor(client, cast):
    client.force_login(cast.users["distributor"])
    return client


def made(cast, who="distributor", form="json", kind="orders"):
    report = request_report(kind, actor=cast.actor(who), format=form)
    jobs.run_pending(9)
    return report


def test_one_is_chosen_narrowed_made_and_taken(distributor, cast):
    order = cast.order()
    choices = distributor.get(page("choose")).content.decode()
    assert page("add", "orders") in choices
    assert "Subscription list" in choices
    form = distributor.get(page("add", "orders"))
    assert "Backup 360" in form.content.decode()
    sent = distributor.post(
        page("add", "orders"),
        {"format": "json", "product": cast.product.pk, "status": "tiers_setup", "token": "t"},
    )
    report = Report.objects.get()
    assert sent.url == page("detail", report.pk)

    waiting = distributor.get(sent.url)
    body = waiting.content.decode()
    assert "Waiting for its turn" in body
    assert "http-equiv" in body
    assert page("download", report.pk) not in body
    assert distributor.get(page("download", report.pk)).url == sent.url
    Job.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert "Nobody has begun yet" in distributor.get(sent.url).content.decode()

    jobs.run_pending()
    body = distributor.get(sent.url).content.decode()
    assert "Backup 360" in body
    assert "http-equiv" not in body
    assert distributor.get(sent.url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    answer = distributor.get(page("download", report.pk))
    data = b"".join(answer.streaming_content)
    assert [line["request_id"] for line in json.loads(data)] == [order.pk]
    assert answer["Content-Length"] == str(len(data))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store, private"
    name = f'attachment; filename="fulfillment-requests-{timezone.now():%Y-%m-%d}.json"'
    assert answer["Content-Disposition"] == name
    listed = distributor.get(page("list")).content.decode()
    assert "Ready" in listed
    assert report.pk in listed


def test_the_same_is_made_again_or_with_other_choices(distributor, cast):
    first = request_report(
        "orders",
        actor=cast.actor("distributor"),
        format="csv",
        params={"start": "2026-01-31", "type": ["purchase"]},
    )
    jobs.run_pending()
    form = distributor.get(page("add", "orders"), {"like": first.pk})
    body = form.content.decode()
    assert 'value="2026-01-31"' in body
    assert form.context["form"]["type"].value() == ["purchase"]
    assert form.context["form"]["format"].value() == "csv"
    distributor.post(page("again", first.pk))
    second = Report.objects.exclude(pk=first.pk).get()
    assert (second.params, second.format) == (first.params, "csv")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"start": "2026-02-01", "end": "2026-01-01"}, "before the first day"),
        ({"product": "PRD-000-000-000"}, "PRD-000-000-000"),
        ({"format": "exe"}, "exe"),
        ({"start": "31.13.2026"}, "valid date"),
    ],
)
def test_what_is_wrong_stands_beside_it(distributor, cast, fields, why):
    answer = distributor.post(page("add", "orders"), {"format": "csv", **fields})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Report.objects.exists()


def test_it_is_deleted_and_stays_in_the_list(distributor, cast):
    report = made(cast)
    assert "Delete the file" in distributor.get(page("detail", report.pk)).content.decode()
    distributor.post(page("discard", report.pk))
    assert distributor.get(page("download", report.pk)).status_code == 302
    assert "File deleted" in distributor.get(page("list")).content.decode()
    waiting = request_report("orders", actor=cast.actor("distributor"), format="csv")
    asked = distributor.get(page("discard", waiting.pk)).content.decode()
    assert "Cancel this report?" in asked
    distributor.post(page("discard", waiting.pk))
    assert "Cancelled by" in distributor.get(page("detail", waiting.pk)).content.decode()


def test_the_ceiling_is_an_error_of_the_form(distributor, cast, settings):
    settings.REPORTS_WAITING = 0
    answer = distributor.post(page("add", "customers"), {"format": "csv"})
    assert answer.status_code == 422
    assert "being made already" in answer.content.decode()


def test_a_viewer_takes_what_colleagues_made_and_asks_for_none(distributor, cast):
    report = made(cast)
    cast.users["distributor"].memberships.update(level="viewer")
    assert b"".join(distributor.get(page("download", report.pk)).streaming_content)
    assert distributor.post(page("add", "orders"), {"format": "csv"}).status_code == 403
    assert distributor.post(page("discard", report.pk)).status_code == 403
    assert "Create" not in distributor.get(page("detail", report.pk)).content.decode()


def test_nobody_reads_takes_or_copies_the_report_of_another_partner(client, cast):
    report = made(cast)
    for who, role in (("distributor2", "distributor"), ("reseller", "reseller")):
        client.force_login(cast.users[who])
        for name in ("detail", "download", "again", "discard"):
            assert client.get(page(name, report.pk, role=role)).status_code == 404, name
            assert client.post(page(name, report.pk, role=role)).status_code in (404, 405), name
        copied = client.get(page("add", "orders", role=role), {"like": report.pk})
        assert copied.context["form"].initial == {}
    assert report.pk not in client.get(page("list", role="reseller")).content.decode()
    client.force_login(cast.users["admin"])
    assert client.get(page("detail", report.pk)).status_code == 200


def test_a_report_that_is_none_is_not_found(distributor):
    assert distributor.get(page("add", "secrets")).status_code == 404
    assert distributor.get(page("detail", "REP-000-000-000")).status_code == 404


@pytest.mark.parametrize(
    ("listing", "kind"),
    [
        ("order", "orders"),
        ("subscription", "subscriptions"),
        ("config", "tier-configurations"),
        ("config-request", "tier-configuration-requests"),
        ("account", "customers"),
    ],
)
def test_lists_lead_to_their_report(distributor, cast, listing, kind):
    body = distributor.get(reverse(f"distributor:{listing}-list")).content.decode()
    assert f'href="{page("add", kind)}"' in body


class TestSchedules:
    def test_one_is_begun_shown_and_ended(self, distributor, cast):
        assert reverse("distributor:schedule-add", args=["orders"]) in (
            distributor.get(page("choose")).content.decode()
        )
        report = request_report(
            "orders", actor=cast.actor("distributor"), format="csv", params={"type": ["change"]}
        )
        address = reverse("distributor:schedule-add", args=["orders"])
        form = distributor.get(address, {"like": report.pk})
        assert form.context["form"]["type"].value() == ["change"]
        assert "start" not in form.context["form"].fields
        data = {"format": "csv", "type": "change", "repeat": "monthly", "recent": "on"}
        sent = distributor.post(address, data)
        schedule = ReportSchedule.objects.get()
        assert sent.url == reverse("distributor:schedule-detail", args=[schedule.pk])
        body = distributor.get(sent.url).content.decode()
        for text in ("On the first of every month, of the month before", "Change", "None has been"):
            assert text in body
        listed = distributor.get(reverse("distributor:schedule-list")).content.decode()
        assert schedule.pk in listed
        end = reverse("distributor:schedule-end", args=[schedule.pk])
        assert "No more of these reports" in distributor.get(end).content.decode()
        assert distributor.post(end).url == reverse("distributor:schedule-list")
        assert not ReportSchedule.objects.exists()
        assert distributor.get(sent.url).status_code == 404

    def test_a_viewer_reads_those_of_colleagues_and_begins_none(self, distributor, cast):
        schedule = schedule_report(
            "orders", actor=cast.actor("distributor"), format="csv", repeat="daily"
        )
        cast.users["distributor"].memberships.update(level="viewer")
        address = reverse("distributor:schedule-add", args=["orders"])
        assert distributor.post(address, {"format": "csv", "repeat": "daily"}).status_code == 403
        page_of = reverse("distributor:schedule-detail", args=[schedule.pk])
        assert "End the schedule" not in distributor.get(page_of).content.decode()
        end = reverse("distributor:schedule-end", args=[schedule.pk])
        assert distributor.post(end).status_code == 403
        assert ">Schedule<" not in distributor.get(page("choose")).content.decode()
