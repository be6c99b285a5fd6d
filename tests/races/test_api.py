"""Keys of the API that act at the same moment: one winner, the others are told, nothing twice."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest

from customers.models import AccountVersion, Event, TierAccount
from fulfillment.models import FulfillmentRequest
from resellerportal.api.config_requests import steps as config_steps
from tests.factories import steps
from tests.races.threads import PATIENCE, together
from tests.resellerportal.api.conftest import ApiClient, key_of
from tests.resellerportal.api.test_requests import purchase

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 3


def codes(answers: list[Any]) -> list[tuple[int, str]]:
    found = [(each.status_code, each.json().get("error_code", "")) for each in answers]
    return sorted(found)


def test_two_keys_decide_a_request_once(cast):
    keys = [ApiClient(key_of(cast, "vendor")) for _number in range(2)]
    template = cast.plain.templates.get().pk
    for _number in range(ROUNDS):
        order = cast.order(product=cast.plain)
        before = Event.objects.filter(object_id=order.pk).count()
        path = f"/requests/{order.pk}"
        answers = together(
            [
                partial(keys[0].post, f"{path}/approve", {"template_id": template}),
                partial(keys[1].post, f"{path}/fail", {"reason": "Too late."}),
                partial(keys[1].post, f"{path}/approve", {"template_id": template}),
            ]
        )
        assert codes(answers) == [(200, ""), (400, "PR_001"), (400, "PR_001")]
        [winner] = [each.json()["status"] for each in answers if each.status_code == 200]
        assert FulfillmentRequest.objects.get(pk=order.pk).state == winner
        assert Event.objects.filter(object_id=order.pk).count() == before + 1


def test_an_external_id_is_ordered_once(cast):
    key = ApiClient(key_of(cast, "distributor"))
    for number in range(ROUNDS):
        body = purchase(cast, external_uid=f"twice-{number}", external_id=f"4711-{number}")
        answers = together([partial(key.post, "/requests", body)] * 3)
        assert codes(answers) == [(201, ""), (409, "PR_002"), (409, "PR_002")]
        made = FulfillmentRequest.objects.filter(subscription__external_uid=f"twice-{number}")
        known = {each.json()["params"]["request_id"] for each in answers if each.status_code == 409}
        assert known == {made.get().pk}


def test_the_same_change_of_an_account_is_one_version(cast):
    cast.order()
    key = ApiClient(key_of(cast, "distributor"))
    path = f"/tier/accounts/{cast.kirlin.pk}"
    for number in range(ROUNDS):
        before = AccountVersion.objects.filter(account=cast.kirlin).count()
        body = {"contact_info": {"city": f"City {number}"}}
        answers = together([partial(key.put, path, body)] * 3)
        assert codes(answers) == [(200, "")] * 3
        assert {each.json()["contact_info"]["city"] for each in answers} == {f"City {number}"}
        assert AccountVersion.objects.filter(account=cast.kirlin).count() == before + 1
    assert TierAccount.objects.get(pk=cast.kirlin.pk).version == ROUNDS + 1


def test_a_step_that_asks_a_service_is_taken_once_for_one_idempotency_key(cast, monkeypatch):
    answered = config_steps.validated_answer
    refused = threading.Semaphore(0)

    def slow(*args: Any, **kwargs: Any) -> Any:
        """Done when the two others have their answers."""
        assert all(refused.acquire(timeout=PATIENCE / 3) for _other in range(2))
        return answered(*args, **kwargs)

    monkeypatch.setattr(config_steps, "validated_answer", slow)
    cast.order()
    asked = steps.setup(2)
    key = ApiClient(key_of(cast, "distributor"))
    path = f"/tier/config-requests/{asked.pk}/pend"
    send = partial(
        key.post, path, {"params": [{"id": "tier2_vat", "value": "DE1"}]}, Idempotency_Key="answer"
    )

    def told_at_once() -> Any:
        answer = send()
        if answer.status_code == 409:
            refused.release()
        return answer

    before = Event.objects.filter(object_id=asked.pk).count()
    answers = together([told_at_once] * 3)
    told = sorted(each.status_code for each in answers)
    assert told == [204, 409, 409]
    assert all(each.json()["error_code"] == "IDEM_002" for each in answers if each.content)
    assert send().has_header("Idempotency-Replayed")
    assert Event.objects.filter(object_id=asked.pk).count() == before + 1
