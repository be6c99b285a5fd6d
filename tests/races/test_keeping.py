"""What members keep, are sent and send, while others do the same or delete it."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers import jobs, webhooks
from customers.actors import Actor
from customers.models import (
    AccountAccess,
    Attachment,
    DigestEntry,
    Event,
    Job,
    Note,
    Report,
    ReportPart,
    SavedView,
    WebhookAttempt,
    WebhookEndpoint,
    WebhookMessage,
)
from customers.services import attachments, endpoints, notes, notices, saved_views
from customers.services.access import end_access
from fulfillment.models import FulfillmentRequest, ReportSchedule
from fulfillment.reporting import asking, scheduling, work
from fulfillment.services import drafts, many
from fulfillment.services.orders import draft_purchase
from fulfillment.services.purchases import Purchase
from tests import factories
from tests.customers.receiver import administrator, endpoint, message, receiving
from tests.factories import steps
from tests.races.threads import refusals, together
from tierconfig.models import TierConfigRequest
from tierconfig.services import configs

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

#: In the lock order.
TABLES = ("tierconfig_tierconfig", "fulfillment_subscription")
#: A few rounds find what is wrong; RACE_ROUNDS=20 finds what is rarely wrong.
ROUNDS = int(os.environ.get("RACE_ROUNDS", "2"))


@pytest.fixture
def begun(cast):
    """A reseller that began an order and the configuration it needs; the order, its access."""
    cast.product.validates_setups = True
    cast.product.save()
    place = {"connection": cast.connection, "marketplace": None}

    def make():
        home, partner = cast.partners["distributor"], factories.partner("reseller")
        factories.user(partner)
        shop = factories.account(home, factories.account(home))
        buyer = factories.account(home, shop, type="customer")
        access = AccountAccess.objects.create(
            partner=partner, account=shop, kind="operates", started_at=timezone.now()
        )
        actor = Actor.of(partner.memberships.select_related("user", "partner").get())
        bought = Purchase(cast.product, buyer, {cast.seats.pk: 1}, cast.market, cast.connection)
        draft = draft_purchase(bought, actor=actor)
        where = {"product": cast.product, "account": shop, "tier_level": 1, **place}
        configs.begin_setup(**where, actor=actor, values={"tier1_vat": "DE1"})
        return draft, access, actor

    return make


def test_an_access_ends_while_its_partner_sends_what_it_began(cast, begun, consistent):
    for _round in range(ROUNDS * 2):
        draft, access, actor = begun()
        results = together(
            [
                partial(drafts.submit_request, draft, actor=actor),
                partial(end_access, access, actor=cast.actor("distributor")),
            ]
        )
        left = FulfillmentRequest.objects.filter(pk=draft.pk)
        assert left.exists() == (not refusals(results[:1]))
        assert not FulfillmentRequest.objects.filter(state="draft").exists()
        assert not TierConfigRequest.objects.filter(state="draft").exists()
    consistent()


def test_when_an_access_ends_configurations_are_held_before_orders(cast, begun):
    """Whoever sends an order holds them so too: otherwise each would wait for the other."""
    _draft, access, _actor = begun()
    with CaptureQueriesContext(connection) as seen:
        end_access(access, actor=cast.actor("distributor"))
    held = [query["sql"] for query in seen if "FOR NO KEY UPDATE" in query["sql"]]
    first = [next(i for i, sql in enumerate(held) if f'FROM "{table}"' in sql) for table in TABLES]
    assert first == sorted(first)


def test_an_endpoint_goes_while_messages_are_made_and_carried(cast, settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    vendor = cast.partners["vendor"]
    own = administrator(vendor)
    with receiving() as receiver:
        for _round in range(ROUNDS * 3):
            to = endpoint(vendor, receiver.url)
            news = list(Event.objects.all()[:8])
            for _number in range(4):
                message(to)

            def make(news=news, to=to):
                for event in news:
                    with suppress(IntegrityError):  # the worker tells it anew, without this one
                        endpoints.enqueue([(to, event, "order.created", {"type": "x"})])

            together(
                [
                    make,
                    webhooks.deliver_due,
                    webhooks.deliver_due,
                    partial(endpoints.delete_endpoint, to, actor=own),
                ]
            )
            assert not WebhookEndpoint.objects.filter(pk=to.pk).exists()
    assert WebhookMessage.objects.count() == WebhookAttempt.objects.count() == 0


def test_a_report_that_is_due_is_asked_for_once_and_never_after_its_end(cast, settings):
    actor = cast.actor("distributor")
    for _round in range(ROUNDS):
        fields = {"actor": actor, "format": "csv", "repeat": "daily"}
        due, ending = (scheduling.schedule_report("orders", **fields) for _number in range(2))
        later = due.next_at
        calls = [partial(scheduling.ask_scheduled, later)] * 2
        *_asked, ended = together([*calls, partial(scheduling.end_schedule, ending, actor=actor)])
        assert not refusals([ended])
        due.refresh_from_db()
        assert due.next_at == later + timedelta(days=1)
        made = Report.objects.count()
        assert (made, due.last_id is not None) in ((1, True), (2, True))
        assert scheduling.ask_scheduled(later) == 0
        ReportSchedule.objects.all().delete()
        Report.objects.all().delete()


def test_the_log_is_pruned_while_old_messages_are_sent_again(cast, settings):
    """Whoever was told that it is sent again finds it waiting."""
    to = endpoint(cast.partners["vendor"], "https://webhooks.example/")
    own, old = administrator(cast.partners["vendor"]), timezone.now() - timedelta(days=400)
    for _round in range(ROUNDS * 3):
        made = [message(to, state="delivered", created_at=old) for _number in range(5)]
        calls = [partial(endpoints.replay_message, each, actor=own) for each in made[-2:]]
        pruned, *told = together([webhooks.prune, *calls])
        sent = {each.pk for each in told if isinstance(each, WebhookMessage)}
        waiting = WebhookMessage.objects.filter(state="waiting")
        assert (set(waiting.values_list("pk", flat=True)), pruned) == (sent, 5 - len(sent))
        WebhookMessage.objects.all().delete()


def test_an_endpoint_is_switched_and_replayed_while_messages_are_carried(cast, settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    vendor = cast.partners["vendor"]
    own = administrator(vendor)
    with receiving() as receiver:
        for _round in range(ROUNDS):
            to = endpoint(vendor, receiver.url)
            sent = [message(to) for _number in range(6)]

            def switch(to=to):
                for on in (False, True):
                    endpoints.switch_endpoint(to, actor=own, on=on)
                endpoints.replay_failed(to, actor=own, since=timezone.now() - timedelta(days=1))

            def replay(sent=sent):
                for each in sent:
                    endpoints.replay_message(each, actor=own)

            together([switch, replay, webhooks.deliver_due, webhooks.deliver_due])
            webhooks.deliver_due()
            stuck = WebhookMessage.objects.filter(endpoint=to).exclude(state="delivered")
            assert not stuck.exists()
            assert {str(each.pk) for each in sent} <= set(receiver.ids())
            to.delete()


def test_a_view_is_saved_twice_begun_with_and_deleted(cast):
    actor = cast.actor("vendor")
    for number in range(ROUNDS):
        save = partial(
            saved_views.save_view, actor=actor, list="order", query="q=1", title=f"Mine {number}"
        )
        results = together([save] * 3)
        assert len(refusals(results)) == 2
        [view] = [each for each in results if isinstance(each, SavedView)]
        other = save(title=f"Other {number}")
        together(
            [
                partial(saved_views.start_view, view, actor=actor),
                partial(saved_views.start_view, other, actor=actor),
                partial(saved_views.overwrite_view, view, actor=actor, query="q=2"),
                partial(saved_views.edit_view, other, actor=actor, title=f"Third {number}"),
                partial(saved_views.copy_view, view, actor=actor),
                partial(saved_views.copy_view, view, actor=actor),
            ]
        )
        begun = [each for each in saved_views.views_of(actor, "order") if each.begins]
        assert len(begun) == 1
        together(
            [
                partial(saved_views.start_view, view, actor=actor),
                partial(saved_views.overwrite_view, view, actor=actor, query="q=3"),
                partial(saved_views.delete_view, view, actor=actor),
                partial(saved_views.delete_view, view, actor=actor),
            ]
        )
        assert not SavedView.objects.filter(pk=view.pk).exists()


def test_a_note_with_files_is_written_once_however_often_it_is_sent(cast):
    order = cast.order()
    actor = cast.actor("vendor")
    for number in range(ROUNDS):
        files = [attachments.File(f"{n}.txt", 5, lambda: b"hello") for n in range(3)]
        write = partial(
            notes.add_note,
            order,
            actor=actor,
            text="See these.",
            kind="message",
            files=files,
            once=f"form-{number}",
        )
        results = together([write] * 4)
        assert not refusals(results)
        assert len({each.pk for each in results}) == 1
    assert (Note.objects.count(), Attachment.objects.count()) == (ROUNDS, 3 * ROUNDS)
    assert Event.objects.filter(verb="note.created").count() == ROUNDS


def test_a_daily_mail_is_begun_once_by_several_workers(cast):
    news = list(Event.objects.all()[:6])
    now = timezone.now() + timedelta(days=2)
    for event in news:
        for name in ("vendor", "distributor"):
            DigestEntry.objects.create(
                user=cast.users[name], partner=cast.partners[name], event=event, kind="order"
            )
    late = partial(notices.put_by, news[0], [])
    results = together([partial(notices.begin_digests, now)] * 3 + [late])
    assert sum(results[:3]) == 2
    assert Event.objects.filter(verb="user.digest").count() == 2
    assert not DigestEntry.objects.filter(sent_in=None).exists()


def test_a_report_is_thrown_away_while_two_workers_make_it(cast, monkeypatch):
    monkeypatch.setattr(work, "PART", 64)
    for _number in range(6):
        cast.order(product=cast.plain)
    actor = cast.actor("distributor")
    for number in range(ROUNDS * 2):
        report = asking.request_report("orders", actor=actor, format="csv")
        calls = [jobs.run_pending, jobs.run_pending]
        if number % 2:
            calls.append(partial(asking.discard_report, report, actor=actor))
        together(calls)
        fresh = Report.objects.get(pk=report.pk)
        job = Job.objects.get(pk=fresh.job_id)
        assert job.ended_at
        whole = ReportPart.objects.filter(report=report)
        if number % 2:
            assert not whole.exists()
        else:
            assert sum(len(part.content) for part in whole) == fresh.size > 0


def test_many_configurations_are_decided_while_orders_come_for_them(cast, consistent):
    vendor = cast.actor("vendor")
    for number in range(ROUNDS):
        buyers = []
        for _number in range(3):
            root = factories.account(cast.partners["distributor"])
            shop = factories.account(cast.partners["distributor"], root)
            buyers.append(factories.account(cast.partners["distributor"], shop, type="customer"))
            cast.order(customer=buyers[-1])
        waiting = list(
            TierConfigRequest.objects.filter(
                state="inquiring", configuration__tier_level=2
            ).select_related("configuration")
        )
        for each in waiting:
            steps.answer(each)
        texts = {
            many.need_of(each): each.configuration.product.templates.get(scope="tier2")
            for each in waiting
        }
        step = "approve" if number % 2 else "fail"
        decide = partial(
            many.decide_configurations, actor=vendor, step=step, reason="No.", templates=texts
        )
        parked = list(FulfillmentRequest.objects.filter(state="tiers_setup"))
        results = together(
            [
                partial(decide, waiting),
                partial(decide, waiting[::-1]),
                partial(many.decide_orders, parked, actor=vendor, step="fail", reason="No."),
                *[partial(cast.order, customer=buyer) for buyer in buyers],
                *[partial(cast.order, customer=buyer) for buyer in buyers],
            ]
        )
        assert not refusals(results), results
        assert sum(len(each.decided) for each in results[:2]) == len(waiting)
        consistent()
