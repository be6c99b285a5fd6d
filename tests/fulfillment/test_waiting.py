"""Who holds an order, and what each role may read of it."""

import pytest

from customers.models import TierAccount
from fulfillment.models import FulfillmentRequest
from fulfillment.services import waiting
from fulfillment.services.requests import approve_request, withdraw_request
from tests import factories
from tierconfig.models import Template, TierConfigRequest
from tierconfig.services import requests as tcr
from tierconfig.services.waiting import Wait
from tierconfig.services.waiting import chain as tcr_chain

pytestmark = pytest.mark.django_db


def open_request(tier):
    return TierConfigRequest.objects.get(configuration__tier_level=tier)


def approve(cast, tier):
    vendor = cast.actor("vendor")
    request = open_request(tier)
    values = {f"tier{tier}_vat": "DE1"}
    answered = tcr.answer_request(request, actor=cast.actor("distributor"), values=values)
    template = Template.objects.get(product=cast.product, scope=f"tier{tier}")
    return tcr.approve_request(answered, actor=vendor, template=template)


def reload(order):
    return FulfillmentRequest.objects.select_related("subscription", "vendor").get(pk=order.pk)


def test_a_parked_order_leads_through_tier_1_to_the_contact_of_tier_2(cast):
    order = cast.order()
    links = waiting.chain(reload(order), cast.actor("vendor"))
    first, second, third = links
    assert (first.id, first.wait) == (order.pk, Wait.CONFIGURATION)
    assert first.configuration.account_name == "Nordlicht Systemhaus GmbH"
    assert (second.id, second.state) == (open_request(1).pk, "tiers_setup")
    assert second.configuration.account_name == "Umbrella Hanse"
    assert (third.id, third.wait) == (open_request(2).pk, Wait.ANSWER)
    assert third.party == cast.umbrella.contact_email
    assert third.asked == ("Tier2 vat",)
    assert [link.holds for link in links] == [False, False, True]


def test_a_reseller_reads_no_contact_and_no_question_of_the_tier_above(cast):
    third = waiting.chain(reload(cast.order()), cast.actor("reseller"))[2]
    assert third.party == "Umbrella Hanse"
    assert (third.asked, third.asked_at, third.opens) == ((), None, False)


def test_a_reseller_opens_its_own_request_but_not_the_account_above(cast):
    links = waiting.chain(reload(cast.order()), cast.actor("reseller"))
    assert links[0].configuration.opens
    assert links[1].opens
    assert not links[1].configuration.opens


def test_the_parent_reads_its_own_contact_but_opens_no_request_of_its_child(cast):
    links = waiting.chain(reload(cast.order()), cast.actor("parent"))
    assert [link.opens for link in links] == [True, False, True]
    assert links[2].party == cast.umbrella.contact_email


def test_after_tier_2_the_chain_ends_at_tier_1(cast):
    order = cast.order()
    approve(cast, 2)
    links = waiting.chain(reload(order), cast.actor("distributor"))
    assert [link.id for link in links] == [order.pk, open_request(1).pk]
    assert links[1].party == cast.nordlicht.contact_email


def test_after_both_the_order_waits_for_the_vendor_and_then_for_nobody(cast):
    order = cast.order()
    approve(cast, 2)
    approve(cast, 1)
    (link,) = waiting.chain(reload(order), cast.actor("reseller"))
    assert (link.wait, link.party, link.holds) == (Wait.VENDOR, "Vendor", True)
    template = Template.objects.get(product=cast.product, type="fulfillment")
    approve_request(reload(order), actor=cast.actor("vendor"), template=template)
    assert waiting.chain(reload(order), cast.actor("vendor")) == []


def test_an_inquiring_order_names_its_contact_and_what_is_asked(cast):
    factories.parameter(cast.plain, "asset", "seats_for", required=True)
    order = reload(cast.order(product=cast.plain))
    (link,) = waiting.chain(order, cast.actor("reseller"))
    assert link.party == cast.kirlin.contact_email
    assert link.asked == ("Seats for",)


def test_two_independent_configurations_give_two_lines_for_the_order(cast):
    cast.order()
    TierConfigRequest.objects.filter(configuration__tier_level=1).update(
        parent_configuration=None, state="pending"
    )
    order = FulfillmentRequest.objects.select_related("subscription", "vendor").get()
    links = waiting.chain(order, cast.actor("vendor"))
    assert [link.id for link in links].count(order.pk) == 2
    assert sum(link.holds for link in links) == 2


def test_the_request_of_tier_1_has_the_same_chain_from_itself_on(cast):
    cast.order()
    links = tcr_chain(open_request(1), cast.actor("reseller"))
    assert [link.id for link in links] == [open_request(1).pk, open_request(2).pk]
    assert links[1].party == "Umbrella Hanse"


def test_a_page_of_orders_costs_three_queries(cast, django_assert_max_num_queries):
    orders = [cast.order(customer=customer) for customer in customers(cast, 6)]
    withdraw_request(orders.pop(), actor=cast.actor("distributor"), reason="Changed my mind")
    rows = list(FulfillmentRequest.objects.select_related("subscription", "vendor"))
    with django_assert_max_num_queries(3):
        found = waiting.chains(rows, cast.actor("vendor"))
    assert set(found) == {order.pk for order in orders}


def customers(cast, number):
    distributor = cast.partners["distributor"]
    return [
        factories.account(
            distributor, TierAccount.objects.get(pk=cast.nordlicht.pk), type="customer"
        )
        for _ in range(number)
    ]
