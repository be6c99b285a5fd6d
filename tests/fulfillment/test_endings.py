"""What stays longer than its vendor lets it is ended by the worker: how, when, and never twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Event
from fulfillment.models import FulfillmentRequest
from fulfillment.services import endings
from tests import factories
from tierconfig.models import ServiceLevel, TierConfigRequest

pytestmark = pytest.mark.django_db

ORDER, SETUP = "subscription_request", "tier_config_request"


def rule(cast, entity, state, days):
    return ServiceLevel.objects.create(
        partner=cast.partners["vendor"],
        entity=entity,
        state=state,
        late=1,
        overdue=1,
        terminate=days,
    )


def after(**time):
    return timezone.now() + timedelta(**time)


def fresh(request):
    return type(request).objects.select_related("subscription").get(pk=request.pk)


def ended(request):
    return Event.objects.filter(object_id=request.pk, verb__endswith=".expire")


def test_nothing_ends_by_time_unless_the_vendor_says_so(cast):
    order = cast.order(product=cast.plain)
    rule(cast, ORDER, "pending", None)
    assert endings.end_overdue(now=after(days=900)) == 0
    assert fresh(order).state == "pending"


def test_an_order_is_rejected_on_its_day_once_with_the_rule_as_its_reason(cast):
    order = cast.order(product=cast.plain)
    own = rule(cast, ORDER, "pending", 20)
    assert endings.end_overdue(now=after(days=19, hours=23)) == 0
    late = after(days=20, minutes=1)
    assert endings.end_overdue(now=late) == 1
    assert endings.end_overdue(now=late) == 0
    order_now = fresh(order)
    assert (order_now.state, order_now.subscription.state) == ("failed", "terminated")
    assert order_now.reason == "Ended by time: Vendor ends what is Pending for 20 days."
    assert ended(order).get().role == "system"
    assert not endings._ended(order, own, late), "another worker had it in its list too"


def test_a_rule_that_was_switched_off_meanwhile_ends_nothing_more(cast):
    order = cast.order(product=cast.plain)
    own = rule(cast, ORDER, "pending", 2)
    ServiceLevel.objects.update(terminate=None)
    assert not endings._ended(order, own, after(days=3))
    assert fresh(order).state == "pending"


def test_a_setup_that_ends_takes_along_what_was_parked_on_it(cast):
    order = cast.order()
    rule(cast, SETUP, "inquiring", 5)
    rule(cast, SETUP, "tiers_setup", 5)
    assert endings.end_overdue(now=after(days=6)) == 1
    reasons = dict(TierConfigRequest.objects.values_list("configuration__tier_level", "reason"))
    said = "Ended by time: Vendor ends what is Inquiring for 5 days."
    assert reasons[2] == said
    assert reasons[1] == f"Tier 2 configuration was rejected: {said}"
    assert fresh(order).reason == f"Tier configuration was rejected: {said}"
    assert fresh(order).state == "failed"


def test_a_revocation_that_nobody_confirms_leaves_the_subscription_as_it_was(cast):
    order = cast.order(product=cast.plain)
    subscription = order.subscription
    type(subscription).objects.filter(pk=subscription.pk).update(state="active")
    FulfillmentRequest.objects.filter(pk=order.pk).update(
        state="revoking", type="suspend", reason="A mistake", planned_date=after(days=40)
    )
    rule(cast, ORDER, "revoking", 3)
    assert endings.end_overdue(now=after(days=4)) == 1
    assert (fresh(order).state, fresh(order).subscription.state) == ("failed", "active")


def test_drafts_are_discarded_when_nobody_touched_them(cast):
    order = cast.order(product=cast.plain)
    subscription = order.subscription
    FulfillmentRequest.objects.filter(pk=order.pk).update(state="draft", state_since=after(days=-9))
    type(subscription).objects.filter(pk=subscription.pk).update(state="draft")
    rule(cast, ORDER, "draft", 4)
    assert endings.end_overdue(now=after(days=3)) == 0
    assert endings.end_overdue(now=after(days=5)) == 1
    assert not FulfillmentRequest.objects.filter(pk=order.pk).exists()
    assert Event.objects.filter(object_id=order.pk, verb="fulfillmentrequest.discard").exists()


def test_other_vendors_requests_and_unseen_drafts_are_not_counted(cast):
    cast.order(product=cast.plain)
    FulfillmentRequest.objects.update(state_since=after(days=-9), updated_at=after(days=-9))
    own, other = cast.partners["vendor"], cast.partners["vendor2"]
    level = endings.Level(1, 2, 7)
    wanted = {(ORDER, "pending"): level, (ORDER, "draft"): level, (SETUP, "pending"): level}
    actor = cast.actor("vendor")
    assert endings.would_end(own, wanted, actor) == {(ORDER, "pending"): 1}
    assert endings.would_end(other, wanted, cast.actor("vendor2")) == {}
    factories.product(other)
    FulfillmentRequest.objects.update(state="draft")
    assert endings.would_end(own, wanted, actor) == {}
