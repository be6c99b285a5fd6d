"""What may be bought, by whom, and what an order says about itself."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.models import Participation, Product, TierAccount
from customers.services.accounts import move_account
from customers.services.participation import scopes
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import requests as orders
from fulfillment.services.purchases import requirements
from tests import factories
from tests.factories import steps
from tierconfig.models import TierConfig
from tierconfig.services import requests as setups


def test_a_reseller_may_buy_and_is_its_own_parents_customer(cast):
    order = cast.order(customer=cast.nordlicht)
    assert (order.subscription.tier1, order.subscription.tier2) == (cast.umbrella, None)


def test_scopes_and_connected_products_end_with_the_subscription(cast):
    order = cast.order(product=cast.plain)
    assert [scopes(a) for a in (cast.kirlin, cast.nordlicht, cast.umbrella)] == [
        ["customer"],
        ["tier1"],
        ["tier2"],
    ]
    orders.fail_request(order, actor=cast.actor("vendor"), reason="Out of stock.")
    assert scopes(cast.kirlin) == []
    assert Participation.objects.filter(source=order.subscription_id, live=False).count() == 3


def test_a_move_leaves_the_tiers_of_a_subscription_as_they_were(cast):
    order = cast.order(product=cast.plain)
    rival = factories.account(cast.partners["distributor"], name="Rival")
    move_account(cast.nordlicht, actor=cast.actor("distributor"), parent=rival)
    assert steps.order(order.pk).subscription.tier2 == cast.umbrella
    assert cast.order(product=cast.plain).subscription.tier2 == rival


def test_requirements_say_what_an_order_would_begin(cast, vendor):
    args = (cast.product, cast.kirlin, cast.connection, cast.market)
    found = requirements(*args)
    assert [(r.tier_level, r.account, r.begins) for r in found] == [
        (2, cast.umbrella, True),
        (1, cast.nordlicht, True),
    ]
    cast.order()
    assert [r.begins for r in requirements(*args)] == [False, False]
    setups.fail_request(steps.setup(2), actor=vendor, reason="No contract")
    assert [r.begins for r in requirements(*args)] == [True, True]


class TestRefusals:
    """What cannot be ordered names the field and leaves nothing behind."""

    @pytest.fixture(autouse=True)
    def nothing_stays(self, cast):
        yield
        left = (FulfillmentRequest, Subscription, TierConfig, Participation)
        assert [model.objects.count() for model in left] == [0, 0, 0, 0]

    def refused(self, cast, **changes):
        with pytest.raises(ValidationError) as error:
            cast.order(**changes)
        return set(error.value.error_dict)

    @pytest.mark.parametrize("quantity", [0, -1, 1_000_001])
    def test_quantities(self, cast, quantity):
        assert self.refused(cast, items={cast.seats.pk: quantity}) == {"items"}

    def test_items(self, cast):
        assert self.refused(cast, items={}) == {"items"}
        foreign = cast.plain.items.get()
        assert self.refused(cast, items={foreign.pk: 1}) == {"items"}
        assert self.refused(cast, items={"nothing": 1}) == {"items"}
        cast.seats.status = "endofsale"
        cast.seats.save()
        assert self.refused(cast) == {"items"}

    def test_a_root_cannot_buy(self, cast):
        assert self.refused(cast, customer=cast.umbrella) == {"customer"}

    def test_a_decommissioned_customer(self, cast):
        TierAccount.objects.filter(pk=cast.kirlin.pk).update(decommissioned_at="2026-01-01T00:00Z")
        assert self.refused(cast) == {"customer"}

    @pytest.mark.parametrize("state", ["draft", "endofsale"])
    def test_a_product_that_is_not_on_sale(self, cast, state):
        Product.objects.filter(pk=cast.product.pk).update(state=state)
        cast.product = Product.objects.get(pk=cast.product.pk)
        assert self.refused(cast) == {"product"}

    def test_a_product_that_is_not_listed(self, cast):
        cast.product.listings.update(active=False)
        assert self.refused(cast) == {"product"}

    def test_a_foreign_marketplace_or_connection(self, cast):
        market, connection = factories.offer(cast.product, cast.partners["distributor2"])
        assert self.refused(cast, marketplace=market) == {"marketplace"}
        assert self.refused(cast, connection=connection) == {"connection"}
        assert self.refused(cast, connection=cast.plain_connection) == {"connection"}
        cast.connection.status = "revoked"
        cast.connection.save()
        assert self.refused(cast, connection=cast.connection) == {"connection"}

    def test_values_of_the_wrong_kind(self, cast):
        assert self.refused(cast, values={"tier1": {"tier1_vat": "a\x00"}}) == {"tier1_vat"}

    def test_notes_and_external_ids(self, cast):
        for changes in ({"note": "a\x00"}, {"external_id": "x" * 101}):
            with pytest.raises(ValidationError):
                cast.order(**changes)

    @pytest.mark.parametrize("who", ["vendor", "vendor2", "distributor2", "reseller2", "system"])
    def test_who_may_not_order(self, cast, who):
        with pytest.raises(PermissionDenied):
            cast.order(actor=cast.actor(who))

    def test_viewers_order_nothing(self, cast):
        for who in ("distributor", "reseller"):
            with pytest.raises(PermissionDenied):
                cast.order(actor=cast.actor(who, level="viewer"))


@pytest.mark.parametrize("who", ["distributor", "reseller", "parent", "admin"])
def test_who_may_order(cast, who):
    order = cast.order(actor=cast.actor(who), product=cast.plain)
    assert order.creator == cast.partners.get(who, cast.partners["distributor"])


@pytest.mark.parametrize("name", ["external_id", "external_uid"])
def test_an_order_is_placed_once(cast, name):
    cast.order(product=cast.plain, **{name: "X-1"})
    with pytest.raises(ValidationError) as refused:
        cast.order(product=cast.plain, **{name: "X-1"})
    assert set(refused.value.error_dict) == {name}
    assert refused.value.error_dict[name][0].code == "duplicate"
    assert Subscription.objects.count() == 1
    cast.order(product=cast.product, **{name: "X-1"})
