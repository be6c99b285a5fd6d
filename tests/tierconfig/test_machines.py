"""Who may do what to configurations and their requests, in which state."""

import pytest
from django.utils import timezone

from customers.lifecycle import advance, available_steps
from tests.customers.matrix import check_completeness, check_machine, rows
from tests.factories import steps
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import requests as setups

REQUEST = (
    rows("distributor, admin, system", "draft", "submit")
    | rows("system", "draft", "submit_and_ask submit_and_park")
    | rows("system", "tiers_setup", "release ask cascade")
    | rows("vendor, admin", "pending", "approve inquire")
    | rows("vendor, distributor, admin", "pending inquiring", "fail")
    | rows("system", "pending inquiring", "expire")
    | rows("vendor, distributor, admin", "inquiring", "pend")
    | rows("reseller, distributor, admin, contact", "inquiring", "answer")
)
#: The same of a preview that the vendor began: it sends and answers in place of a buyer.
PREVIEW = (
    REQUEST - rows("distributor", "draft", "submit")
    | rows("vendor", "draft", "submit")
    | rows("vendor", "inquiring", "answer")
)
CONFIG = rows("system", "draft active", "process") | rows("system", "processing", "activate")


def take_request(request, step, actor):
    template = request.configuration.product.templates.get(scope="tier1")
    given = {
        "approve": {"template": template},
        "inquire": {"errors": {}, "message": "Which VAT number is it?"},
        "answer": {"values": {"tier1_vat": "DE1"}},
        "fail": {"reason": "No contract."},
        "pend": {},
    }
    if step in given:
        return getattr(setups, f"{step}_request")(request, actor=actor, **given[step])
    more = {"reason": "Tier 2 was rejected."} if step in ("cascade", "expire") else {}
    return advance(request, step, actor=actor, **more)


@pytest.fixture
def request_in(cast):
    cast.order()
    request = steps.setup(1)

    def in_state(state):
        TierConfigRequest.objects.filter(pk=request.pk).update(
            state=state,
            params={"tier1_vat": {"value": "DE1"}},
            reason="For a reason." if state == "failed" else "",
            decided_at=timezone.now() if state in ("approved", "failed") else None,
        )
        return TierConfigRequest.objects.get(pk=request.pk)

    return in_state


@pytest.fixture
def config_in(cast):
    cast.order()
    config = steps.config(1)

    def in_state(state):
        TierConfig.objects.filter(pk=config.pk).update(state=state, configured_at=timezone.now())
        return TierConfig.objects.get(pk=config.pk)

    return in_state


def test_the_matrix_of_requests(cast, request_in):
    check_machine(cast, request_in, take_request, REQUEST)


def test_the_matrix_of_requests_of_a_preview_begun_by_its_vendor(cast, request_in):
    TierConfigRequest.objects.update(environment="preview", creator=cast.partners["vendor"])
    check_machine(cast, request_in, take_request, PREVIEW)


def test_the_matrix_of_configurations(cast, config_in):
    check_machine(
        cast, config_in, lambda config, step, actor: advance(config, step, actor=actor), CONFIG
    )


def test_the_sets_name_every_transition():
    check_completeness(TierConfigRequest, REQUEST)
    check_completeness(TierConfig, CONFIG)


def test_a_tier_2_request_is_answered_by_who_operates_the_tier_2_account(cast):
    cast.order()
    tier2 = steps.setup(2)
    offered = {
        name: [step.name for step in available_steps(tier2, cast.actor(name))]
        for name in ("reseller", "parent")
    }
    assert offered == {"reseller": [], "parent": ["answer"]}
