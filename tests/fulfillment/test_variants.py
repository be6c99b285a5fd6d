"""Every variant of a purchase with tier configurations (domain 4.b)."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.lifecycle import StaleState
from customers.models import Event, Participation, Product, TierAccount
from customers.services.accounts import move_account
from customers.services.participation import scopes
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import requests as orders
from fulfillment.services.purchases import requirements
from tests import factories
from tests.factories import steps
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import requests as setups
from tierconfig.services.configs import request_change


@pytest.fixture
def vendor(cast):
    return cast.actor("vendor")


@pytest.fixture
def offered(cast):
    """Makes a further product of the vendor with one parameter per scope given."""

    def make(level, **scopes):
        product = factories.product(cast.partners["vendor"], authorization_level=level)
        factories.offer(product, cast.partners["distributor"])
        factories.item(product)
        factories.template(product, "asset", "fulfillment")
        for scope, fields in scopes.items():
            factories.parameter(product, scope, **fields)
            if scope != "asset":
                factories.template(product, scope)
        return product

    return make


def place(cast, product, **more):
    item = product.items.get()
    return cast.order(product=product, items={item.pk: 1}, **more)


def states():
    """{tier: (configuration, latest request)} by state."""
    return {
        config.tier_level: (
            config.state,
            config.requests.order_by("-pk").values_list("state", flat=True).first(),
        )
        for config in TierConfig.objects.all()
    }


REQUIRED = {"required": True}


def test_only_tier_1_parameters(cast, offered, vendor):
    order = place(cast, offered(2, tier1=REQUIRED))
    assert order.state == "tiers_setup"
    assert states() == {1: ("processing", "inquiring")}
    assert steps.setup(1).parent_configuration is None
    steps.configure(1, vendor)
    assert steps.order(order.pk).state == "pending"


def test_only_tier_2_parameters(cast, offered, vendor):
    order = place(cast, offered(2, tier2=REQUIRED))
    assert states() == {2: ("processing", "inquiring")}
    assert steps.config(2).account == cast.umbrella
    steps.configure(2, vendor)
    assert steps.order(order.pk).state == "pending"


def test_no_tier_2_account(cast, offered):
    direct = factories.account(cast.partners["distributor"], name="Direct")
    buyer = factories.account(cast.partners["distributor"], direct, type="customer")
    product = offered(2, tier1=REQUIRED, tier2=REQUIRED)
    order = place(cast, product, customer=buyer)
    assert states() == {1: ("processing", "inquiring")}
    assert order.subscription.tier2 is None
    assert steps.setup(1).parent_configuration is None


def test_authorization_level_1_ignores_tier_2_parameters(cast, offered):
    place(cast, offered(1, tier1=REQUIRED, tier2=REQUIRED))
    assert states() == {1: ("processing", "inquiring")}


def test_authorization_off_asks_for_nothing(cast, offered):
    order = place(cast, offered(0, tier1=REQUIRED, tier2=REQUIRED))
    assert order.state == "pending"
    assert not TierConfig.objects.exists()


def test_a_second_order_asks_nobody_again(cast, vendor):
    cast.order()
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    before = Event.objects.filter(verb__startswith="tierconfig").count()
    assert cast.order().state == "pending"
    assert TierConfigRequest.objects.count() == 2
    assert Event.objects.filter(verb__startswith="tierconfig").count() == before


def test_an_open_setup_is_reused_and_releases_all_that_wait(cast, vendor):
    first, second = cast.order(), cast.order()
    assert (first.state, second.state) == ("tiers_setup", "tiers_setup")
    assert TierConfigRequest.objects.count() == 2
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    assert {steps.order(each.pk).state for each in (first, second)} == {"pending"}


def test_an_open_update_does_not_park(cast, vendor):
    cast.order()
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    request_change(steps.config(1), actor=cast.actor("reseller"), values={"tier1_vat": "DE2"})
    assert steps.config(1).state == "processing"
    assert cast.order().state == "pending"


def test_an_open_update_of_tier_2_does_not_park_a_new_tier_1_setup(cast, vendor):
    cast.order()
    steps.configure(2, vendor)
    request_change(steps.config(2), actor=cast.actor("parent"), values={"tier2_vat": "DE9"})
    sibling = factories.account(cast.partners["distributor"], cast.umbrella, name="Sibling")
    buyer = factories.account(cast.partners["distributor"], sibling, type="customer")
    cast.order(customer=buyer)
    assert steps.config(2).state == "processing"
    assert steps.setup(1, configuration__account=sibling).state == "inquiring"


def test_the_same_company_is_tier_1_here_and_tier_2_there(cast, vendor):
    cast.order()
    below = factories.account(cast.partners["distributor"], cast.nordlicht, name="Below")
    buyer = factories.account(cast.partners["distributor"], below, type="customer")
    cast.order(customer=buyer)
    levels = TierConfig.objects.filter(account=cast.nordlicht).values_list("tier_level", flat=True)
    assert sorted(levels) == [1, 2]


def test_a_reseller_may_buy_and_is_its_own_parents_customer(cast):
    order = cast.order(customer=cast.nordlicht)
    assert (order.subscription.tier1, order.subscription.tier2) == (cast.umbrella, None)


@pytest.mark.parametrize(
    "fields",
    [{"required": False}, {**REQUIRED, "phase": "fulfillment"}, {**REQUIRED, "hidden": True}],
    ids=["none required", "fulfillment only", "hidden"],
)
def test_a_setup_with_nothing_to_ask_is_born_pending_and_sends_no_mail(cast, offered, fields):
    order = place(cast, offered(1, tier1=fields))
    assert order.state == "tiers_setup"
    request = steps.setup(1)
    assert (request.state, request.inquiry_number, request.inquiry_email) == ("pending", 0, "")
    assert "inquiry" not in Event.objects.get(verb="tierconfigrequest.created").data


@pytest.mark.parametrize("fields", [{"phase": "fulfillment"}, {"hidden": True}])
def test_what_nobody_is_asked_for_blocks_approval_until_the_vendor_fills_it(
    cast, offered, vendor, fields
):
    order = place(cast, offered(1, tier1={**REQUIRED, **fields, "name": "number"}))
    with pytest.raises(ValidationError) as refused:
        steps.approve(steps.setup(1), vendor)
    assert set(refused.value.error_dict) == {"number"}
    assert states() == {1: ("processing", "pending")}
    steps.approve(steps.setup(1), vendor, values={"number": "4711"})
    assert steps.config(1).params == {"number": {"value": "4711"}}
    assert steps.order(order.pk).state == "pending"


def test_an_object_is_filled_by_the_vendor_as_no_form_asks_for_it(cast, offered, vendor):
    order = place(cast, offered(1, tier1={**REQUIRED, "type": "object", "name": "limits"}))
    assert steps.setup(1).state == "pending"
    steps.approve(steps.setup(1), vendor, values={"limits": {"seats": 5}})
    assert steps.config(1).params == {"limits": {"structured_value": {"seats": 5}}}
    assert steps.order(order.pk).state == "pending"


def test_values_sent_with_the_order_spare_the_inquiry(cast, vendor):
    values = {"tier2": {"tier2_vat": "DE2"}, "tier1": {"tier1_vat": "DE1"}}
    cast.order(values=values)
    assert steps.setup(2).state == "pending"
    steps.approve(steps.setup(2), vendor)
    assert steps.setup(1).state == "pending"
    steps.approve(steps.setup(1), vendor)
    assert [steps.config(k).params[f"tier{k}_vat"]["value"] for k in (1, 2)] == ["DE1", "DE2"]


def test_values_are_refused_where_nothing_is_asked(cast, vendor):
    def refused(**values):
        with pytest.raises(ValidationError):
            cast.order(values=values)

    cast.order()
    refused(tier1={"tier1_vat": "DE9"})
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    refused(tier1={"tier1_vat": "DE9"})
    refused(tier3={"x": "y"})
    refused(asset={"x": "y"})
    assert FulfillmentRequest.objects.count() == 1


@pytest.mark.parametrize("fields", [{"phase": "fulfillment"}, {"hidden": True}])
@pytest.mark.parametrize("scope", ["tier1", "asset"])
def test_the_buyer_sends_no_values_that_are_the_vendors(cast, offered, scope, fields):
    product = offered(1, **{"tier1": {}, scope: {"name": "discount", **fields}})
    with pytest.raises(ValidationError) as refused:
        place(cast, product, values={scope: {"discount": "100"}})
    assert set(refused.value.error_dict) == {"discount"}
    assert not TierConfig.objects.exists()


def test_a_released_order_asks_for_its_own_values(cast, offered, vendor):
    product = offered(1, tier1=REQUIRED, asset={**REQUIRED, "name": "domain"})
    order = place(cast, product)
    steps.configure(1, vendor)
    order = steps.order(order.pk)
    assert (order.state, order.inquiry_email) == ("inquiring", cast.kirlin.contact_email)
    event = Event.objects.get(object_id=order.pk, to_state="inquiring")
    assert event.verb == "fulfillmentrequest.ask"
    assert event.data["asked"] == ["domain"]
    order = orders.answer_request(
        order, actor=cast.actor("reseller"), values={"domain": "kirlin.example"}
    )
    assert (order.state, order.answered) == ("pending", True)
    steps.fulfil(order, vendor)
    assert Subscription.objects.get().params == {"domain": {"value": "kirlin.example"}}


def test_a_released_tier_1_setup_asks_its_own_contact(cast, vendor):
    cast.order()
    steps.configure(2, vendor)
    request = steps.setup(1)
    assert (request.state, request.inquiry_email) == ("inquiring", cast.nordlicht.contact_email)
    assert request.inquiry_number == 1


def test_preview_orders_share_a_configuration_per_marketplace(cast, vendor):
    order = cast.order(connection=None)
    assert (order.environment, steps.setup(1).environment) == ("preview", "preview")
    cast.order(connection=None)
    assert TierConfig.objects.count() == 2
    cast.order()
    assert TierConfig.objects.count() == 4


def test_a_failed_tier_1_setup_fails_the_orders_and_a_new_one_begins_again(cast, vendor):
    order = cast.order()
    steps.configure(2, vendor)
    setups.fail_request(steps.setup(1), actor=cast.actor("distributor"), reason="Not our reseller")
    order = steps.order(order.pk)
    assert (order.state, order.subscription.state) == ("failed", "terminated")
    assert "Not our reseller" in order.reason
    assert states() == {2: ("active", "approved"), 1: ("processing", "failed")}
    again = cast.order()
    assert steps.setup(1).pk.endswith("-002")
    assert steps.setup(1).state == "inquiring"
    steps.configure(1, vendor)
    assert steps.order(again.pk).state == "pending"
    assert steps.config(1).requests.count() == 2


def test_a_failed_tier_2_setup_restarts_under_the_same_configurations(cast, vendor):
    cast.order()
    configs = set(TierConfig.objects.values_list("pk", flat=True))
    setups.fail_request(steps.setup(2), actor=vendor, reason="No contract")
    again = cast.order()
    assert set(TierConfig.objects.values_list("pk", flat=True)) == configs
    assert [steps.setup(k).pk[-4:] for k in (1, 2)] == ["-002", "-002"]
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    assert steps.order(again.pk).state == "pending"


def test_a_failure_spares_orders_that_do_not_wait_for_it(cast, vendor):
    plain = cast.order(product=cast.plain)
    sibling = factories.account(cast.partners["distributor"], cast.umbrella, name="Sibling")
    buyer = factories.account(cast.partners["distributor"], sibling, type="customer")
    steps_order = cast.order()
    other = cast.order(customer=buyer)
    steps.configure(2, vendor)
    nordlicht = steps.setup(1, configuration__account=cast.nordlicht)
    setups.fail_request(nordlicht, actor=vendor, reason="No contract")
    found = [steps.order(each.pk).state for each in (plain, steps_order, other)]
    assert found == ["pending", "failed", "tiers_setup"]


def test_a_moved_reseller_waits_for_both_parents_setups(cast, vendor):
    """The parked tier 1 setup follows the tier 2 it was born below, the new order needs both."""
    first = cast.order()
    rival = factories.account(cast.partners["distributor"], name="Rival")
    move_account(cast.nordlicht, actor=cast.actor("distributor"), parent=rival)
    second = cast.order()
    assert set(second.required_configurations.values_list("account__name", flat=True)) == {
        "Rival",
        "Nordlicht Systemhaus GmbH",
    }
    steps.configure(2, vendor, configuration__account=rival)
    assert steps.setup(1).state == "tiers_setup"
    steps.configure(2, vendor, configuration__account=cast.umbrella)
    steps.configure(1, vendor)
    assert {steps.order(each.pk).state for each in (first, second)} == {"pending"}


def test_a_rejected_old_parent_takes_along_what_is_parked_below_it(cast, vendor):
    """The second order needs the tier 1 setup that waits for the first parent, so it ends too."""
    first = cast.order()
    rival = factories.account(cast.partners["distributor"], name="Rival")
    move_account(cast.nordlicht, actor=cast.actor("distributor"), parent=rival)
    second = cast.order()
    old = steps.setup(2, configuration__account=cast.umbrella)
    setups.fail_request(old, actor=vendor, reason="No contract")
    assert {steps.order(each.pk).state for each in (first, second)} == {"failed"}
    assert steps.setup(2, configuration__account=rival).state == "inquiring"
    third = cast.order()
    steps.configure(2, vendor, configuration__account=rival)
    steps.configure(1, vendor)
    assert steps.order(third.pk).state == "pending"


def test_a_failed_update_leaves_values_and_orders_alone(cast, vendor):
    waiting = cast.order()
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    request_change(steps.config(2), actor=cast.actor("parent"), values={"tier2_vat": "DE9"})
    setups.fail_request(steps.setup(2), actor=vendor, reason="Wrong number")
    assert states()[2] == ("active", "failed")
    assert steps.config(2).params["tier2_vat"]["value"] == "value of tier2_vat"
    assert steps.order(waiting.pk).state == "pending"


@pytest.mark.parametrize("who", ["distributor", "reseller", "parent"])
def test_a_withdrawn_order_leaves_the_setups_going_on(cast, vendor, who):
    order = cast.order()
    order = orders.withdraw_request(order, actor=cast.actor(who), reason="Ordered twice.")
    assert (order.state, order.subscription.state) == ("failed", "terminated")
    assert states() == {2: ("processing", "inquiring"), 1: ("processing", "tiers_setup")}
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    assert steps.order(order.pk).state == "failed"
    assert cast.order().state == "pending"


def test_withdrawing_needs_a_reason_and_the_right_moment(cast, vendor):
    parked = cast.order()
    with pytest.raises(ValidationError):
        orders.withdraw_request(parked, actor=cast.actor("distributor"), reason=" ")
    pending = cast.order(product=cast.plain)
    with pytest.raises(StaleState):
        orders.withdraw_request(pending, actor=cast.actor("distributor"), reason="Twice.")
    with pytest.raises(PermissionDenied):
        orders.withdraw_request(parked, actor=vendor, reason="Twice.")


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
