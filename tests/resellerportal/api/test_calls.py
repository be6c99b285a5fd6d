"""Keys that open or do not, how often they may call, and what is noted of it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.logs import MaskCodesFilter
from customers.models import ApiCall, ServiceUser
from customers.services import api_calls
from resellerportal.api import calls
from resellerportal.api.authentication import ApiKeyAuthentication, failures
from tests.resellerportal.api.conftest import ApiClient, key_of

pytestmark = pytest.mark.django_db
HUBS = "/public/v1/hubs"


@pytest.fixture(autouse=True)
def forgotten():
    failures.clear()
    yield
    failures.clear()


@pytest.fixture
def clock(monkeypatch):
    """The time, which stands still until it is moved."""
    moment = [datetime(2099, 1, 1, 12, 0, 50, tzinfo=UTC)]
    monkeypatch.setattr(timezone, "now", lambda: moment[0])

    def move(seconds: float) -> None:
        moment[0] += timedelta(seconds=seconds)

    return move


def test_all_reasons_sound_the_same(cast, settings):
    header = key_of(cast, "distributor")
    key = ServiceUser.objects.get()
    whole, other = ApiClient(header), ApiClient(header[:-1] + ("0" if header[-1] != "0" else "1"))
    assert whole.get("/hubs").status_code == 200
    answers = [other.get("/hubs"), ApiClient("Basic YTpi").get("/hubs"), ApiClient().get("/hubs")]
    ServiceUser.objects.update(active=False)
    answers.append(whole.get("/hubs"))
    ServiceUser.objects.update(active=True, expires_at=timezone.now())
    answers.append(whole.get("/hubs"))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert {answer["WWW-Authenticate"] for answer in answers} == {"ApiKey"}
    assert key.pk not in answers[0].content.decode()


def test_guessing_one_key_is_stopped_and_other_keys_open_from_there(cast, monkeypatch):
    header, other = key_of(cast, "distributor"), key_of(cast, "vendor")
    wrong, whole = ApiClient(header[:-4] + "zzzz"), ApiClient(header)
    for _try in range(ApiKeyAuthentication.PER_KEY):
        assert wrong.get("/hubs").status_code == 401
    stopped = wrong.get("/hubs")
    assert stopped.status_code == 429
    assert 0 < int(stopped["Retry-After"]) <= 60
    assert whole.get("/hubs").status_code == 429
    assert ApiClient(other).get("/hubs").status_code == 200
    assert whole.client.get(HUBS, headers=whole.headers, REMOTE_ADDR="10.1.1.1").status_code == 200
    monkeypatch.setattr(failures, "WINDOW", 0.0)
    assert whole.get("/hubs").status_code == 200


def test_guessing_many_keys_is_told_to_wait(monkeypatch, cast):
    monkeypatch.setattr(ApiKeyAuthentication, "PER_ADDRESS", 3)
    statuses = [
        ApiClient(f"ApiKey SU-000-000-00{number}:x").get("/hubs").status_code for number in range(5)
    ]
    assert statuses == [401, 401, 401, 429, 429]
    monkeypatch.setattr(failures, "MOST", 2)
    failures.add("10.0.0.1", "")
    assert len(failures._counts) == 2


def test_a_minute_has_so_many_calls_and_says_how_many_are_left(api, clock, settings):
    settings.API_RATE = 3
    client, other = api("distributor"), api("vendor")
    answers = [client.get("/hubs") for _call in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert {(answer["RateLimit-Limit"], answer["RateLimit-Reset"]) for answer in answers} == {
        ("3", "10")
    }
    assert answers[-1]["Retry-After"] == "10"
    assert answers[-1].json()["error_code"] == "LIM_001"
    assert other.get("/hubs")["RateLimit-Remaining"] == "2"
    assert client.get("/nothing").status_code == 429
    clock(10)
    assert client.get("/nothing").status_code == 404
    assert client.get("/hubs", "eq(")["RateLimit-Remaining"] == "1"
    settings.API_RATE = 0
    assert "RateLimit-Limit" not in client.get("/hubs")


def test_what_other_processes_answered_counts_too(api, clock, settings):
    settings.API_RATE = 3
    client = api("distributor")
    client.get("/hubs")
    key = ServiceUser.objects.get()
    ServiceUser.objects.update(calls=3)
    assert client.get("/hubs").status_code == 429
    ServiceUser.objects.update(calls_minute=key.calls_minute - 1)
    assert client.get("/hubs").status_code == 200


def test_calls_are_noted_with_what_they_asked_and_never_with_a_secret(api, cast, caplog):
    client = api("distributor")
    secret = client.headers["Authorization"].rpartition(":")[2]
    with caplog.at_level(logging.INFO, "tierdesk.api"):
        client.get(
            "/hubs", f"like(name,{client.headers['Authorization'][7:]})", X_Request_ID="a" * 9
        )
        client.get("/hubs/HB-1", "x=" + "y" * 600)
        ApiClient("ApiKey SU-000-000-000:guess").get("/hubs")
    key = ServiceUser.objects.get()
    first, second = ApiCall.objects.order_by("pk")
    assert (first.service_user, first.partner) == (key, cast.partners["distributor"])
    assert (first.method, first.status, first.request_id) == ("GET", 200, "a" * 9)
    assert first.path == f"{HUBS}?like(name,{key.pk}:…"
    assert (second.status, len(second.path), second.address) == (404, 500, "127.0.0.1")
    key.refresh_from_db()
    assert (key.last_used_at, key.calls) == (second.at, 2)
    lines = [record.getMessage() for record in caplog.records]
    assert f"key={key.pk} partner={key.partner_id} method=GET path={HUBS}?like" in lines[0]
    assert " status=200 ms=" in lines[0]
    assert lines[0].endswith("request=aaaaaaaaa")
    assert "refused key=SU-000-000-000 address=127.0.0.1" in lines
    assert [line for line in lines if line.startswith("key=- partner=- method=GET")]
    assert not [line for line in lines if secret in line or "guess" in line]
    record = logging.LogRecord("x", 20, "", 1, "sent %s", (client.headers["Authorization"],), None)
    assert MaskCodesFilter().filter(record)
    assert record.getMessage() == f"sent ApiKey {key.pk}:…"


def test_a_log_that_fails_fails_no_call_and_is_written_later(api, cast, monkeypatch, caplog):
    client = api("distributor")

    def refuse(_calls: Any) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(calls, "write_calls", refuse)
        assert client.get("/hubs").status_code == 200
    assert "a call could not be logged" in caplog.text
    assert ApiCall.objects.count() == 0
    assert calls.waiting.count(ServiceUser.objects.get().pk, api_calls.minute_of(timezone.now()))
    assert client.get("/hubs").status_code == 200
    assert ApiCall.objects.count() == 2


def test_a_key_opens_with_one_query_and_its_limit_asks_for_none(
    api, cast, monkeypatch, django_assert_num_queries
):
    client = api("distributor")
    monkeypatch.setattr(calls.waiting, "add", lambda call: None)
    with django_assert_num_queries(1):
        assert client.get("/nothing").status_code == 404
