"""Mail leaves through a real server, by workers that may be killed."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from customers.models import DeliveryAttempt, Event
from resellerportal.sentences import sentence
from tests import factories
from tests.customers.test_outbox import vendor as vendor
from tierconfig.models import TierConfigRequest

pytestmark = pytest.mark.django_db(transaction=True)


ROOT = Path(__file__).resolve().parents[2]


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
