"""What members chose about mail is kept to: at once, once a day, not at all; and one click stops."""

import re
from datetime import UTC, timedelta

import pytest
from django.core import mail as outbox
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone

from customers import events, jobs
from customers.actors import Actor
from customers.models import DigestEntry, Event, Job, Membership, NotificationPreference
from customers.services import notices
from customers.services.notes import add_note
from customers.services.watches import watch
from fulfillment.reporting.asking import request_report
from fulfillment.services import requests as orders
from resellerportal import history
from resellerportal.notifications import mail, stopping
from resellerportal.notifications.messages import messages
from tests import factories
from tests.factories import steps
from tests.resellerportal.test_accounts import as_
from tierconfig.services import inquiry_care

pytestmark = pytest.mark.django_db
SEVEN = timezone.now().replace(hour=7) + timedelta(days=1)


def member(cast, name):
    return Membership.objects.get(user=cast.users[name])


def choose(cast, name, **modes):
    notices.choose(member(cast, name), {kind.replace("_", "-"): m for kind, m in modes.items()})


def latest(verb):
    return Event.objects.filter(verb=verb).latest("at")


def told(verb):
    return {message.recipient: message for message in messages(latest(verb))}


def deliver():
    while events.deliver_pending():
        pass


class TestPage:
    def test_it_offers_what_the_role_hears_of_and_keeps_what_is_chosen(self, client, cast):
        as_(client, cast, "vendor")
        page = client.get("/notifications/").content.decode()
        assert "Orders to decide" in page
        assert "Orders decided" not in page
        names = set(re.findall(r'name="([a-z-]+)" value="digest"', page))
        assert "order-decide" in names
        sent = {**dict.fromkeys(names, "each"), "order-decide": "off", "order-decided": "off"}
        assert client.post("/notifications/", sent).status_code == 302
        assert notices.choices_of(member(cast, "vendor"))["order-decide"] == "off"
        assert "order-decided" not in notices.choices_of(member(cast, "vendor"))
        page = client.get("/notifications/").content.decode()
        assert re.search(r'name="order-decide" value="off"[^>]*checked', page)

    def test_what_cannot_be_chosen_is_refused_and_said(self, client, cast):
        cast.users["vendor"].memberships.update(level="administrator")
        as_(client, cast, "vendor")
        page = client.get("/notifications/").content.decode()
        assert "Always at once." in page
        assert 'name="webhook-stopped"' not in page
        answer = client.post("/notifications/", {"order-decide": "never"})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
        assert not NotificationPreference.objects.exists()

    def test_who_acts_for_no_partner_has_nothing_to_choose(self, client, cast):
        as_(client, cast, "admin")
        assert "Nothing to choose" in client.get("/notifications/").content.decode()
        assert client.post("/notifications/", {}).status_code == 404

    def test_each_partner_of_a_user_has_choices_of_its_own_and_strangers_none(self, client, cast):
        other = cast.partners["distributor2"]
        Membership.objects.create(user=cast.users["distributor"], partner=other, level="agent")
        as_(client, cast, "distributor")
        home, away = cast.partners["distributor"].pk, other.pk
        assert f"/notifications/{away}/" in client.get(f"/notifications/{home}/").content.decode()
        page = client.get(f"/notifications/{away}/").content.decode()
        sent = dict.fromkeys(re.findall(r'name="([a-z-]+)" value="digest"', page), "digest")
        assert client.post(f"/notifications/{away}/", sent).status_code == 302
        assert set(NotificationPreference.objects.values_list("partner", flat=True)) == {away}
        for foreign in (cast.partners["vendor"].pk, "PA-000-000"):
            assert client.get(f"/notifications/{foreign}/").status_code == 404
            assert client.post(f"/notifications/{foreign}/", sent).status_code == 404


