"""Events are told after their commit, at least once, by whoever is there to tell them."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from customers import events
from customers.actors import Actor
from customers.models import DeliveryAttempt, Event
from customers.services import notices
from resellerportal.sentences import sentence
from tests import factories
from tierconfig.models import TierConfigRequest

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tellers(monkeypatch, settings):
    """The registered tellers; nothing is told by itself."""
    settings.DELIVER_ON_COMMIT = "off"
    found = []
    monkeypatch.setattr(events, "_tellers", found)
    return found


@pytest.fixture
def vendor(db):
    return factories.partner("vendor")


def record(obj, verb="thing.done"):
    with transaction.atomic():
        return events.record(verb, obj, actor=Actor.system())


def later(**time):
    return timezone.now() + timedelta(**time)


def test_what_was_rolled_back_is_never_told(tellers, vendor, settings):
    settings.DELIVER_ON_COMMIT = "inline"
    heard = []
    tellers.append(lambda event: heard.append(event.verb))

    def rolled_back():
        with transaction.atomic():
            events.record("thing.undone", vendor, actor=Actor.system())
            raise InterruptedError

    with pytest.raises(InterruptedError):
        rolled_back()
    record(vendor)
    assert events.deliver_pending() == 0
    assert heard == ["thing.done"]


def test_an_event_is_told_after_its_transaction_not_in_it(tellers, vendor, settings):
    settings.DELIVER_ON_COMMIT = "inline"
    seen = []
    tellers.append(lambda event: seen.append(connection.in_atomic_block))
    with transaction.atomic():
        events.record("thing.done", vendor, actor=Actor.system())
        assert seen == []
    assert seen == [False]


def test_what_is_told_is_told_once(tellers, vendor):
    heard = []
    tellers.append(lambda event: heard.append(event.pk))
    record(vendor)
    assert events.deliver_pending() == 1
    assert events.deliver_pending(now=later(days=1)) == 0
    assert len(heard) == 1


def test_a_poisoned_event_backs_off_and_blocks_nothing(tellers, vendor):
    heard = []

    def teller(event):
        if event.verb == "thing.bad":
            raise RuntimeError("no")
        heard.append(event.verb)

    tellers.append(teller)
    bad = record(vendor, "thing.bad")
    record(vendor)
    assert events.deliver_pending() == 2
    assert heard == ["thing.done"]
    assert events.deliver_pending() == 0
    waits = []
    for _attempt in range(len(events.BACK_OFF) + 2):
        bad.refresh_from_db()
        waits.append(round((bad.next_attempt_at - timezone.now()).total_seconds()))
        events.deliver_pending(now=bad.next_attempt_at)
    assert waits[:3] == [5, 300, 1800]
    bad.refresh_from_db()
    assert bad.attempts == len(events.BACK_OFF) + 1
    assert bad.told_at is None


def test_a_worker_whose_claim_ran_out_leaves_the_event_to_the_one_that_took_it(tellers, vendor):
    """The first of two takes so long that another worker takes the second over."""
    heard = []

    def slow(event):
        heard.append(event.pk)
        if len(heard) == 1:
            Event.objects.exclude(pk=event.pk).update(claimed_by="another")

    tellers.append(slow)
    record(vendor)
    record(vendor)
    assert events.deliver_pending() == 2
    assert len(heard) == 1
    assert Event.objects.filter(told_at=None, claimed_by="another").count() == 1


def _share(tellers, vendor, amount, workers):
    heard = []
    lock = threading.Lock()

    def teller(event):
        time.sleep(0.002)
        with lock:
            heard.append((threading.get_ident(), event.pk))

    tellers.append(teller)
    for _number in range(amount):
        record(vendor)
    ready = threading.Barrier(workers)

    def work():
        try:
            ready.wait()
            while events.deliver_pending(5):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == amount
    assert len({pk for _thread, pk in heard}) == amount
    assert not Event.objects.filter(told_at=None).exists()
    return {thread for thread, _pk in heard}


def test_two_workers_double_nothing(tellers, vendor):
    _share(tellers, vendor, 30, 2)


@pytest.mark.postgres
def test_two_workers_share_the_work_without_waiting_for_each_other(tellers, vendor):
    assert len(_share(tellers, vendor, 60, 2)) == 2


@pytest.mark.postgres
def test_a_locked_row_is_skipped(tellers, vendor):
    heard = []
    tellers.append(lambda event: heard.append(event.pk))
    held, free = record(vendor), record(vendor)
    locked, done = threading.Event(), threading.Event()

    def lock():
        try:
            with transaction.atomic():
                Event.objects.select_for_update().get(pk=held.pk)
                locked.set()
                done.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=lock)
    thread.start()
    assert locked.wait(10)
    assert events.deliver_pending() == 1
    done.set()
    thread.join()
    assert heard == [free.pk]


class Inbox:
    """An SMTP server's handler that refuses what is in `refused`, with `answer`."""

    def __init__(self):
        self.refused = set()
        self.answer = "450 Try again later"
        self.taken = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.taken.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@contextmanager
