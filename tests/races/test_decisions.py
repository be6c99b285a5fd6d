"""Two people decide at once: one winner, one answer that says who it was, one event."""

from functools import partial

import pytest

from customers import events
from customers.actors import Actor
from customers.lifecycle import StaleState
from customers.models import AccountAccess, Event
from customers.services.access import grant_access
from customers.services.accounts import edit_account
from customers.services.requests import accept_request, ignore_request
from fulfillment.services import requests as orders
from tests import factories
from tests.factories import steps
from tests.races.threads import refusals, together
from tierconfig.services import requests as setups
from tierconfig.services.configs import request_change

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 5


def one_winner(obj, *calls):
    """Race the calls; the states they lead to, each from the first state, one event of it."""
    before = Event.objects.filter(object_id=obj.pk).count()
    results = together(calls)
    refused = refusals(results)
    assert [type(each) for each in refused] == [StaleState] * (len(calls) - 1), results
    assert Event.objects.filter(object_id=obj.pk).count() == before + 1
    event = Event.objects.filter(object_id=obj.pk).latest("at")
    assert all(event.actor_name in each.message for each in refused)
    [winner] = [each for each in results if each not in refused]
    fresh = type(obj).objects.get(pk=obj.pk)
    assert (fresh.state, fresh.revision) == (winner.state, winner.revision)
    assert fresh.state == event.to_state
    return fresh


def test_accept_against_ignore(cast):
    cast.order()
    vendor = cast.actor("vendor")
    for number in range(ROUNDS):
        _account, [request] = edit_account(
            cast.kirlin, actor=cast.actor("distributor"), data={"city": f"City {number}"}
        )
        one_winner(
            request,
            partial(accept_request, request, actor=vendor),
            partial(ignore_request, request, actor=cast.actor("admin"), reason="Too late."),
            partial(accept_request, request, actor=vendor),
        )


def test_an_inquiry_is_answered_once(cast):
    for number in range(ROUNDS):
        product = factories.product(cast.partners["vendor"], authorization_level=1)
        factories.offer(product, cast.partners["distributor"])
        item = factories.item(product)
        factories.parameter(product, "tier1", "vat", required=True)
        cast.order(product=product, items={item.pk: 1})
        request = steps.setup(1, configuration__product=product)
        actors = [
            Actor.contact(request.inquiry_email, request.pk),
            cast.actor("reseller"),
            cast.actor("distributor"),
        ]
        calls = [
            partial(
                setups.answer_request, request, actor=actor, values={"vat": f"DE{number}{index}"}
            )
            for index, actor in enumerate(actors)
        ]
        fresh = one_winner(request, *calls)
        assert fresh.params["vat"]["value"].startswith(f"DE{number}")


def test_approve_against_reject_of_a_setup(cast):
    vendor, distributor = cast.actor("vendor"), cast.actor("distributor")
    for _round in range(ROUNDS):
        product = factories.product(cast.partners["vendor"], authorization_level=1)
        factories.offer(product, cast.partners["distributor"])
        item = factories.item(product)
        factories.parameter(product, "tier1", "vat")
        factories.template(product, "tier1")
        order = cast.order(product=product, items={item.pk: 1})
        request = steps.setup(1, configuration__product=product)
        fresh = one_winner(
            request,
            partial(steps.approve, request, vendor),
            partial(setups.fail_request, request, actor=distributor, reason="No contract."),
        )
        expected = "pending" if fresh.state == "approved" else "failed"
        assert steps.order(order.pk).state == expected


def test_approve_against_reject_of_an_order(cast, consistent):
    vendor = cast.actor("vendor")
    for _round in range(ROUNDS):
        order = cast.order(product=cast.plain)
        one_winner(
            order,
            partial(steps.fulfil, order, vendor),
            partial(orders.fail_request, order, actor=vendor, reason="Out of stock."),
        )
        subscription = steps.order(order.pk).subscription
        assert subscription.state in ("active", "terminated")
    consistent()


def test_an_answer_against_a_withdrawal(cast, consistent):
    factories.parameter(cast.plain, "asset", "domain", required=True)
    for _round in range(ROUNDS):
        order = cast.order(product=cast.plain)
        one_winner(
            order,
            partial(
                orders.answer_request, order, actor=cast.actor("reseller"), values={"domain": "a.b"}
            ),
            partial(
                orders.withdraw_request, order, actor=cast.actor("distributor"), reason="Twice."
            ),
        )
    consistent()


def test_a_change_is_requested_once(cast):
    vendor = cast.actor("vendor")
    cast.order()
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    for number in range(ROUNDS):
        config = steps.config(1)
        calls = [
            partial(
                request_change,
                config,
                actor=cast.actor(who),
                values={"tier1_vat": f"{who} {number}"},
            )
            for who in ("reseller", "distributor")
        ]
        [refused] = refusals(together(calls))
        assert refused.code == "open_request"
        steps.approve(steps.setup(1), vendor)


def test_an_account_gets_one_operator(cast):
    free = factories.account(cast.partners["distributor"], cast.umbrella, name="Free")
    partners = [factories.partner("reseller") for _number in range(3)]
    calls = [
        partial(
            grant_access,
            free,
            actor=cast.actor("distributor"),
            partner=partner,
            kind="operates",
        )
        for partner in partners
    ]
    assert len(refusals(together(calls))) == 2
    assert AccountAccess.objects.filter(account=free).count() == 1


def test_an_event_is_told_once(cast, monkeypatch):
    told = []
    monkeypatch.setattr(events, "_tellers", [lambda event: told.append(event.pk)])
    Event.objects.update(told_at=None)
    count = Event.objects.count()

    def deliver():
        while events.deliver_pending(limit=2):
            pass

    together([deliver] * 4)
    assert len(told) == len(set(told)) == count