class TestChoices:
    def test_who_wants_no_mail_of_a_kind_gets_none_and_his_colleague_does(self, cast):
        factories.user(cast.partners["vendor"], email="colleague@people.example")
        choose(cast, "vendor", order_decide="off")
        cast.order(product=cast.plain)
        assert list(told("fulfillmentrequest.created")) == ["colleague@people.example"]

    def test_technical_contacts_are_asked_whatever_members_chose(self, cast):
        user = factories.user(cast.partners["reseller"], email=cast.umbrella.contact_email)
        notices.choose(
            Membership.objects.get(user=user), dict.fromkeys(["watched", "order-decided"], "off")
        )
        cast.order()
        created = Event.objects.filter(verb="tierconfigrequest.created", to_state="inquiring")
        (message,) = messages(created.get())
        assert message.recipient == cast.umbrella.contact_email
        assert stopping.addresses(message) == ("", "")

    def test_followers_are_asked_too_and_who_acts_and_follows_hears_the_wanted_way(self, cast):
        order = cast.order(product=cast.plain)
        watch(order, actor=cast.actor("distributor"))
        choose(cast, "distributor", order_decided="off")
        orders.fail_request(order, actor=cast.actor("vendor"), reason="No")
        assert told("fulfillmentrequest.fail")["distributor@people.example"].kind == "watched"
        choose(cast, "distributor", watched="off")
        assert told("fulfillmentrequest.fail") == {}

    def test_a_mention_is_a_kind_of_its_own(self, cast):
        colleague = factories.user(cast.partners["vendor"], email="c@people.example")
        order = cast.order(product=cast.plain)
        choose(cast, "vendor", mention="off")
        author = Actor.of(Membership.objects.get(user=colleague))
        people = [cast.users["vendor"].pk]
        add_note(order, actor=author, text="Look", kind="private", mentioned=people)
        assert told("note.created") == {}
        choose(cast, "vendor", mention="each")
        (letter,) = told("note.created").values()
        assert (letter.recipient, letter.kind) == ("vendor@people.example", "mention")


class TestDigest:
    @pytest.fixture
    def waiting(self, cast):
        """Two orders that the vendor wants to hear of once a day, and one that he has decided."""
        choose(cast, "vendor", order_decide="digest")
        kept = [cast.order(product=cast.plain, external_id=f"k{n}") for n in range(3)]
        deliver()
        orders.fail_request(kept.pop(), actor=cast.actor("vendor"), reason="No")
        deliver()
        assert not [each for each in outbox.outbox if each.to == ["vendor@people.example"]]
        outbox.outbox.clear()
        return kept

    def test_one_mail_a_day_tells_what_is_still_true(self, cast, waiting):
        assert notices.begin_digests(SEVEN) == 1
        assert notices.begin_digests(SEVEN) == 0
        deliver()
        (letter,) = outbox.outbox
        assert letter.to == ["vendor@people.example"]
        assert letter.subject == "Vendor: 2 pieces of news"
        for text in (letter.body, letter.alternatives[0].content):
            assert "Orders to decide" in text
            assert [order.pk in text for order in waiting] == [True, True]
            assert text.count("/vendor/orders/") == 2
        assert "List-Unsubscribe" in letter.extra_headers
        first = letter.extra_headers["Message-ID"]
        digest = latest("user.digest")
        digest.deliveries.all().delete()
        mail.tell(digest)
        assert outbox.outbox[-1].extra_headers["Message-ID"] == first

    def test_nothing_that_is_true_is_no_mail(self, cast, waiting):
        for order in waiting:
            orders.fail_request(order, actor=cast.actor("vendor"), reason="No")
        assert notices.begin_digests(SEVEN) == 1
        outbox.outbox.clear()
        deliver()
        assert [each.to for each in outbox.outbox if "of news" in each.subject] == []

    @pytest.mark.parametrize("change", ["off", "left", "blocked"])
    def test_who_stopped_it_or_has_left_since_gets_none(self, cast, waiting, change):
        if change == "off":
            choose(cast, "vendor", order_decide="off")
        elif change == "left":
            Membership.objects.filter(user=cast.users["vendor"]).update(active=False)
        else:
            cast.users["vendor"].is_active = False
            cast.users["vendor"].save()
        notices.begin_digests(SEVEN)
        outbox.outbox.clear()
        deliver()
        assert outbox.outbox == []

    def test_the_day_begins_at_its_hour_and_an_event_told_twice_is_one_line(self, cast, waiting):
        settled = timezone.now().replace(hour=6, minute=0, second=0, microsecond=0)
        assert notices.last_hour(settled + timedelta(minutes=1), UTC) == settled
        before = notices.last_hour(settled - timedelta(minutes=1), UTC)
        assert before == settled - timedelta(days=1)
        DigestEntry.objects.update(at=settled)
        assert notices.begin_digests(settled + timedelta(hours=1)) == 0
        mail.tell(Event.objects.filter(verb="fulfillmentrequest.created").earliest("at"))
        assert DigestEntry.objects.count() == 3
        assert notices.begin_digests(settled + timedelta(hours=25)) == 1


