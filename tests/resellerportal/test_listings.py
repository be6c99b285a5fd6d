"""Vendors list their products where they sell already."""

from __future__ import annotations

import pytest

from customers.models import Event, Listing, Product
from tests import factories
from tests.resellerportal.config_pages import main_of


@pytest.fixture
def fresh(cast):
    return factories.product(cast.partners["vendor"], name="Print Fleet")


def seen_by_distributor(cast):
    return Product.objects.visible_to(cast.actor("distributor"))


def test_a_product_is_listed_seen_by_the_distributor_and_taken_off_again(cast, pages, fresh):
    market = Listing.objects.filter(product=cast.product).first().marketplace
    page = main_of(pages.get("vendor", "product-detail", fresh.pk, "listings"))
    assert "Not listed on any marketplace yet" in page
    assert fresh not in seen_by_distributor(cast)
    answer = pages.post("vendor", "product-listing-add", fresh.pk, marketplace=market.pk)
    assert answer.status_code == 302
    assert fresh in seen_by_distributor(cast)
    page = main_of(pages.get("vendor", "product-detail", fresh.pk, "listings"))
    assert market.name in page
    assert "List on a marketplace" not in page, "there is no other one"
    assert pages.post("vendor", "product-listing-end", fresh.pk, market.pk).status_code == 302
    assert not Listing.objects.get(product=fresh).active
    pages.post("vendor", "product-listing-add", fresh.pk, marketplace=market.pk)
    assert Listing.objects.get(product=fresh).active
    verbs = Event.objects.filter(object_id=fresh.pk).values_list("verb", flat=True)
    assert sorted(verbs) == ["product.listing_added"] * 2 + ["product.listing_ended"]


def test_a_draft_is_not_listed(cast, pages):
    market = Listing.objects.filter(product=cast.product).first().marketplace
    draft = factories.product(cast.partners["vendor"], state=Product.State.DRAFT)
    page = main_of(pages.get("vendor", "product-detail", draft.pk, "listings"))
    assert "List on a marketplace" not in page
    answer = pages.post("vendor", "product-listing-add", draft.pk, marketplace=market.pk)
    assert "Publish the product first." in main_of(answer)
    assert draft not in seen_by_distributor(cast)


def test_marketplaces_and_products_of_others_cannot_be_named(cast, pages, fresh):
    market = Listing.objects.filter(product=cast.product).first().marketplace
    foreign, _ = factories.offer(
        factories.product(cast.partners["vendor2"]), cast.partners["distributor2"]
    )
    answer = pages.post("vendor", "product-listing-add", fresh.pk, marketplace=foreign.pk)
    assert answer.status_code == 422
    assert not Listing.objects.filter(product=fresh).exists()
    own = cast.product.pk
    for key in (foreign.pk, "MP-00000", "1"):
        assert pages.post("vendor", "product-listing-end", own, key).status_code == 404
    assert pages.post("vendor2", "product-listing-end", own, market.pk).status_code == 404
    data = {"marketplace": market.pk}
    assert pages.post("vendor2", "product-listing-add", own, **data).status_code == 404
    assert Listing.objects.get(product=own, marketplace=market).active


def test_a_product_that_was_never_published_is_its_vendors_alone(cast):
    draft = factories.product(cast.partners["vendor"], state=Product.State.DRAFT)
    factories.offer(draft, cast.partners["distributor"])
    for who, sees in (("vendor", True), ("distributor", False), ("reseller", False)):
        assert (draft in Product.objects.visible_to(cast.actor(who))) is sees, who
