"""The same POST of a key sent twice at once, with one Idempotency-Key."""

from __future__ import annotations

from functools import partial

import pytest

from customers.models import ApiCall, Hub, IdempotentAnswer, ServiceUser
from customers.services import service_users
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
