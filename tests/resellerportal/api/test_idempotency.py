"""A POST that is sent again with its Idempotency-Key is answered again and done once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import ApiCall, Hub, IdempotentAnswer, TierAccount
from customers.sealing import Sealed
from customers.services import idempotent_answers as answers
from resellerportal.api.config_requests import steps as configs
from resellerportal.api.requests import steps as orders
from tests.resellerportal.api.test_tier_account_changes import SENT

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.resellerportal.api.posting")]
BODY = {"name": "Blüte"}


@pytest.fixture
def hubs(cast):
    before = set(Hub.objects.values_list("pk", flat=True))
    return lambda: set(Hub.objects.values_list("pk", flat=True)) - before


def test_the_repetition_is_answered_and_not_done(api, hubs):
    client = api("distributor")
    first = client.post("/make", BODY, Idempotency_Key="order 1")
    again = client.post("/make", BODY, Idempotency_Key="order 1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["Content-Type"]) == (first.content, "application/json")
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert hubs() == {first.json()["id"]}
    client.post("/make", BODY)
    client.post("/make", BODY, Idempotency_Key="order 2")
    assert len(hubs()) == 3


def test_no_content_is_repeated_as_such(api, hubs):
    for _again in range(2):
        answer = api("distributor").post("/make", BODY | {"nothing": 1}, Idempotency_Key="a")
        assert (answer.status_code, answer.content) == (204, b"")
    assert len(hubs()) == 1


@pytest.mark.urls("config.urls")
def test_what_went_out_of_sight_is_not_told_again(api, cast):
    """Answered as whatever is not there, and not done anew."""
    client, body = api("distributor"), {**SENT, "parent": {"id": cast.nordlicht.pk}}
    one = client.post("/tier/accounts", body, Idempotency_Key="one")
    several = client.post("/tier/accounts", [body, body], Idempotency_Key="several")
    for first, key, sent in ((one, "one", body), (several, "several", [body, body])):
        assert client.post("/tier/accounts", sent, Idempotency_Key=key).content == first.content
    pk = several.json()[1]["id"]
    TierAccount.objects.filter(pk__in=[pk, one.json()["id"]]).update(
        provider=cast.partners["distributor2"]
    )
    for known, key, sent in ((one.json()["id"], "one", body), (pk, "several", [body, body])):
        again = client.post("/tier/accounts", sent, Idempotency_Key=key)
        assert (again.status_code, again.json()["errors"]) == (
            404,
            [f"Object `{known}` not found."],
        )
        assert "Idempotency-Replayed" not in again
    assert TierAccount.objects.filter(name=body["name"]).count() == 3


@pytest.mark.urls("config.urls")
def test_a_step_on_what_went_out_of_sight_is_not_told_again(api, cast):
    order = cast.order()
    note = {"text": "Hello"}
    sent = [("/requests/{}/assign", {}), ("/conversations/{}/messages", note)]
    for path, body in sent:
        first, again = (
            api("vendor").post(path.format(order.pk), body, Idempotency_Key=path)
            for _each in range(2)
        )
        assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")
    other = cast.partners["vendor2"]
    type(order).objects.filter(pk=order.pk).update(vendor=other)
    for path, body in sent:
        answer = api("vendor").post(path.format(order.pk), body, Idempotency_Key=path)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "NFND_000")
    assert ApiCall.objects.count() == 6


def test_the_same_key_for_something_else_is_refused(api, hubs):
    client = api("distributor")
    client.post("/make", BODY, Idempotency_Key="k")
    for path, body, query in (
        ("/make", {"name": "Other"}, ""),
        ("/make-too", BODY, ""),
        ("/make", BODY, "a=b"),
    ):
        answer = client.post(path, body, query, Idempotency_Key="k")
        assert answer.status_code == 422
        assert answer.json()["error_code"] == "IDEM_001"
    assert len(hubs()) == 1


def test_a_name_belongs_to_its_key(api, hubs):
    for client in (api("distributor"), api("distributor", {"account": "write"}), api("reseller")):
        answer = client.post("/make", BODY, Idempotency_Key="k")
        assert answer.status_code == 201
        assert "Idempotency-Replayed" not in answer
    assert len(hubs()) == 3


@pytest.mark.parametrize(("refuse", "status"), [("raise", 400), ("answer", 409)])
def test_refusals_leave_nothing_and_may_be_tried_again(api, hubs, refuse, status):
    client = api("distributor")
    for _again in range(2):
        answer = client.post("/make", BODY | {"refuse": refuse}, Idempotency_Key="k")
        assert answer.status_code == status
        assert "Idempotency-Replayed" not in answer
    assert not hubs()
    assert not IdempotentAnswer.objects.exists()
    assert client.post("/make", BODY, Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("name", ["", "x" * 256, "tab\tbed", "ä"])
def test_what_is_no_key_is_refused(api, hubs, name):
    answer = api("distributor").post("/make", BODY, Idempotency_Key=name)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["errors"][0]
    assert not hubs()


def test_who_may_not_write_is_refused_before_anything_is_looked_up(api, hubs):
    client = api("distributor", {"account": "read"})
    assert client.post("/make", BODY, Idempotency_Key="k").status_code == 403
    assert not hubs()


def test_what_asks_outside_of_transactions_is_done_once_too(api, hubs):
    client = api("distributor")
    first, again = (client.post("/outside", BODY, Idempotency_Key="k") for _each in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    assert again["Idempotency-Replayed"] == "true"
    assert len(hubs()) == 1
    for refuse, status in (("raise", 400), ("answer", 409)):
        refused = client.post("/outside", BODY | {"refuse": refuse}, Idempotency_Key=refuse)
        assert refused.status_code == status
    assert IdempotentAnswer.objects.count() == 1


def test_while_it_asks_a_second_one_is_told_to_wait_and_not_for_ever(api, hubs):
    client = api("distributor")
    client.post("/outside", BODY, Idempotency_Key="k")
    IdempotentAnswer.objects.update(status=0, body=Sealed())
    waiting = client.post("/outside", BODY, Idempotency_Key="k")
    assert (waiting.status_code, waiting["Retry-After"]) == (409, "3")
    assert waiting.json()["error_code"] == "IDEM_002"
    assert client.post("/outside", {"name": "x"}, Idempotency_Key="k").status_code == 422
    assert len(hubs()) == 1
    left = timezone.now() - answers.ACTING - timedelta(seconds=1)
    IdempotentAnswer.objects.update(created_at=left)
    assert client.post("/outside", BODY, Idempotency_Key="k").status_code == 201
    assert len(hubs()) == 2


@pytest.mark.parametrize(
    "view",
    [
        orders.Validate,
        orders.Submit,
        orders.Pend,
        configs.Validate,
        configs.Submit,
        configs.Pend,
    ],
)
def test_steps_that_ask_a_vendor_s_service_do_so_outside(view):
    assert view.asks_outside
