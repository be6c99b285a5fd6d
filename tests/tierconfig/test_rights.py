"""Who may do what beside the steps of the machines: each service × each member of the cast."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from customers.lifecycle import StaleState
from customers.models import Product
from tests.customers.matrix import MEMBERS, member
from tests.factories import steps
from tierconfig.models import TierConfigRequest
from tierconfig.services import (
    answer_drafts,
    configs,
    delegations,
    drafts,
    inquiry_care,
    processing,
    updates,
)
from tierconfig.services.assignment import assign_request

VENDORS = {"vendor", "admin"}
#: The ones that look after it: the vendor, and the distributor on the other side.
BOTH = {"vendor", "distributor", "admin"}
BUYERS = {"distributor", "reseller", "contact", "admin"}
#: Service -> (who may, what is done by `actor` with the request).
SERVICES = {
    "assign": (VENDORS, lambda r, actor: assign_request(r, actor=actor, user=None)),
    "edit values": (VENDORS, lambda r, actor: updates.update_request(r, actor=actor, values={})),
    "notes": (BOTH, lambda r, actor: updates.update_request(r, actor=actor, notes="Later.")),
    "remind": (BOTH, lambda r, actor: inquiry_care.remind_request(r, actor=actor)),
    "ask anew": (BOTH, lambda r, actor: inquiry_care.ask_new_contact(r, actor=actor)),
    "renew": (BOTH | {"contact"}, lambda r, actor: processing.renew_inquiry(r, actor=actor)),
    "save an answer": (
        BUYERS,
        lambda r, actor: answer_drafts.save_draft(r, actor=actor, values={}, shown=[]),
    ),
    "pass a question on": (
        BUYERS,
        lambda r, actor: delegations.delegate(
            r, actor=actor, email="c@company.example", names=["tier1_vat"]
        ),
    ),
}
CONFIG_SERVICES = {
    "request a change": (
        BOTH | {"reseller"},
        lambda c, actor: configs.request_change(c, actor=actor, values={"tier1_vat": "DE2"}),
    ),
    "adjust": (
        VENDORS,
        lambda c, actor: configs.adjust_config(c, actor=actor, values={"tier1_vat": "DE2"}),
    ),
    "save and apply": (
        VENDORS,
        lambda c, actor: configs.save_and_apply(
            c, actor=actor, values={"tier1_vat": "DE2"}, template=None
        ),
    ),
}
DRAFT_SERVICES = {
    "save": lambda r, actor: drafts.save_draft(r, actor=actor, values={"tier1_vat": "DE3"}),
    "submit": lambda r, actor: drafts.submit_request(r, actor=actor),
    "discard": lambda r, actor: drafts.discard_request(r, actor=actor),
}


class Undo(Exception):
    pass


def who_may(cast, obj, call):
    """Members that are not turned away; what else stands in their way does not matter here."""
    found = set()
    for name in MEMBERS:
        try:
            with transaction.atomic():
                call(type(obj).objects.get(pk=obj.pk), member(cast, name, obj))
                raise Undo
        except PermissionDenied:
            continue
        except (Undo, ValidationError, StaleState):
            found.add(name)
    return found


@pytest.mark.parametrize("name", SERVICES)
def test_requests(cast, name):
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    allowed, call = SERVICES[name]
    assert who_may(cast, steps.setup(1), call) == allowed


@pytest.mark.parametrize("name", CONFIG_SERVICES)
def test_configurations(cast, name):
    cast.order()
    steps.configure(2, cast.actor("vendor"))
    steps.configure(1, cast.actor("vendor"))
    allowed, call = CONFIG_SERVICES[name]
    assert who_may(cast, steps.config(1), call) == allowed


def begin(product, cast, actor):
    return configs.begin_setup(
        product=product,
        account=cast.nordlicht,
        tier_level=1,
        connection=cast.connection,
        marketplace=cast.market,
        actor=actor,
    )


def test_beginning_a_setup(cast):
    found = who_may(cast, cast.product, lambda product, actor: begin(product, cast, actor))
    assert found == {"distributor", "reseller", "admin"}


@pytest.mark.parametrize("name", DRAFT_SERVICES)
def test_drafts_belong_to_the_partner_that_began_them(cast, name):
    Product.objects.update(validates_setups=True)
    product = Product.objects.get(pk=cast.product.pk)
    draft = begin(product, cast, cast.actor("reseller"))
    assert draft.state == TierConfigRequest.State.DRAFT
    assert who_may(cast, draft, DRAFT_SERVICES[name]) == {"reseller", "admin", "system"}
