"""The queue of orders, and one order."""

from __future__ import annotations

import pytest

from customers.models import TierAccount
from fulfillment.models import FulfillmentRequest
from fulfillment.services import requests as services
from tests import factories
from tests.resellerportal.config_pages import (
    answer,
    configure,
    ids,
    main_of,
    setup_of,
    text_of,
)

EVERYBODY = (
    "vendor",
    "distributor",
    "reseller",
    "parent",
    "vendor2",
    "distributor2",
    "reseller2",
    "admin",
)


@pytest.fixture
def pending(cast):
    """An order of Mail Guard, which asks for nothing: it waits for the vendor."""
    return cast.order(product=cast.plain)


@pytest.fixture
def asked(cast):
    """An order whose customer is asked for the name of the mailbox."""
    factories.parameter(cast.plain, "asset", "mailbox", required=True)
    return cast.order(product=cast.plain)


def fresh(order):
    return FulfillmentRequest.objects.select_related("subscription").get(pk=order.pk)


def children(cast, number):
    return [
        factories.account(
            cast.partners["distributor"],
            TierAccount.objects.get(pk=cast.nordlicht.pk),
            name=f"Customer {index}",
            type="customer",
        )
        for index in range(number)
    ]


# ---- the list ----


def test_each_role_lists_what_it_may_see(cast, pages, pending):
    seen = {
        name: ids(pages.get(name, "order-list", tab="all"), "PR-") == {pending.pk}
        for name in EVERYBODY
    }
    inside = {"vendor", "distributor", "reseller", "parent", "admin"}
    assert {name for name, sees in seen.items() if sees} == inside


def test_tabs_follow_whose_turn_it_is(cast, pages, pending, asked):
    parked = cast.order()
    mine = {name: ids(pages.get(name, "order-list"), "PR-") for name in EVERYBODY[:4]}
    assert mine == {
        "vendor": {pending.pk},
        "distributor": {asked.pk},
        "reseller": {asked.pk},
        "parent": {asked.pk},
    }
    others = ids(pages.get("reseller", "order-list", tab="others"), "PR-")
    assert others == {pending.pk, parked.pk}
    services.withdraw_request(fresh(asked), actor=cast.actor("reseller"), reason="No need")
    assert ids(pages.get("vendor", "order-list", tab="done"), "PR-") == {asked.pk}


def test_the_list_says_for_whom_each_order_waits(cast, pages, pending, asked):
    parked = cast.order()
    text = text_of(pages.get("vendor", "order-list", tab="all"))
    assert cast.kirlin.contact_email in text
    assert "Umbrella Hanse (tier 2)" in text
    assert all(each.pk in text for each in (pending, asked, parked))


def test_the_list_is_searched_by_customer_external_id_and_filtered(cast, pages, pending):
    named = cast.order(product=cast.plain, external_id="PO-778")
    found = [
        ids(pages.get("vendor", "order-list", tab="all", **query), "PR-")
        for query in (
            {"q": "kirlin"},
            {"q": "po-778"},
            {"q": pending.pk[:12]},
            {"product": cast.product.pk},
            {"provider": cast.partners["distributor"].pk},
            {"state": "approved"},
            {"environment": "production"},
        )
    ]
    both = {pending.pk, named.pk}
    assert found == [both, {named.pk}, {pending.pk}, set(), both, set(), both]


def test_the_list_costs_the_same_for_fifty_orders(cast, pages):
    for customer in children(cast, 2):
        cast.order(customer=customer)
        cast.order(customer=customer, product=cast.plain)
    few = pages.queries("vendor", "order-list", tab="all")
    for customer in children(cast, 24):
        cast.order(customer=customer)
        cast.order(customer=customer, product=cast.plain)
    assert pages.queries("vendor", "order-list", tab="all", size="100") == few
    assert few <= 12


@pytest.mark.parametrize("value", ["\0", "x" * 5000, "%00", "'; --", "🐘" * 50])
def test_hostile_addresses_give_a_page(cast, pages, pending, value):
    for name in ("order-list", "subscription-list", "product-list"):
        for key in ("q", "tab", "state", "product", "order", "after", "provider"):
            assert pages.get("vendor", name, **{key: value}).status_code == 200


# ---- one order ----


def test_an_order_shows_its_chain_tiers_items_and_values(cast, pages):
    factories.parameter(cast.product, "asset", "mailbox")
    order = cast.order(values={"asset": {"mailbox": "office"}})
    page = pages.get("vendor", "order-detail", order.pk)
    text = main_of(page)
    assert "Purchase of Backup 360 for Kirlin LLC" in text
    for part in (
        "This order</strong>",
        "waits for the tier 1 configuration of",
        setup_of(1).pk,
        setup_of(2).pk,
        cast.umbrella.contact_email,
        "asked for Tier2 vat",
        cast.seats.name,
        "office",
    ):
        assert part in text


