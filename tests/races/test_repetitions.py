"""The same POST of a key sent twice at once, with one Idempotency-Key."""

from __future__ import annotations

import time
from functools import partial

import pytest

from customers.models import ApiCall, Hub, IdempotentAnswer, ServiceUser
from customers.services import service_users
from resellerportal.api import calls
from tests.races.threads import together
from tests.resellerportal.api.conftest import ApiClient, key_of

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.resellerportal.api.posting"),
]


def test_one_acts_and_the_others_get_its_answer(cast):
    header = key_of(cast, "distributor")
    for number in range(3):
        before = Hub.objects.count()
        body = {"name": f"Hub {number}", "slow": True}
        send = partial(ApiClient(header).post, "/make", body, Idempotency_Key=f"order {number}")
        answers = together([send, send, send])
        assert [answer.status_code for answer in answers] == [201, 201, 201]
        assert len({answer.content for answer in answers}) == 1
        assert sorted(answer.has_header("Idempotency-Replayed") for answer in answers) == [
            False,
            True,
            True,
        ]
        assert Hub.objects.count() == before + 1
    assert ApiCall.objects.count() == 9
    assert ServiceUser.objects.get().calls <= 9


def test_who_waited_for_one_that_failed_acts_itself(cast):
    header = key_of(cast, "distributor")
    before = Hub.objects.count()
    body = {"name": "Hub", "slow": True, "refuse": "raise"}
    send = partial(ApiClient(header).post, "/make", body, Idempotency_Key="order")
    answers = together([send, send])
    assert [answer.status_code for answer in answers] == [400, 400]
    assert Hub.objects.count() == before
    assert not IdempotentAnswer.objects.exists()


def test_the_last_place_for_a_key_is_taken_once(cast, monkeypatch):
    monkeypatch.setattr(service_users, "MOST", 1)
    actor = cast.actor("vendor", "administrator")
    make = partial(
        service_users.create_service_user, actor=actor, name="Key", rights={"account": "read"}
    )
    together([make, make])
    assert ServiceUser.objects.count() == 1


def test_a_thread_writes_what_was_called(cast, settings, monkeypatch):
    settings.API_CALLS = "thread"
    monkeypatch.setattr(calls.waiting, "PAUSE", 0.05)
    client = ApiClient(key_of(cast, "distributor"))
    for _call in range(4):
        assert client.get("/make").status_code == 405
    patience = time.monotonic() + 10
    while ApiCall.objects.count() < 4 and time.monotonic() < patience:
        time.sleep(0.02)
    assert ApiCall.objects.filter(status=405).count() == 4
    assert ServiceUser.objects.get().last_used_at
