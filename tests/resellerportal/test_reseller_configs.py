"""What a reseller reads of its own configurations, from the first mail to a request for a change."""

from __future__ import annotations

import re

from django.urls import reverse

from customers.models import AccountAccess, Product
from tests import factories
from tests.resellerportal.config_pages import (
    answer,
    approve,
    configure,
    ids,
    main_of,
    make_config,
    setup_of,
    text_of,
)
from tierconfig.models import TierConfig
from tierconfig.services import configs as services
from tierconfig.services import requests as setups


def rows_of(response):
    """The rows of a list as text, in their order."""
    body = text_of(response).partition("<tbody>")[2].partition("</tbody>")[0]
    return [re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<tr>(.*?)</tr>", body)]


def link_to(name, pk):
    return f'href="{reverse(f"reseller:{name}", args=[pk])}"'


def test_what_needs_attention_stands_first_and_says_for_which_account_and_tier(cast, pages):
    _tier1, tier2 = configure(cast)
    asked = make_config(cast, "Zweigstelle Süd")
    first, second = rows_of(pages.get("parent", "config-list"))
    for part in ("Backup 360", cast.product.pk, asked.pk, "Zweigstelle Süd", "Tier 2", "Inquiring"):
        assert part in first
    assert "Requires attention" in first
    assert "through Distributor" in first
    for part in (tier2.pk, "Umbrella Hanse", "Ready", "Manage"):
        assert part in second
    shown = main_of(pages.get("parent", "config-list"))
    assert link_to("config-request-answer", asked.requests.get().pk) in shown


def test_the_statuses_are_the_documented_ones_in_every_order_and_file(cast, pages):
    cast.order()
    assert "Processing" in rows_of(pages.get("reseller", "config-list"))[0]
    answer(cast, 2)
    assert "Updating" in rows_of(pages.get("parent", "config-list"))[0]
    approve(cast, setup_of(2))
    assert "Ready" in rows_of(pages.get("parent", "config-list"))[0]
    assert "Inquiring" in rows_of(pages.get("reseller", "config-list", order="-status"))[0]
    file = b"".join(pages.get("reseller", "config-list", format="csv")).decode("utf-8-sig")
    assert "Inquiring" in file
    assert setup_of(1).configuration_id in file


def test_pages_of_the_list_in_order_of_status_hold_each_row_once(cast, pages):
    configure(cast)
    made = {make_config(cast, f"Branch {number}").pk for number in range(12)}
    first = pages.get("parent", "config-list", size="10")
    [following] = re.findall(r'href="(\?[^"]*after=[^"]*)"', text_of(first))[:1]
    second = pages.client.get(
        reverse("reseller:config-list") + following.replace("&amp;", "&"), follow=True
    )
    assert ids(first) | ids(second) >= made
    assert not ids(first) & ids(second)
    assert len(ids(first) | ids(second)) == 13


def test_a_product_can_be_managed_only_after_its_first_approval(cast, pages):
    cast.order()
    config = TierConfig.objects.get(tier_level=1)
    shown = main_of(pages.get("reseller", "config-list"))
    assert 'aria-disabled="true">Manage' in shown
    assert "after the first approval" in shown
    configure(cast)
    shown = main_of(pages.get("reseller", "config-list"))
    assert 'aria-disabled="true"' not in shown
    assert link_to("config-detail", config.pk) in shown


def test_a_rejected_set_up_is_listed_apart_with_its_reason(cast, pages):
    rejected = make_config(cast, "Unlucky")
    setups.fail_request(rejected.requests.get(), actor=cast.actor("vendor"), reason="No such firm")
    assert ids(pages.get("parent", "config-list")) == set()
    assert ids(pages.get("parent", "config-list", tab="none")) == {rejected.pk}
    shown = main_of(pages.get("parent", "config-detail", rejected.pk))
    assert "The set-up was rejected" in shown
    assert "No such firm" in shown


def test_what_was_not_sent_yet_counts_as_nothing(cast, pages):
    tier1, _tier2 = configure(cast)
    Product.objects.filter(pk=cast.product.pk).update(validates_updates=True)
    draft = services.request_change(
        TierConfig.objects.get(pk=tier1.pk),
        actor=cast.actor("reseller"),
        values={"tier1_vat": "DE777"},
    )
    assert draft.state == "draft"
    assert "Ready" in rows_of(pages.get("reseller", "config-list"))[0]
    shown = main_of(pages.get("reseller", "config-detail", tier1.pk))
    assert "A change is begun and not sent yet" in shown
    assert link_to("config-request-detail", draft.pk) in shown


def test_a_viewer_reads_the_list_and_is_asked_for_nothing(cast, pages):
    cast.order()
    cast.users["parent"].memberships.update(level="viewer")
    table = text_of(pages.get("parent", "config-list")).partition("<tbody>")[2]
    assert "Inquiring" in table
    assert "Requires attention" not in table
    shown = main_of(pages.get("parent", "config-detail", setup_of(2).configuration_id))
    assert "Answer now" not in shown


def test_while_nothing_is_approved_the_page_says_who_is_asked_and_what_to_do(cast, pages):
    cast.order()
    asked = setup_of(2)
    shown = main_of(pages.get("parent", "config-detail", asked.configuration_id))
    assert "Nothing is approved yet" in shown
    assert "Vendor needs to know something of Umbrella Hanse" in shown
    assert cast.umbrella.contact_email in shown
    assert link_to("config-request-answer", asked.pk) in shown
    assert link_to("account-detail", cast.umbrella.pk) in shown


def test_who_waits_for_tier_2_reads_on_whom_and_none_of_its_values(cast, pages):
    cast.order()
    answer(cast, 2)
    parked = setup_of(1)
    shown = main_of(pages.get("reseller", "config-detail", parked.configuration_id))
    assert "You have nothing to do here now" in shown
    assert "Umbrella Hanse" in shown
    assert setup_of(2).pk in shown
    assert cast.nordlicht.contact_email in shown
    assert "DE002" not in shown
    assert cast.umbrella.contact_email not in shown
    assert link_to("config-request-detail", setup_of(2).pk) not in shown


def test_the_values_are_those_that_were_asked_and_four_stand_open(cast, pages):
    for number in range(5):
        factories.parameter(cast.product, "tier1", f"more{number}", title=f"Question {number}")
    factories.parameter(cast.product, "tier1", "word", type="password", title="Secret word")
    factories.parameter(cast.product, "tier1", "inner", hidden=True, title="Inner mark")
    factories.parameter(cast.product, "tier1", "empty", title="Never said")
    factories.parameter(cast.product, "tier1", "blob", type="object", title="Raw data")
    factories.parameter(cast.product, "tier1", "panel", phase="fulfillment", title="Panel id")
    tier1, _tier2 = configure(cast)
    names = ["tier1_vat", "word", "inner", "panel", *(f"more{number}" for number in range(5))]
    params = {name: {"value": f"said {name}"} for name in names}
    params["blob"] = {"structured_value": {"key": "raw"}}
    TierConfig.objects.filter(pk=tier1.pk).update(params=params)
    shown = main_of(pages.get("reseller", "config-detail", tier1.pk)).partition('id="values"')[2]
    grid, _details, unfolded = shown.partition("<details")
    assert grid.count('<th scope="row">') == 4
    assert "Show 4 more" in unfolded
    both = grid + unfolded.partition("</details>")[0]
    assert "*******" in both
    assert "Inner mark" in both
    for absent in ("said word", "Never said", "Raw data", "Panel id"):
        assert absent not in both


def test_a_change_is_offered_again_once_the_open_request_is_decided(cast, pages):
    tier1, _tier2 = configure(cast)
    change = link_to("config-change", tier1.pk)
    assert change in main_of(pages.get("reseller", "config-detail", tier1.pk))
    made = services.request_change(
        TierConfig.objects.get(pk=tier1.pk),
        actor=cast.actor("reseller"),
        values={"tier1_vat": "DE777"},
    )
    blocked = main_of(pages.get("reseller", "config-detail", tier1.pk))
    assert change not in blocked
    assert "One request at a time" in blocked
    assert link_to("config-request-detail", made.pk) in blocked
    assert "Updating" in blocked
    setups.fail_request(made, actor=cast.actor("vendor"), reason="No")
    assert change in main_of(pages.get("reseller", "config-detail", tier1.pk))


def test_without_a_value_there_is_nothing_to_change_and_the_page_says_so(cast, pages):
    tier1, _tier2 = configure(cast)
    TierConfig.objects.filter(pk=tier1.pk).update(params={})
    shown = main_of(pages.get("reseller", "config-detail", tier1.pk))
    assert "There is no value that you could change" in shown
    assert link_to("config-change", tier1.pk) not in shown


def test_who_holds_a_parked_order_answers_from_its_page(cast, pages):
    order = cast.order()
    button = link_to("config-request-answer", setup_of(2).pk)
    assert button in main_of(pages.get("parent", "order-detail", order.pk))
    for other in ("reseller", "distributor", "vendor"):
        assert setup_of(2).pk + "/answer/" not in main_of(
            pages.get(other, "order-detail", order.pk)
        )
    cast.users["parent"].memberships.update(level="viewer")
    assert button not in main_of(pages.get("parent", "order-detail", order.pk))
    cast.users["parent"].memberships.update(level="agent")
    answer(cast, 2)
    approve(cast, setup_of(2))
    button = link_to("config-request-answer", setup_of(1).pk)
    assert button in main_of(pages.get("reseller", "order-detail", order.pk))
    assert button not in main_of(pages.get("parent", "order-detail", order.pk))


def test_home_leads_straight_to_the_form_and_the_tile_to_the_list(cast, pages):
    cast.order()
    answer(cast, 2)
    make_config(cast, "Zweigstelle")
    shown = main_of(pages.get("parent", "home"))
    asked = TierConfig.objects.get(account__name="Zweigstelle").requests.get()
    assert link_to("config-request-answer", asked.pk) in shown
    assert f'{reverse("reseller:config-list")}?tab=attention"' in shown
    assert "1 with the vendor" in shown
    assert shown.index('id="mine"') < shown.index('class="figure"')
    cast.users["parent"].memberships.update(level="viewer")
    shown = main_of(pages.get("parent", "home"))
    assert link_to("config-request-answer", asked.pk) not in shown
    assert link_to("config-request-detail", asked.pk) in shown


def test_who_no_longer_operates_the_account_sees_nothing_of_it(cast, pages):
    tier1, _tier2 = configure(cast)
    AccountAccess.objects.filter(account=cast.nordlicht).delete()
    assert ids(pages.get("reseller", "config-list")) == set()
    assert "No product needs anything" in main_of(pages.get("reseller", "config-list"))
    assert pages.get("reseller", "config-detail", tier1.pk).status_code == 404


def test_beside_each_value_stands_who_said_it_and_how(cast, pages):
    tier1, _tier2 = configure(cast)
    grid = main_of(pages.get("reseller", "config-detail", tier1.pk)).partition('id="values"')[2]
    assert re.search(r"DE001</span><div class=\"sub\">[^<]*, in the portal, \d{4}-", grid)