class TestFinished:
    def test_who_waited_long_for_a_report_is_told_and_who_did_not_is_not(self, cast):
        for waited in (0, 90):
            report = request_report("orders", actor=cast.actor("vendor"), format="csv")
            Job.objects.filter(pk=report.job_id).update(
                created_at=timezone.now() - timedelta(seconds=waited)
            )
            jobs.run_pending()
        (letter,) = told("job.end").values()
        assert Event.objects.filter(verb="job.end").count() == 1
        assert (letter.recipient, letter.kind) == ("vendor@people.example", "file-finished")
        assert letter.context["heading"] == f"Your report is ready: {report.name}"
        assert letter.context["link"][0].endswith(f"/vendor/reports/{report.pk}/")
        Membership.objects.update(active=False)
        assert told("job.end") == {}


def test_a_vendor_reads_no_address_of_a_colleague_who_could_not_be_written_to(cast):
    cast.order()
    request = steps.setup(2)
    inquiry_care.mail_refused(request, "a.b@firm.example", "550 <a.b@firm.example>: unknown")
    rows = list(Event.objects.filter(verb="tierconfigrequest.mail_refused"))
    (vendor,) = history.thread(rows, cast.actor("vendor"))
    assert vendor.reason == "…: 550 <…>: unknown"
    (own,) = history.thread(rows, cast.actor("distributor"))
    assert own.reason.startswith("a.b@firm.example: 550")


class TestUnsubscribing:
    @pytest.fixture
    def letter(self, cast):
        cast.order(product=cast.plain)
        mail.tell(latest("fulfillmentrequest.created"))
        return outbox.outbox[-1]

    def address(self, letter):
        return (
            letter.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
        )

    def test_one_post_without_cookies_stops_the_kind_and_nothing_else(self, cast, letter):
        assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        anybody = Client(enforce_csrf_checks=True)
        page = anybody.get(self.address(letter))
        assert page.status_code == 200
        assert "Orders to decide" in page.content.decode()
        assert "people.example" not in page.content.decode()
        assert "Vendor" not in page.content.decode()
        assert not NotificationPreference.objects.exists()
        body = {"List-Unsubscribe": "One-Click"}
        for _twice in range(2):
            answer = anybody.post(self.address(letter), body)
            assert (answer.status_code, answer.cookies.output()) == (200, "")
        assert notices.choices_of(member(cast, "vendor")) == {"order-decide": "off"}
        assert told("fulfillmentrequest.created") == {}

    def test_both_bodies_hold_the_link_and_the_way_to_the_choices(self, cast, letter):
        html = letter.alternatives[0].content
        for text in (letter.body, html):
            assert self.address(letter) in text
            assert f"/notifications/{cast.partners['vendor'].pk}/" in text

    @pytest.mark.parametrize("case", ["forged", "other key", "gone", "essential", "garbage"])
    def test_a_token_that_is_not_ours_or_whose_member_is_gone_does_nothing(
        self, client, cast, letter, case
    ):
        own = member(cast, "vendor")
        address = self.address(letter)
        if case == "gone":
            Membership.objects.filter(pk=own.pk).update(active=False)
        elif case == "forged":
            address = address[:-3] + "aa/"
        elif case == "other key":
            address = f"/unsubscribe/{Signer(salt='x').sign_object([own.pk, 'order-decide'])}/"
        elif case == "essential":
            address = f"/unsubscribe/{stopping.token(own, 'webhook-stopped')}/"
        else:
            address = "/unsubscribe/%00:x/"
        for method in (client.get, client.post):
            answer = method(address)
            assert answer.status_code in (400, 404)
            assert "Orders to decide" not in answer.content.decode()
        assert not NotificationPreference.objects.exists()

    def test_stopping_the_daily_mail_stops_what_it_gathers(self, client, cast):
        choose(cast, "vendor", order_decide="digest", watched="each", mention="digest")
        address = f"/unsubscribe/{stopping.token(member(cast, 'vendor'), notices.DIGEST)}/"
        assert "Daily mail" in client.get(address).content.decode()
        assert client.post(address).status_code == 200
        assert notices.choices_of(member(cast, "vendor")) == {
            "order-decide": "off",
            "mention": "off",
            "watched": "each",
        }
