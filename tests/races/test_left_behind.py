"""Workers that look for what is parked for nothing, beside approvals and beside each other."""

from collections import Counter
from functools import partial

import pytest

from customers import chores
from customers.models import Event
from fulfillment import receivers
from fulfillment.models import FulfillmentRequest
from fulfillment.services import repair
from tests.factories import steps
from tests.races.test_orders import awaiting_both, offered, states
from tests.races.threads import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
__all__ = ["offered"]


def releases(product):
    """How often each order of the product went on."""
    orders = FulfillmentRequest.objects.filter(subscription__product=product).values("pk")
    rows = Event.objects.filter(object_id__in=orders, from_state="tiers_setup")
    told = Counter(rows.values_list("object_id", flat=True))
    return [told[each["pk"]] for each in orders]


def put_off(caplog):
    return [each.getMessage() for each in caplog.records if each.name == chores.__name__]


def test_two_approvals_and_two_workers_release_an_order_once(cast, offered, consistent, caplog):
    vendor = cast.actor("vendor")
    for number in range(3):
        product, *both = awaiting_both(cast, offered, number)
        approvals = [partial(steps.approve, each, vendor) for each in both]
        together([*approvals, repair.release_left_behind, repair.release_left_behind])
        assert states(product) == ["pending"]
        assert releases(product) == [1, 1]
    assert put_off(caplog) == []
    consistent()


def test_what_was_left_behind_goes_on_once_for_all_workers(cast, consistent, monkeypatch, caplog):
    order, vendor = cast.order(), cast.actor("vendor")
    with monkeypatch.context() as forgetful:
        forgetful.setattr(receivers, "release_waiting", lambda _config: None)
        for level in (2, 1):
            steps.configure(level, vendor)
    done = together([repair.release_left_behind] * 3)
    assert sorted(done) == [0, 0, 1]
    assert steps.order(order.pk).state == "pending"
    assert releases(cast.product) == [1]
    assert put_off(caplog) == []
    consistent()
