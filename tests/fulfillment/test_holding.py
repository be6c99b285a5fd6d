"""Who held a request how long: segments without gap, whose sum is its age."""

from datetime import timedelta
from importlib import import_module
from itertools import pairwise

import pytest
from django.apps import apps

from customers import holding
from customers.models import Event, Holding
from customers.services.accounts import edit_account
from customers.services.requests import accept_request
from fulfillment.models import FulfillmentRequest
from fulfillment.services import requests as orders
from tests import factories
from tierconfig.models import Template, TierConfigRequest
from tierconfig.services import drafts

pytestmark = pytest.mark.django_db

COLUMNS = ("object_id", "state", "holder", "partner", "account", "started_at", "ended_at")


def segments(obj):
    rows = Holding.objects.filter(object_id=obj.pk).order_by("started_at", "pk")
    return list(rows.values_list("state", "holder", "partner__name", "account__name"))


@pytest.fixture
def decided(cast):
    """An order that was asked for, answered, asked again, taken back, and approved."""
    factories.parameter(cast.plain, "asset", "seats_for", required=True)
    order = cast.order(product=cast.plain)
    buyer, vendor = cast.actor("distributor"), cast.actor("vendor")
    order = orders.answer_request(order, actor=buyer, values={"seats_for": "Sales"})
    order = orders.inquire_request(order, actor=vendor, errors={}, message="Really?")
    order = orders.pend_request(order, actor=vendor)
    template = Template.objects.get(product=cast.plain, type="fulfillment")
    return orders.approve_request(order, actor=vendor, template=template)


def test_an_order_goes_from_holder_to_holder_and_the_sum_is_its_age(decided):
    vendor, contact = ("vendor", "Vendor", None), ("contact", None, "Kirlin LLC")
    assert segments(decided) == [
        ("inquiring", *contact),
        ("pending", *vendor),
        ("inquiring", *contact),
        ("pending", *vendor),
    ]
    rows = list(Holding.objects.filter(object_id=decided.pk).order_by("started_at"))
    assert all(one.ended_at == other.started_at for one, other in pairwise(rows))
    total = sum((row.ended_at - row.started_at for row in rows), timedelta())
    assert total == decided.decided_at - decided.created_at
    assert holding.problems() == []


def test_what_is_parked_is_held_by_a_configuration_and_a_change_of_an_account_by_its_vendor(cast):
    order = cast.order()
    assert segments(order) == [("tiers_setup", "configuration", None, None)]
    _account, [request] = edit_account(
        cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"}
    )
    accept_request(request, actor=cast.actor("vendor"))
    assert segments(request) == [("pending", "vendor", "Vendor", None)]
    assert holding.problems() == []


def test_a_draft_that_is_given_up_leaves_no_holder_behind(cast):
    distributor = cast.actor("distributor")
    cast.order()
    setup = TierConfigRequest.objects.get(configuration__account=cast.umbrella)
    Holding.objects.filter(object_id=setup.pk).update(state="draft")
    TierConfigRequest.objects.filter(pk=setup.pk).update(state="draft", creator=distributor.partner)
    drafts.discard_request(TierConfigRequest.objects.get(pk=setup.pk), actor=distributor)
    assert not Holding.objects.filter(object_id=setup.pk).exists()


def test_a_missing_and_a_wrong_segment_are_found(cast, decided):
    first, second, third, _fourth = Holding.objects.filter(object_id=decided.pk).order_by("pk")
    second.delete()
    assert holding.problems() == [f"{decided.pk}: its holders do not follow each other without gap"]
    Holding.objects.filter(pk__in=[first.pk, third.pk]).delete()
    assert holding.problems() == [f"{decided.pk}: its holders are not recorded from its beginning"]
    other = cast.order(product=cast.plain)
    Holding.objects.filter(object_id=other.pk).update(object_id="PR-1")
    assert set(holding.problems()) >= {
        f"{other.pk}: who holds it now is not recorded",
        "PR-1: held, but it is not there",
    }


def test_segments_of_earlier_requests_are_made_from_their_events(cast, decided):
    cast.order()
    edit_account(cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"})
    known = {row[:5] for row in Holding.objects.values_list(*COLUMNS)}
    untold = cast.order(product=cast.plain)
    Event.objects.filter(object_id=untold.pk).delete()
    backfill = import_module("fulfillment.migrations.0006_holdings_of_earlier_requests").backfill
    backfill(apps, None)
    found = {row[:5] for row in Holding.objects.values_list(*COLUMNS)}
    assert known < found
    state = FulfillmentRequest.objects.get(pk=untold.pk).state
    assert [row[0] for row in segments(untold)] == [state]
    assert holding.problems() == []
