"""Who may do what to a tier account request, in which state."""

import pytest
from django.utils import timezone

from customers.models import TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.requests import accept_request, ignore_request
from customers.services.verdicts import decide_requests
from tests.customers.matrix import check_completeness, check_machine, rows

ALLOWED = rows("vendor, admin", "pending", "accept ignore")


def take(request, step, actor):
    if step == "accept":
        return accept_request(request, actor=actor)
    return ignore_request(request, actor=actor, reason="We keep the old city.")


@pytest.fixture
def request_in(cast):
    cast.order(product=cast.product)
    _account, [request] = edit_account(
        cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"}
    )

    def in_state(state):
        TierAccountRequest.objects.filter(pk=request.pk).update(
            state=state,
            decided_at=None if state == "pending" else timezone.now(),
            reason="" if state in ("pending", "accepted") else "For a reason.",
        )
        return TierAccountRequest.objects.get(pk=request.pk)

    return in_state


def test_the_matrix(cast, request_in):
    check_machine(cast, request_in, take, ALLOWED)


def take_with_others(request, step, actor):
    found = decide_requests([request], actor=actor, step=step, reason="We keep the old city.")
    if found.refused:
        raise found.refused[0]
    return found.decided[0]


def test_the_matrix_holds_for_many_at_once(cast, request_in):
    check_machine(cast, request_in, take_with_others, ALLOWED)


def test_the_set_names_every_transition():
    check_completeness(TierAccountRequest, ALLOWED)
