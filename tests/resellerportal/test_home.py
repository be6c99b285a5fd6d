"""The home pages: what waits for whom."""

from __future__ import annotations

import pytest

from customers.models import TierAccount
from customers.services.accounts import edit_account
from fulfillment.models import FulfillmentRequest
from fulfillment.services.requests import approve_request
from resellerportal.drawing import charts
from resellerportal.home import durations
from tests import factories
from tests.resellerportal.config_pages import main_of, setup_of


def busy(cast, number=1):
    """Requests of every kind in several states."""
    for _ in range(number):
        customer = factories.account(
            cast.partners["distributor"],
            TierAccount.objects.get(pk=cast.nordlicht.pk),
            type="customer",
        )
        cast.order(customer=customer)
        order = cast.order(customer=customer, product=cast.plain)
        edit_account(
            TierAccount.objects.get(pk=customer.pk),
            actor=cast.actor("distributor"),
            data={"city": "Kiel"},
        )
    return order


def test_the_vendor_sees_its_queue_its_partners_turn_and_what_is_parked(cast, pages):
    order = busy(cast)
    page = main_of(pages.get("vendor", "home"))
    assert f"/vendor/orders/{order.pk}/" in page
    assert "/vendor/account-requests/TAR-" in page
    assert "Parked orders" in page
    assert cast.umbrella.contact_email in page
    assert "1 configuration request" in page


def test_the_distributor_sees_on_whom_others_wait(cast, pages):
    busy(cast)
    page = main_of(pages.get("distributor", "home"))
    assert "Nothing waits for you" in page
    others = page.partition('id="others"')[2]
    assert "<strong>Vendor</strong>" in others
    assert "1 account request" in others
    assert "<strong>Umbrella Hanse</strong>" in others


def test_the_parent_is_told_that_its_configuration_needs_attention(cast, pages):
    cast.order()
    page = main_of(pages.get("parent", "home"))
    assert "Reseller Authorization" in page
    assert '<span class="figure">1</span>' in page
    assert f"/reseller/config-requests/{setup_of(2).pk}/" in page


def test_a_reseller_reads_nothing_of_the_tier_above_here_either(cast, pages):
    cast.order()
    page = main_of(pages.get("reseller", "home"))
    assert cast.umbrella.contact_email not in page
    assert setup_of(2).pk in page
    assert f"/config-requests/{setup_of(2).pk}/" not in page


def test_strangers_see_empty_pages(cast, pages):
    busy(cast)
    for member in ("vendor2", "distributor2", "reseller2"):
        page = main_of(pages.get(member, "home"))
        assert "Nothing waits for you" in page
        assert "Kirlin" not in page
        assert "PR-" not in page


def test_a_reseller_without_accounts_has_an_empty_page(cast, pages):
    busy(cast)
    cast.partners["reseller"].account_access.all().delete()
    page = main_of(pages.get("reseller", "home"))
    assert "Nothing waits for you" in page
    assert "PR-" not in page


def test_latest_events_are_sentences_with_links(cast, pages):
    order = FulfillmentRequest.objects.get(pk=cast.order(product=cast.plain).pk)
    approve_request(order, actor=cast.actor("vendor"), template=cast.plain.templates.get())
    for member, who in (("vendor", "You"), ("distributor", "Vendor"), ("reseller", "Vendor")):
        page = main_of(pages.get(member, "home")).partition('id="latest"')[2]
        assert f"<strong>{who}</strong> approved the order" in page
        assert f"/orders/{order.pk}/" in page


def test_latest_events_name_the_company_and_the_product_they_are_about(cast, pages):
    order = cast.order(product=cast.plain)
    edit_account(cast.stranger, actor=cast.actor("distributor2"), data={"name": "Stranger KG"})
    for member in ("vendor", "distributor", "reseller"):
        lately = main_of(pages.get(member, "home")).partition('id="latest"')[2]
        assert order.pk in lately
        assert "Kirlin LLC · Mail Guard · " in lately
    assert "Stranger KG · " in main_of(pages.get("distributor2", "home"))


@pytest.mark.parametrize("member", ["vendor", "distributor", "reseller", "admin"])
def test_a_home_page_costs_the_same_for_many_requests(cast, pages, member):
    busy(cast)
    few = pages.queries(member, "home")
    busy(cast, 12)
    assert pages.queries(member, "home") == few
    assert few <= 12


def test_counts_and_ages_add_up(cast):
    busy(cast, 3)
    queues, ages = durations.queues(cast.actor("vendor"))
    assert {queue.page: queue.count for queue in queues} == {
        "request": 3,
        "config-request": 0,
        "order": 3,
    }
    assert [bar.value for bar in ages.bars] == [6, 0, 0, 0, 0, 0]


def test_decided_requests_are_counted_in_their_week(cast):
    order = FulfillmentRequest.objects.get(pk=cast.order(product=cast.plain).pk)
    approve_request(order, actor=cast.actor("vendor"), template=cast.plain.templates.get())
    chart = durations.decided(cast.actor("vendor"))
    assert [bar.value for bar in chart.bars] == [0] * 7 + [1]
    assert [part.value for part in chart.bars[-1].parts] == [1]
    assert chart.note.endswith("100 % granted")
    assert chart.note.startswith("usually takes 1 h")


def test_bars_fill_the_drawing_and_a_small_one_stays_visible():
    high, low, none = charts.bars([("a", 1000, ""), ("b", 1, ""), ("c", 0, "")])
    assert high.height == charts.HEIGHT - charts.TOP - charts.BOTTOM
    assert (low.height, none.height) == (2, 0)
    assert high.x < low.x < none.x


def test_a_chart_has_a_table_beside_it(cast, pages):
    busy(cast)
    page = main_of(pages.get("vendor", "home"))
    assert page.count('<table class="visually-hidden">') >= 1
    assert "style=" not in page
