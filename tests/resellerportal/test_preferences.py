"""What a user chose for himself: whose clock pages and mails show, and whether keys act."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox
from django.utils import timezone

from customers import events, moments
from customers.models import DigestEntry, Event, Membership, User
from customers.services import notices
from fulfillment.services.nudges import nudge_request
from resellerportal.lists import listing
from tests.customers.receiver import endpoint
from tests.resellerportal.test_accounts import as_, text

pytestmark = pytest.mark.django_db
PAGE = "/preferences/"
SUMMER = datetime(2026, 7, 1, 10, 30, tzinfo=UTC)


def choose(cast, name, zone="", *, single_keys=True):
    User.objects.filter(pk=cast.users[name].pk).update(time_zone=zone, single_keys=single_keys)


class TestPage:
    @pytest.mark.parametrize("level", ["viewer", "agent"])
    def test_everybody_chooses_for_himself_and_for_nobody_else(self, client, cast, level):
        cast.users["vendor"].memberships.update(level=level)
        as_(client, cast, "vendor")
        assert 'href="/preferences/"' in client.get("/vendor/").content.decode()
        page = client.post(PAGE, {"time_zone": "Asia/Kolkata"}, follow=True)
        assert "Saved." in text(page)
        assert re.search(r'value="Asia/Kolkata" selected', page.content.decode())
        found = dict(User.objects.values_list("email", "time_zone"))
        assert found.pop("vendor@people.example") == "Asia/Kolkata"
        assert set(found.values()) == {""}
        assert User.objects.get(email="vendor@people.example").single_keys is False

    def test_a_zone_that_does_not_exist_is_refused(self, client, cast):
        as_(client, cast, "vendor")
        page = client.post(PAGE, {"time_zone": "Europe/Atlantis"})
        assert page.status_code == 422
        assert "Time zone" in text(page)
        assert User.objects.get(email="vendor@people.example").time_zone == ""

    def test_who_switched_keys_off_is_told_so_where_they_are_explained(self, client, cast):
        as_(client, cast, "vendor")
        page = client.get("/vendor/").content.decode()
        assert "data-single-keys" not in page
        assert "Switch single-letter keys off" in page
        choose(cast, "vendor", single_keys=False)
        page = client.get("/vendor/").content.decode()
        assert 'data-single-keys="off"' in page
        assert "You have switched single-letter keys off." in page
        assert "<kbd>j</kbd>" not in page
        assert "<kbd>Esc</kbd>" in page

    def test_where_nobody_is_signed_in_no_single_key_acts(self, client):
        page = client.get("/accounts/login/").content.decode()
        assert 'data-single-keys="off"' in page
        assert 'id="keys"' not in page
        assert "data-keys" not in page


class TestTimes:
    def test_each_reader_has_his_own_and_what_machines_read_stays_utc(self, client, cast):
        order = cast.order(product=cast.plain)
        type(order).objects.filter(pk=order.pk).update(state_since=SUMMER, created_at=SUMMER)
        choose(cast, "vendor", "Europe/Berlin")
        choose(cast, "distributor", "Asia/Dubai")
        as_(client, cast, "vendor")
        page = client.get("/vendor/orders/?tab=all").content.decode()
        assert '<time datetime="2026-07-01T10:30:00+00:00" title="2026-07-01 12:30 CEST">' in page
        as_(client, cast, "distributor")
        page = client.get("/distributor/orders/?tab=all").content.decode()
        assert 'datetime="2026-07-01T10:30:00+00:00" title="2026-07-01 14:30 UTC+04"' in page
        as_(client, cast, "reseller")
        page = client.get("/reseller/orders/?tab=all").content.decode()
        assert 'datetime="2026-07-01T10:30:00+00:00" title="2026-07-01 10:30 UTC"' in page

    def test_what_one_thread_answers_next_is_not_in_the_zone_of_the_last_reader(self, client, cast):
        choose(cast, "vendor", "Asia/Tokyo")
        as_(client, cast, "vendor").get("/vendor/")
        assert timezone.get_current_timezone_name() == "UTC"

    def test_a_typed_time_is_read_by_the_clock_of_who_typed_it(self, client, cast):
        cast.plain.schedules_purchases = True
        cast.plain.save()
        order = cast.order(product=cast.plain)
        choose(cast, "vendor", "America/New_York")
        as_(client, cast, "vendor")
        address = f"/vendor/orders/{order.pk}/schedule/"
        assert "In the time zone America/New_York." in text(client.get(address))
        page = client.post(address, {"planned_date": "2032-01-15T09:00"}, follow=True)
        assert "Scheduled for 2032-01-15 09:00 EST." in text(page)
        order = type(order).objects.get(pk=order.pk)
        assert order.planned_date == datetime(2032, 1, 15, 14, tzinfo=UTC)

    @pytest.mark.parametrize(("zone", "first"), [("UTC", 0), ("Asia/Tokyo", -9), ("", 0)])
    def test_a_day_of_a_filter_is_the_readers(self, zone, first):
        begin = listing.day("from", "From", "created_at").condition
        end = listing.day("until", "Until", "created_at", until=True).condition
        midnight = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=first)
        with moments.used(zone):
            assert begin("2026-03-01").children == [("created_at__gte", midnight)]
            ((_name, last),) = end("2026-03-01").children
        assert last == midnight + timedelta(days=1, microseconds=-1)

    @pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    def test_the_first_and_the_last_day_there_are_can_be_asked_for(self, client, cast, zone, day):
        choose(cast, "vendor", zone)
        as_(client, cast, "vendor")
        bought = cast.order(product=cast.plain).subscription_id
        early = day == "0001-01-01"
        for name, shown in (("from", early), ("until", not early)):
            page = client.get("/vendor/subscriptions/", {"tab": "all", name: day})
            assert (bought in text(page)) is shown
        cast.users["vendor"].memberships.update(level="administrator")
        hook = endpoint(cast.partners["vendor"], "https://hooks.example/")
        page = client.get(f"/vendor/webhooks/{hook.pk}/replay/", {"since": day})
        assert "0 messages" in text(page)

    @pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
    def test_the_first_and_the_last_moment_can_be_written_in_every_zone(self, zone):
        with moments.used(zone):
            written = [
                moments.dated(each.replace(tzinfo=UTC)) for each in (datetime.min, datetime.max)
            ]
        assert "1-01-01 " in written[0]
        assert written[1].startswith("9999-12-31 ")

    def test_the_same_mail_names_each_readers_own_time(self, cast):
        order = cast.order(product=cast.plain)
        type(order).objects.filter(pk=order.pk).update(state_since=SUMMER)
        other = cast.users["vendor2"]
        Membership.objects.create(user=other, partner=cast.partners["vendor"])
        choose(cast, "vendor", "Europe/Berlin")
        outbox.outbox.clear()
        nudge_request(order, actor=cast.actor("distributor"))
        while events.deliver_pending():
            pass
        told = {letter.to[0]: letter for letter in outbox.outbox if "waits for you" in letter.body}
        for address, said in (
            ("vendor@people.example", "2026-07-01 12:30 CEST"),
            (other.email, "2026-07-01 10:30 UTC"),
        ):
            assert said in told[address].body
            assert said in told[address].alternatives[0].content


def hours(zone, first, last):
    """The hours of the digest as a worker that looks every ten minutes finds them, in UTC."""
    found = []
    now = datetime.fromisoformat(f"{first}T00:00+00:00")
    while now < datetime.fromisoformat(f"{last}T00:00+00:00"):
        hour = notices.last_hour(now, ZoneInfo(zone))
        assert hour <= now
        if not found or found[-1] != hour:
            found.append(hour)
        now += timedelta(minutes=10)
    return found


class TestDailyMail:
    @pytest.mark.parametrize(
        ("zone", "first", "last"),
        [
            ("Europe/Berlin", "2026-03-27", "2026-03-31"),
            ("Europe/Berlin", "2026-10-23", "2026-10-27"),
            ("America/New_York", "2026-03-06", "2026-03-10"),
            ("America/New_York", "2026-10-30", "2026-11-03"),
            ("Australia/Lord_Howe", "2026-04-03", "2026-04-07"),
            ("Asia/Kathmandu", "2026-05-01", "2026-05-05"),
        ],
    )
    @pytest.mark.parametrize("hour", [1, 2, 6])
    def test_each_day_has_one_hour_also_when_clocks_change(self, settings, zone, first, last, hour):
        settings.DIGEST_HOUR = hour
        found = hours(zone, first, last)
        days = [each.astimezone(ZoneInfo(zone)).date() for each in found]
        assert [later - before for before, later in pairwise(days)] == [timedelta(days=1)] * (
            len(days) - 1
        )
        assert len(days) >= 4

    def test_everybody_gets_it_in_his_own_morning(self, cast):
        event = Event.objects.earliest("at")
        for name, zone in (("vendor", "Asia/Tokyo"), ("distributor", ""), ("reseller", "No/Zone")):
            choose(cast, name, zone)
            member = Membership.objects.get(user=cast.users[name])
            notices.put_by(event, [(member, "order-decide")])
        DigestEntry.objects.update(at=datetime(2026, 5, 1, 12, tzinfo=UTC))
        evening = datetime(2026, 5, 1, 21, 30, tzinfo=UTC)  # 6:30 of the next day in Tokyo
        assert notices.begin_digests(evening) == 1
        sent = DigestEntry.objects.exclude(sent_in=None).get()
        assert sent.user == cast.users["vendor"]
        assert notices.begin_digests(evening + timedelta(hours=6)) == 0
        assert notices.begin_digests(evening + timedelta(hours=9)) == 2
        assert notices.begin_digests(evening + timedelta(hours=12)) == 0

    def test_whose_morning_has_not_come_keeps_nobody_waiting(self, cast):
        event = Event.objects.earliest("at")
        choose(cast, "vendor", "Pacific/Honolulu")
        for name in ("vendor", "distributor"):
            notices.put_by(event, [(Membership.objects.get(user=cast.users[name]), "order-decide")])
        DigestEntry.objects.update(at=datetime(2026, 5, 1, 23, tzinfo=UTC))
        with mock.patch.object(notices, "MOST", 1):
            assert notices.begin_digests(datetime(2026, 5, 2, 7, tzinfo=UTC)) == 1
        assert DigestEntry.objects.get(sent_in=None).user == cast.users["vendor"]
