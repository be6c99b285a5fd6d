"""Distributors begin configurations before anybody orders."""

from __future__ import annotations

import html
import re

from django.urls import reverse

from customers.models import Product
from tests.resellerportal.config_pages import configure, main_of, setup_of, text_of
from tierconfig.models import TierConfig, TierConfigRequest


def step(pages, name, **data):
    address = pages.address("distributor", "config-add")
    return pages.client.post(f"{address}{name}/", data, follow=True)


def begin(pages, cast, account, **values):
    """All steps up to the summary; its page."""
    step(pages, "account", account=account.pk)
    step(pages, "product", product=cast.product.pk)
    tier = 1 if account == cast.nordlicht else 2
    step(pages, "place", tier_level=tier, connection=cast.connection.pk)
    return step(pages, "values", **values)


def test_a_tier_1_configuration_begins_with_the_tier_2_above_it(cast, pages):
    page = pages.get("distributor", "account-detail", cast.nordlicht.pk, "configurations")
    address = f"{reverse('distributor:config-add')}?account={cast.nordlicht.pk}"
    assert address in main_of(page)
    first = pages.client.get(address, follow=True)
    assert "Nordlicht Systemhaus GmbH" in main_of(first)
    summary = begin(pages, cast, cast.nordlicht, **{"param-tier1_vat": "DE7"})
    assert "DE7" in main_of(summary)
    said = main_of(summary)
    assert said.index("set-up of Umbrella Hanse as tier 2 begins") < said.index(
        "set-up of Nordlicht Systemhaus GmbH as tier 1 begins"
    )
    assert not TierConfig.objects.exists()
    done = step(pages, "summary")
    assert "has begun" in text_of(done)
    setup = TierConfigRequest.objects.get(configuration__tier_level=1)
    assert (setup.state, setup.params) == ("tiers_setup", {"tier1_vat": {"value": "DE7"}})
    assert TierConfigRequest.objects.get(configuration__tier_level=2).state == "inquiring"


def test_a_preview_is_a_configuration_of_its_own(cast, pages):
    _tier1, tier2 = configure(cast)
    step(pages, "account", account=cast.umbrella.pk)
    step(pages, "product", product=cast.product.pk)
    asked = step(pages, "place", tier_level=2, connection="preview")
    assert "may be left empty" in main_of(asked)
    summary = step(pages, "values", **{"param-tier2_vat": "DE7"})
    assert "Preview" in main_of(summary)
    step(pages, "summary")
    made = TierConfig.objects.exclude(pk=tier2.pk).get(tier_level=2)
    assert (made.connection, made.marketplace) == (None, cast.market)


def test_who_comes_from_another_reseller_begins_afresh(cast, pages):
    begin(pages, cast, cast.nordlicht, **{"param-tier1_vat": "DE7"})
    address = f"{reverse('distributor:config-add')}?account={cast.umbrella.pk}"
    page = pages.client.get(address, follow=True)
    assert page.redirect_chain[-1][0].startswith(
        reverse("distributor:config-add", args=["account"])
    )
    assert re.search(rf'value="{cast.umbrella.pk}"[^>]*checked', main_of(page))
    step(pages, "account", account=cast.umbrella.pk)
    step(pages, "product", product=cast.product.pk)
    assert "DE7" not in main_of(step(pages, "place", tier_level=2, connection=cast.connection.pk))


def test_what_exists_already_is_shown_instead(cast, pages):
    _tier1, tier2 = configure(cast)
    begin(pages, cast, cast.umbrella)
    done = step(pages, "summary")
    assert done.redirect_chain[-1][0] == reverse("distributor:config-detail", args=[tier2.pk])
    assert "is configured already" in text_of(done)


def test_what_is_under_way_is_shown_instead(cast, pages):
    cast.order()
    opened = setup_of(2)
    said = main_of(begin(pages, cast, cast.umbrella))
    assert "The set-up of Umbrella Hanse as tier 2 is under way." in said
    done = step(pages, "summary")
    assert done.redirect_chain[-1][0] == reverse(
        "distributor:config-request-detail", args=[opened.pk]
    )
    assert "is still open" in text_of(done)


def test_where_setups_are_validated_a_draft_is_made(cast, pages):
    Product.objects.filter(pk=cast.product.pk).update(validates_setups=True)
    summary = begin(pages, cast, cast.umbrella)
    assert "A draft is made" in main_of(summary)
    done = step(pages, "summary")
    setup = TierConfigRequest.objects.get()
    assert setup.state == "draft"
    assert "Draft" in main_of(done)
    assert "/submit/" in main_of(done)
    assert pages.get("vendor", "config-request-detail", setup.pk).status_code == 404
    sent = pages.post("distributor", "config-request-discard", setup.pk)
    assert sent.url == reverse("distributor:config-request-list")
    assert not TierConfig.objects.exists()


def test_nothing_on_the_pages_of_a_draft_leads_to_what_does_not_open(cast, pages):
    Product.objects.filter(pk=cast.product.pk).update(validates_setups=True)
    begin(pages, cast, cast.umbrella)
    step(pages, "summary")
    setup = TierConfigRequest.objects.get()
    for name, part in (("detail", ""), ("detail", "details"), ("edit", ""), ("opened", "")):
        page = pages.get("distributor", f"config-request-{name}", setup.pk, part)
        linked = set(re.findall(r'href="(/[^"]*)"', main_of(page)))
        assert linked
        for address in linked:
            assert pages.client.get(html.unescape(address)).status_code == 200, address


def test_foreign_accounts_and_products_that_ask_nothing_are_not_offered(cast, pages):
    refused = step(pages, "account", account=cast.stranger.pk)
    assert "Unknown company" in text_of(refused)
    refused = step(pages, "account", account=cast.kirlin.pk)
    assert "Unknown company" in text_of(refused)
    step(pages, "account", account=cast.umbrella.pk)
    refused = step(pages, "product", product=cast.plain.pk)
    assert "Select a valid choice" in text_of(refused)


def test_an_administrator_begins_one_in_the_distributors_portal(cast, pages):
    pages.get("admin", "config-add", portal="distributor")
    pages.member = "distributor"  # whose addresses these are
    begin(pages, cast, cast.umbrella, **{"param-tier2_vat": "DE7"})
    assert "has begun" in text_of(step(pages, "summary"))
    setup = TierConfigRequest.objects.get()
    assert (setup.provider, setup.state) == (cast.partners["distributor"], "pending")


def test_others_begin_nothing(cast, pages):
    for name in ("vendor", "reseller"):
        assert pages.get(name, "config-add", portal="distributor").status_code == 403
    cast.users["distributor"].memberships.update(level="viewer")
    assert pages.get("distributor", "config-add").status_code == 403
    assert "configs/add" not in main_of(pages.get("distributor", "config-list"))
    page = pages.get("distributor", "account-detail", cast.umbrella.pk, "configurations")
    assert "configs/add" not in main_of(page)
