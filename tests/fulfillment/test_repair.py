"""What an approval left parked is found by the worker, and goes on."""

import pytest

from fulfillment import receivers
from fulfillment.services import repair
from fulfillment.services import requests as orders
from tests.factories import steps
from tierconfig.receivers import check_configs
from tierconfig.services import requests as setups

pytestmark = pytest.mark.django_db


def problems():
    return [*receivers.check_subscriptions(None), *check_configs(None)]


def test_what_waits_for_nothing_any_more_goes_on_and_is_logged(cast, monkeypatch, caplog):
    order, vendor = cast.order(), cast.actor("vendor")
    assert repair.release_left_behind() == 0
    with monkeypatch.context() as forgetful:
        forgetful.setattr(setups, "release", lambda *_arguments: None)
        steps.configure(2, vendor)
    tier1 = steps.setup(1)
    assert tier1.state == "tiers_setup"
    assert problems() == [f"{tier1.pk}: parked although its tier 2 configuration is ready"]
    assert repair.release_left_behind() == 1
    asked = steps.setup(1)
    assert (asked.state, asked.inquiry_number) == ("inquiring", 1)
    with monkeypatch.context() as forgetful:
        forgetful.setattr(receivers, "release_waiting", lambda _config: None)
        steps.configure(1, vendor)
    assert problems() == [f"{order.pk}: parked, but it waits for nothing"]
    assert repair.release_left_behind() == 1
    assert steps.order(order.pk).state == "pending"
    assert problems() == []
    assert repair.release_left_behind() == 0
    assert [record.args for record in caplog.records if record.name == repair.__name__] == [
        (tier1.pk,),
        (order.pk,),
    ]


def test_what_was_withdrawn_meanwhile_stays_as_it_is(cast, monkeypatch):
    order = cast.order()
    monkeypatch.setattr(receivers, "release_waiting", lambda _config: None)
    for level in (2, 1):
        steps.configure(level, cast.actor("vendor"))
    orders.withdraw_request(order, actor=cast.actor("distributor"), reason="Not needed.")
    assert not repair._order_goes_on(order)
    assert steps.order(order.pk).state == "failed"
