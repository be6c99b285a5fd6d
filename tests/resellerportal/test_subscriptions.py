"""Subscriptions: the list and the parts of one."""

from __future__ import annotations

import pytest

from customers.models import TierAccount
from fulfillment.models import FulfillmentRequest
from fulfillment.services import requests as services
from tests import factories
from tests.resellerportal.config_pages import ids, main_of

PARTS = ("", "items", "parameters", "tiers", "requests", "details")


@pytest.fixture
def active(cast):
    """An active subscription of Mail Guard with a value in each phase."""
    factories.parameter(cast.plain, "asset", "mailbox")
    factories.parameter(cast.plain, "asset", "tenant", phase="fulfillment")
    order = cast.order(product=cast.plain, values={"asset": {"mailbox": "office"}})
    order = FulfillmentRequest.objects.get(pk=order.pk)
    template = cast.plain.templates.get()
    done = services.approve_request(
        order, actor=cast.actor("vendor"), template=template, values={"tenant": "K-17"}
    )
    return done.subscription


def test_each_role_lists_what_it_may_see(cast, pages, active):
    everybody = ("vendor", "distributor", "reseller", "parent", "admin")
    strangers = ("vendor2", "distributor2", "reseller2")
    seen = {n: ids(pages.get(n, "subscription-list"), "AS-") for n in (*everybody, *strangers)}
    assert seen == {n: {active.pk} for n in everybody} | {n: set() for n in strangers}


def test_tabs_part_the_list_by_state(cast, pages, active):
    under_way = cast.order().subscription
    assert ids(pages.get("vendor", "subscription-list"), "AS-") == {active.pk}
    assert ids(pages.get("vendor", "subscription-list", tab="open"), "AS-") == {under_way.pk}
    assert ids(pages.get("vendor", "subscription-list", tab="ended"), "AS-") == set()


def test_the_list_costs_the_same_for_fifty(cast, pages):
    def add(number):
        for _ in range(number):
            customer = factories.account(
                cast.partners["distributor"],
                TierAccount.objects.get(pk=cast.nordlicht.pk),
                type="customer",
            )
            cast.order(customer=customer, product=cast.plain)

    add(2)
    few = pages.queries("reseller", "subscription-list", tab="all")
    add(48)
    assert pages.queries("reseller", "subscription-list", tab="all", size="100") == few
    assert few <= 12


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_for_its_three_sides_only(cast, pages, active, part):
    for member in ("vendor", "distributor", "reseller", "parent", "admin"):
        page = pages.get(member, "subscription-detail", active.pk, part)
        assert page.status_code == 200, member
        assert "Mail Guard for Kirlin LLC" in main_of(page)
        assert pages.queries(member, "subscription-detail", active.pk, part) <= 14
    for member in ("vendor2", "distributor2", "reseller2"):
        assert pages.get(member, "subscription-detail", active.pk, part).status_code == 404


def test_an_unknown_part_does_not_exist(pages, active):
    assert pages.get("vendor", "subscription-detail", active.pk, "secrets").status_code == 404


def test_parts_show_text_values_items_and_requests(pages, active):
    assert "Welcome" in main_of(pages.get("reseller", "subscription-detail", active.pk))
    values = {
        member: main_of(pages.get(member, "subscription-detail", active.pk, "parameters"))
        for member in ("vendor", "reseller")
    }
    assert "K-17" in values["vendor"]
    assert "K-17" not in values["reseller"]
    assert "office" in values["reseller"]
    items = main_of(pages.get("vendor", "subscription-detail", active.pk, "items"))
    assert '<td class="num">5</td>' in items
    requests = main_of(pages.get("vendor", "subscription-detail", active.pk, "requests"))
    assert f"/vendor/orders/{active.requests.get().pk}/" in requests


def test_an_open_order_is_named_on_the_first_part(cast, pages):
    order = cast.order()
    page = main_of(pages.get("reseller", "subscription-detail", order.subscription_id))
    assert f"/reseller/orders/{order.pk}/" in page


def test_a_reseller_is_told_the_connection_and_no_hub(cast, pages):
    order = cast.order()
    way = order.subscription.connection
    shown = {"tab": "all", "connection": way.pk, "columns": "connection.hub"}
    told = {
        member: [
            main_of(pages.get(member, "subscription-detail", order.subscription_id, "details")),
            main_of(pages.get(member, "order-detail", order.pk, "details")),
            main_of(pages.get(member, "subscription-list", **shown)),
        ]
        for member in ("distributor", "reseller")
    }
    assert all(way.pk in page for pages_of in told.values() for page in pages_of)
    assert [way.hub.name in page for page in told["distributor"]] == [True] * 3
    assert not any(way.hub.name in page for page in told["reseller"])
    narrowed = pages.get("reseller", "subscription-list", tab="all", hub=way.hub.name)
    assert order.subscription_id in narrowed.content.decode()


def test_tiers_above_a_reseller_are_named_and_not_linked(cast, pages, active):
    page = main_of(pages.get("reseller", "subscription-detail", active.pk, "tiers"))
    assert "Umbrella Hanse" in page
    assert f"/accounts/{cast.umbrella.pk}/" not in page
    assert f"/accounts/{cast.nordlicht.pk}/" in page