def test_a_reseller_reads_no_contact_and_no_value_of_tier_2(cast, pages):
    order = cast.order()
    answer(cast, 2)
    text = main_of(pages.get("reseller", "order-detail", order.pk))
    assert "Umbrella Hanse" in text
    assert cast.umbrella.contact_email not in text
    assert "DE002" not in text
    assert f"/config-requests/{setup_of(2).pk}" not in text
    assert f"/accounts/{cast.umbrella.pk}" not in text


def test_passwords_are_shown_to_the_vendor_only(cast, pages):
    factories.parameter(cast.plain, "asset", "secret", type="password")
    factories.parameter(cast.plain, "asset", "settings", type="object")
    order = cast.order(product=cast.plain, values={"asset": {"secret": "hunter2"}})
    order.params["settings"] = {"structured_value": {"deep": "thought"}}
    FulfillmentRequest.objects.filter(pk=order.pk).update(params=order.params)
    shown = {
        name: main_of(pages.get(name, "order-detail", order.pk))
        for name in ("vendor", "admin", "distributor", "reseller")
    }
    assert [("hunter2" in text) for text in shown.values()] == [True, False, False, False]
    assert "thought" not in shown["reseller"]


def test_a_foreign_order_does_not_exist_and_a_foreign_portal_is_closed(pages, pending):
    for member in ("vendor2", "distributor2", "reseller2"):
        assert pages.get(member, "order-detail", pending.pk).status_code == 404
    for member, portal in (("reseller", "vendor"), ("vendor", "distributor")):
        assert pages.get(member, "order-detail", pending.pk, portal=portal).status_code == 403


def test_a_detail_page_costs_a_bounded_number_of_queries(cast, pages):
    order = cast.order()
    for member in ("vendor", "distributor", "reseller"):
        assert pages.queries(member, "order-detail", order.pk) <= 19


def test_each_state_offers_each_role_its_own_steps(cast, pages, pending, asked):
    def steps(member, order):
        text = main_of(pages.get(member, "order-detail", order.pk))
        names = ("approve", "inquire", "fail", "pend", "renew", "answer", "withdraw")
        return {name for name in names if f"/orders/{order.pk}/{name}/" in text}

    assert steps("vendor", pending) == {"approve", "inquire", "fail"}
    assert steps("distributor", pending) == steps("reseller", pending) == set()
    assert steps("vendor", asked) == {"pend", "fail", "renew"}
    assert steps("distributor", asked) == {"pend", "renew", "answer", "withdraw"}
    assert steps("reseller", asked) == {"answer", "withdraw"}
    assert steps("distributor", cast.order()) == {"withdraw"}


def test_a_configured_chain_shows_active_configurations_in_the_tiers(cast, pages):
    configure(cast)
    order = cast.order()
    text = main_of(pages.get("vendor", "order-detail", order.pk))
    assert text.count("fa-check") >= 2
    assert "waits for a decision by" in text


# ---- forty orders before lunch ----


def test_the_list_counts_what_waits_and_leaves_out_for_whom_when_it_is_the_reader(
    cast, pages, pending
):
    page = main_of(pages.get("vendor", "order-list"))
    assert "1 waiting for you" in page
    assert "Waiting for</th>" not in page
    assert "Waiting for</th>" in main_of(pages.get("vendor", "order-list", tab="all"))


def test_an_empty_queue_says_so_and_leads_to_the_rest(cast, pages, pending):
    page = main_of(pages.get("reseller", "order-list"))
    assert "Nothing waits for you" in page
    assert 'href="?tab=all">Show all</a>' in page


def test_an_empty_directory_offers_the_first_step(cast, pages):
    page = main_of(pages.get("reseller", "order-list"))
    assert page.count("Place an order") == 2
    assert "Show all" not in page


def test_an_order_that_waits_for_somebody_else_offers_the_next_one(cast, pages, pending, asked):
    head = main_of(pages.get("vendor", "order-detail", asked.pk)).partition("facts")[0]
    assert f'/vendor/orders/{pending.pk}/" rel="next"' in head
    assert 'rel="next"' not in main_of(pages.get("vendor", "order-detail", pending.pk))
    services.fail_request(fresh(pending), actor=cast.actor("vendor"), reason="No contract")
    assert 'rel="next"' not in main_of(pages.get("vendor", "order-detail", pending.pk))
    assert 'rel="next"' not in main_of(pages.get("distributor", "order-detail", pending.pk))


def test_who_may_answer_is_told_so_beside_who_was_asked(cast, pages, asked):
    told = "you can answer here, too"
    assert told in main_of(pages.get("reseller", "order-detail", asked.pk))
    assert told in main_of(pages.get("distributor", "order-detail", asked.pk))
    assert told not in main_of(pages.get("vendor", "order-detail", asked.pk))
