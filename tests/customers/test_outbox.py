"""Events are told after their commit, at least once, by whoever is there to tell them."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from customers import events
from customers.actors import Actor
from customers.models import Event
from customers.services import notices
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


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
