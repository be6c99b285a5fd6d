"""Webhooks that are carried by several workers, slow ones and killed ones among them."""

import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from customers import webhooks
from customers.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from tests import factories
from tests.customers.receiver import endpoint, message, receiving
from tests.customers.test_webhooks import State
from tests.customers.test_webhooks import _at_home as _at_home
from tests.customers.test_webhooks import vendor as vendor
from tests.tierconfig.services import dripping

pytestmark = pytest.mark.django_db


def test_one_that_hangs_keeps_no_other_waiting_and_gets_few_calls_at_once(vendor):
    with receiving() as slow, receiving() as quick:
        slow.free.clear()
        stuck, fine = endpoint(vendor, slow.url), endpoint(vendor, quick.url)
        early = timezone.now() - timedelta(hours=1)
        for _number in range(6):
            message(stuck, next_attempt_at=early)
            message(fine)
        courier, began = webhooks.Courier(), time.monotonic()
        while len(quick.taken) < 6:
            courier.step()
            assert time.monotonic() - began < 20
        assert len(slow.taken) == webhooks.PER_ENDPOINT
        slow.free.set()
        while courier.step():
            pass
        courier.drain()
    assert slow.most_at_once == webhooks.PER_ENDPOINT
    assert WebhookMessage.objects.filter(state=State.DELIVERED).count() == 12


def test_those_that_fail_get_a_part_of_a_workers_hands_only(vendor):
    with receiving(status=500) as broken, receiving() as quick:
        now = timezone.now()
        for _number in range(4):
            failing = endpoint(vendor, broken.url)
            message(failing, next_attempt_at=now - timedelta(days=1))
            message(failing, next_attempt_at=now - timedelta(days=1))
        WebhookEndpoint.objects.update(failing_since=now)
        message(endpoint(vendor, quick.url))
        limits = webhooks.HANDS, webhooks.HANDS_FOR_FAILING
        claimed = webhooks._claim("me", *limits, timezone.now())
    assert [parcel.failing for parcel in claimed] == [False, True, True]
    assert len({parcel.endpoint_id for parcel in claimed}) == 3


def test_whatever_a_server_does_is_over_in_time(vendor, settings):
    """It drips its head, it drips its body, it answers ten megabytes, it speaks no TLS."""
    settings.WEBHOOK_TIMEOUT = 1
    with (
        dripping(b"HTTP/1.1 200 OK\r\n") as head,
        dripping(b"HTTP/1.1 500 No\r\n\r\n") as failing,
        dripping(b"HTTP/1.1 200 OK\r\n\r\n") as endless,
        receiving(body=b"x" * 10 * 2**20) as long,
        receiving() as plain,
    ):
        urls = [head, failing, endless, long.url, plain.url.replace("http:", "https:")]
        found = [message(endpoint(vendor, url)) for url in [*urls, "http://127.0.0.1:9/"]]
        began = time.monotonic()
        assert webhooks.deliver_due() == 6
        assert time.monotonic() - began < 20
    tries = [each.tries.get() for each in found]
    assert [each.status for each in tries] == [None, 500, 200, 200, None, None]
    assert "in time" in tries[0].detail
    assert "cannot be reached" in tries[5].detail or "in time" in tries[5].detail


def test_what_a_killed_worker_held_is_sent_by_another_with_the_same_id(vendor):
    with receiving() as receiver:
        sent = message(endpoint(vendor, receiver.url))
        now = timezone.now()
        (parcel,) = webhooks._claim("dead", 8, 2, now)
        assert webhooks._carry(parcel).delivered
        assert webhooks.deliver_due() == 0
        assert webhooks.deliver_due(now + timedelta(minutes=3)) == 1
        # The first was only slow: it notes its try, and changes nothing any more.
        webhooks.settle(parcel, webhooks.Outcome(False, 500, 1, "late"), "dead")
    sent.refresh_from_db()
    assert sent.state == State.DELIVERED
    assert receiver.ids() == [str(sent.pk)] * 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_double_nothing_and_share_the_limit_of_an_endpoint():
    partner = factories.partner("vendor")
    with receiving() as one, receiving() as other:
        first, second = endpoint(partner, one.url), endpoint(partner, other.url)
        for _number in range(10):
            message(first)
            message(second)

        def work():
            try:
                while WebhookMessage.objects.filter(state=State.WAITING).exists():
                    webhooks.deliver_due()
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    for receiver in (one, other):
        assert len(set(receiver.ids())) == len(receiver.taken) == 10
        assert receiver.most_at_once <= webhooks.PER_ENDPOINT
    assert WebhookAttempt.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_a_worker_of_its_own_carries_them_and_a_killed_one_loses_none(settings, tmp_path):
    root = Path(__file__).resolve().parents[2]
    name = connection.settings_dict["NAME"]
    address = f"sqlite:///{name}"
    if connection.vendor != "sqlite":
        address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.customers.worker_settings",
        "DATABASE_URL": address,
        "WORKER_MAIL": str(tmp_path),
        "WEBHOOK_ALLOW_PRIVATE": "true",
        "WEBHOOK_TIMEOUT": "60",
    }
    with receiving() as receiver:
        receiver.free.clear()
        sent = message(endpoint(factories.partner("vendor"), receiver.url))
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "deliver", "--interval", "0.1"],
            cwd=root,
            env=environment,
        )
        try:
            deadline = time.monotonic() + 90
            while not receiver.taken:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        finally:
            worker.kill()
            worker.wait()
        assert WebhookAttempt.objects.count() == 0
        receiver.free.set()
        WebhookMessage.objects.update(claimed_until=timezone.now())
        call_command("deliver", "--once")
    assert receiver.ids() == [str(sent.pk)] * 2
    assert WebhookMessage.objects.get().state == State.DELIVERED
