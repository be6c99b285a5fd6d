"""Products, read only."""

from __future__ import annotations

import pytest

from tests import factories
from tests.resellerportal.config_pages import ids, main_of

VENDORS_PARTS = (
    "",
    "items",
    "parameters",
    "templates",
    "embedding",
    "messages",
    "webhooks",
    "connections",
    "listings",
)
SHARED_PARTS = ("", "items", "parameters")


def test_each_role_lists_its_own_and_what_is_listed_for_it(cast, pages):
    both = {cast.product.pk, cast.plain.pk}
    everybody = ("vendor", "distributor", "reseller", "parent", "admin")
    strangers = ("vendor2", "distributor2", "reseller2")
    seen = {n: ids(pages.get(n, "product-list"), "PRD-") for n in (*everybody, *strangers)}
    assert seen == dict.fromkeys(everybody, both) | {n: set() for n in strangers}


def test_the_list_costs_the_same_for_fifty(cast, pages):
    few = pages.queries("distributor", "product-list")
    for _ in range(50):
        factories.offer(factories.product(cast.partners["vendor"]), cast.partners["distributor"])
    assert pages.queries("distributor", "product-list", size="100") == few
    assert few <= 12


@pytest.mark.parametrize("part", VENDORS_PARTS)
def test_the_vendor_reads_every_part(cast, pages, part):
    assert pages.get("vendor", "product-detail", cast.product.pk, part).status_code == 200
    assert pages.queries("vendor", "product-detail", cast.product.pk, part) <= 12
    assert pages.get("vendor2", "product-detail", cast.product.pk, part).status_code == 404


@pytest.mark.parametrize("member", ["distributor", "reseller"])
def test_the_buying_side_reads_what_it_can_buy_and_what_is_asked(cast, pages, member):
    factories.parameter(cast.product, "asset", "inner_note", phase="fulfillment")
    factories.parameter(cast.product, "asset", "campaign", hidden=True)
    shown = [
        main_of(pages.get(member, "product-detail", cast.product.pk, part)) for part in SHARED_PARTS
    ]
    assert "Reseller Authorization" in shown[0]
    assert cast.seats.name in shown[1]
    assert "Tier2 vat" in shown[2]
    assert "Inner note" not in shown[2]
    assert "Campaign" not in shown[2]
    for part in set(VENDORS_PARTS) - set(SHARED_PARTS) - {"connections"}:
        assert pages.get(member, "product-detail", cast.product.pk, part).status_code == 404


def test_a_product_that_is_not_listed_does_not_exist_for_others(cast, pages):
    hidden = factories.product(cast.partners["vendor"], name="Next year")
    assert pages.get("vendor", "product-detail", hidden.pk).status_code == 200
    assert pages.get("distributor", "product-detail", hidden.pk).status_code == 404
    assert pages.get("reseller", "product-detail", hidden.pk).status_code == 404