def served(handler, settings):
    """A real mail server with this handler, at which all mail of the test goes; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = False
    settings.DELIVER_ON_COMMIT = "off"
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def inbox(settings):
    handler = Inbox()
    with served(handler, settings):
        yield handler


def test_a_real_mail_server_gets_the_mail_and_a_refused_address_is_tried_again(inbox):
    from tests.conftest import make_cast

    cast = make_cast()
    factories.user(cast.partners["vendor"], email="aaa@people.example")
    inbox.refused.add("aaa@people.example")
    cast.order(product=cast.plain)
    call_command("deliver", "--once")
    assert [to for to, _content in inbox.taken] == [["vendor@people.example"]]
    content = inbox.taken[0][1]
    for part in ("To: vendor@people.example", "multipart/alternative", "text/plain", "text/html"):
        assert part in content
    inbox.refused.clear()
    Event.objects.filter(told_at=None).update(next_attempt_at=timezone.now())
    call_command("deliver", "--once")
    assert [to for to, _content in inbox.taken][1:] == [["aaa@people.example"]]
    assert DeliveryAttempt.objects.filter(delivered=True).count() == 2
    assert DeliveryAttempt.objects.filter(delivered=False).count() == 1
    assert not Event.objects.filter(told_at=None).exists()


def test_an_address_that_does_not_exist_is_not_tried_again_and_the_request_says_so(inbox):
    from tests.conftest import make_cast

    cast = make_cast()
    cast.order()
    request = TierConfigRequest.objects.get(configuration__account=cast.umbrella)
    inbox.refused.add(request.inquiry_email)
    inbox.answer = "550 No such user"
    call_command("deliver", "--once")
    assert not Event.objects.filter(told_at=None).exists()
    attempt = DeliveryAttempt.objects.get(recipient=request.inquiry_email)
    assert (attempt.delivered, attempt.refused) == (False, True)
    told = Event.objects.get(verb="tierconfigrequest.mail_refused")
    assert told.reason == f"{request.inquiry_email}: 550 No such user"
    assert sentence(told) == "could not deliver a mail"


@pytest.mark.parametrize("answer", ["535 Sign in first", "503 Not now", "451 Greylisted"])
def test_what_the_server_says_of_the_session_is_no_word_about_the_address(inbox, answer):
    from tests.conftest import make_cast

    cast = make_cast()
    cast.order(product=cast.plain)
    inbox.refused.add("vendor@people.example")
    inbox.answer = answer
    call_command("deliver", "--once")
    assert not DeliveryAttempt.objects.get().refused
    assert Event.objects.filter(told_at=None).exists()


class Stalling(Inbox):
    """Takes a mail in, and does not answer to the first one: its sender never hears that it came."""

    async def handle_DATA(self, server, session, envelope):
        answer = await super().handle_DATA(server, session, envelope)
        if len(self.taken) == 1:
            await asyncio.sleep(60)
        return answer


def test_a_worker_that_is_killed_tells_nothing_twice_under_another_id(settings, tmp_path):
    """kill -9 of a real worker that is just sending; another one sends again, with the same id."""
    from tests.conftest import make_cast

    settings.DELIVER_ON_COMMIT = "off"
    cast = make_cast()
    cast.order(product=cast.plain)
    handler = Stalling()
    with served(handler, settings) as port:
        worker = start_worker(WORKER_MAIL=str(tmp_path), WORKER_SMTP=str(port))
        try:
            wait_until(lambda: handler.taken, worker)
        finally:
            worker.kill()
            worker.communicate()
        assert Event.objects.filter(told_at=None).exists()
        assert not DeliveryAttempt.objects.filter(delivered=True).exists()
        Event.objects.filter(told_at=None).update(claimed_until=timezone.now())
        call_command("deliver", "--once")
    first, second = (re.search("^Message-ID: .*", mail, re.M)[0] for _to, mail in handler.taken)
    assert first == second
    assert not Event.objects.filter(told_at=None).exists()


def test_two_workers_begin_the_daily_mail_of_a_member_once(settings):
    from tests.conftest import make_cast

    settings.DELIVER_ON_COMMIT = "off"
    cast = make_cast()
    cast.order(product=cast.plain)
    member = cast.users["vendor"].memberships.get()
    notices.put_by(Event.objects.earliest("at"), [(member, "order-decide")])
    ready, begun = threading.Barrier(2), []

    def work():
        try:
            ready.wait()
            begun.append(notices.begin_digests(later(days=2)))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begun) == [0, 1]
    assert Event.objects.filter(verb="user.digest").count() == 1


def start_worker(**variables):
    """A process of its own on this test's database."""
    address = (
        f"sqlite:///{connection.settings_dict['NAME']}"
        if connection.vendor == "sqlite"
        else urlsplit(os.environ["DATABASE_URL"])
        ._replace(path=f"/{connection.settings_dict['NAME']}")
        .geturl()
    )
    return subprocess.Popen(
        [sys.executable, "manage.py", "deliver", "--interval", "0.1"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.customers.worker_settings",
            "DATABASE_URL": address,
            **variables,
        },
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(done, worker):
    deadline = time.monotonic() + 90
    while not done():
        assert time.monotonic() < deadline, "the worker told nothing"
        assert worker.poll() is None, worker.stderr.read()
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_delivers_and_ends_cleanly_when_it_is_told_to(settings, tmp_path, number):
    """A process of its own on this test's database, with mail into files."""
    from tests.conftest import make_cast

    settings.DELIVER_ON_COMMIT = "off"
    cast = make_cast()
    cast.order(product=cast.plain)
    worker = start_worker(WORKER_MAIL=str(tmp_path))
    try:
        wait_until(lambda: not Event.objects.filter(told_at=None).exists(), worker)
        worker.send_signal(number)
        assert worker.wait(timeout=60) == 0
    finally:
        worker.kill()
        worker.communicate()
    assert "vendor@people.example" in "".join(path.read_text() for path in tmp_path.glob("*.log"))
