"""Who waits reminds who holds: whom, how often, and who may not."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from customers.lifecycle import StaleState
from customers.models import Event, Holding, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.requests import accept_request
from fulfillment.models import FulfillmentRequest
from fulfillment.services import nudges
from fulfillment.services.requests import fail_request
from tierconfig.models import TierConfigRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast):
    """It waits for the vendor."""
    return cast.order(product=cast.plain)


@pytest.fixture
def parked(cast):
    """It waits for tier 1, that for tier 2, and that for the contact of Umbrella."""
    order = cast.order()
    TierConfigRequest.objects.update(inquiry_sent_at=timezone.now() - timedelta(hours=2))
    return order


def setup(tier):
    return TierConfigRequest.objects.get(configuration__tier_level=tier)


def events(step):
    return Event.objects.filter(verb__endswith=f".{step}")


def code(cast, request, member):
    with pytest.raises(ValidationError) as refused:
        nudges.nudge_request(request, actor=cast.actor(member))
    return refused.value.code


def test_the_vendor_is_told_once_a_day_whoever_waits(cast, order):
    nudges.nudge_request(order, actor=cast.actor("reseller"))
    assert code(cast, order, "distributor") == "early"
    Holding.objects.update(nudged_at=timezone.now() - timedelta(hours=25))
    nudges.nudge_request(order, actor=cast.actor("distributor"))
    assert Holding.objects.get(object_id=order.pk).nudges == 2
    assert [event.partner.name for event in events("nudge").order_by("at")] == [
        "Reseller",
        "Distributor",
    ]


def test_what_is_parked_leads_to_the_contact_at_the_end_of_the_chain(cast, parked):
    nudges.nudge_request(parked, actor=cast.actor("reseller"))
    (event,) = events("remind")
    assert event.object_id == setup(2).pk
    assert (event.data["email"], event.data["number"]) == (cast.umbrella.contact_email, 1)
    assert code(cast, setup(1), "vendor") == "early"
    assert Holding.objects.get(object_id=parked.pk).nudges == 0


def test_the_change_of_an_account_waits_for_its_vendor_alone(cast, order, settings):
    settings.NUDGES_PER_DAY = 1
    cast.order()
    edit_account(cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"})
    request = TierAccountRequest.objects.select_related("vendor").get(product=cast.product)
    for actor in (cast.actor("vendor"), cast.actor("reseller", "viewer"), cast.actor("admin")):
        with pytest.raises(PermissionDenied):
            nudges.nudge_request(request, actor=actor)
    nudges.nudge_request(request, actor=cast.actor("reseller"))
    assert code(cast, request, "distributor") == "early"
    assert code(cast, order, "reseller") == "often"
    assert Holding.objects.get(object_id=request.pk).nudges == 1
    accept_request(request, actor=cast.actor("vendor"))
    with pytest.raises(StaleState):
        nudges.nudge_request(request, actor=cast.actor("distributor"))


def test_a_link_that_expired_is_renewed_with_the_reminder(cast, parked):
    TierConfigRequest.objects.update(inquiry_sent_at=timezone.now() - timedelta(days=31))
    before = setup(2).inquiry_number
    nudges.nudge_request(setup(2), actor=cast.actor("vendor"))
    assert setup(2).inquiry_number == before + 1


def test_who_holds_it_who_only_reads_and_a_contact_just_asked_are_left_alone(cast, order, parked):
    refused = [
        (order, cast.actor("vendor")),
        (order, cast.actor("distributor", "viewer")),
        (order, cast.actor("admin")),
        (parked, cast.actor("parent")),
        (setup(2), cast.actor("parent")),
    ]
    for request, actor in refused:
        with pytest.raises(PermissionDenied):
            nudges.nudge_request(request, actor=actor)
    TierConfigRequest.objects.update(inquiry_sent_at=timezone.now())
    assert code(cast, parked, "reseller") == "early"
    assert not events("nudge").exists()
    assert not events("remind").exists()


def test_a_member_has_only_so_many_in_a_day(cast, order, settings):
    settings.NUDGES_PER_DAY = 1
    nudges.nudge_request(order, actor=cast.actor("distributor"))
    other = cast.order(product=cast.plain)
    assert code(cast, other, "distributor") == "often"
    nudges.nudge_request(other, actor=cast.actor("reseller"))


def test_nobody_is_reminded_of_what_is_decided(cast, order):
    fail_request(order, actor=cast.actor("vendor"), reason="No")
    decided = FulfillmentRequest.objects.select_related("vendor").get(pk=order.pk)
    with pytest.raises(StaleState):
        nudges.nudge_request(decided, actor=cast.actor("distributor"))
