"""The variants of a purchase with tier configurations (domain 4.b), each a story of its own.

    Only tier 1 parameters     only_tier_1_parameters
    Only tier 2 parameters     only_tier_2_parameters
    No tier 2 account          a_direct_reseller_has_no_tier_2
    Authorisation of tier 1    authorization_level_1_ignores_tier_2_parameters
    Second order               a_second_order_asks_nobody_again
    Setup still open           an_open_setup_is_reused_and_releases_all_that_wait
    Update open                an_open_update_does_not_park
                               an_open_update_of_tier_2_does_not_park_a_new_tier_1_setup
    Tier 1 here, tier 2 there  the_same_company_is_tier_1_here_and_tier_2_there
    Nothing to ask             a_setup_with_nothing_to_ask_is_born_pending_and_sends_no_mail
    Hidden and required        what_nobody_is_asked_for_blocks_approval_until_the_vendor_fills_it
                               an_object_is_filled_by_the_vendor_as_no_form_asks_for_it
    Required by another value  a_value_decides_what_else_is_asked
    Values sent along          values_sent_with_the_order_spare_the_inquiry
                               values_are_refused_where_nothing_is_asked
                               the_buyer_sends_no_values_that_are_the_vendors
    Authorisation off          authorization_off_asks_for_nothing
    Validation on              an_order_makes_no_drafts
                               an_order_submits_the_draft_it_meets
                               a_validated_update_does_not_touch_the_configuration_before_it_is_sent
    Preview                    a_preview_goes_the_same_way_without_a_connection
                               preview_orders_share_a_configuration_per_marketplace
    Release                    a_released_tier_1_setup_asks_its_own_contact
                               a_released_order_asks_for_its_own_values

What fails and begins again is told in test_config_failures.py.
"""

import pytest
from django.core.exceptions import ValidationError

from customers.models import Event, Participation, Product
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import requests as orders
from tests import factories
from tests.factories import steps
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services.configs import begin_setup, request_change
from tierconfig.services.drafts import submit_request

REQUIRED = {"required": True}


def test_the_table_above_names_every_story():
    told = {line.split()[-1] for line in __doc__.splitlines() if line.startswith("    ")}
    stories = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert told == stories - {"the_table_above_names_every_story"}


def test_only_tier_1_parameters(cast, offered, vendor):
    order = cast.order(product=offered(2, tier1=REQUIRED))
    assert order.state == "tiers_setup"
    assert steps.states() == {1: ("processing", "inquiring")}
    assert steps.setup(1).parent_configuration is None
    steps.configure(1, vendor)
    assert steps.order(order.pk).state == "pending"


def test_only_tier_2_parameters(cast, offered, vendor):
    order = cast.order(product=offered(2, tier2=REQUIRED))
    assert steps.states() == {2: ("processing", "inquiring")}
    assert steps.config(2).account == cast.umbrella
    steps.configure(2, vendor)
    assert steps.order(order.pk).state == "pending"


def test_a_direct_reseller_has_no_tier_2(cast, offered):
    direct = factories.account(cast.partners["distributor"], name="Direct")
    buyer = factories.account(cast.partners["distributor"], direct, type="customer")
    product = offered(2, tier1=REQUIRED, tier2=REQUIRED)
    order = cast.order(product=product, customer=buyer)
    assert steps.states() == {1: ("processing", "inquiring")}
    assert order.subscription.tier2 is None
    assert steps.setup(1).parent_configuration is None


def test_authorization_level_1_ignores_tier_2_parameters(cast, offered):
    cast.order(product=offered(1, tier1=REQUIRED, tier2=REQUIRED))
    assert steps.states() == {1: ("processing", "inquiring")}


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


@pytest.mark.parametrize(
    "fields",
    [
        {"required": False},
        {**REQUIRED, "phase": "fulfillment"},
        {**REQUIRED, "hidden": True},
        {**REQUIRED, "constraints": {"readonly": True}},
    ],
    ids=["none required", "fulfillment only", "hidden", "readonly"],
)
def test_a_setup_with_nothing_to_ask_is_born_pending_and_sends_no_mail(cast, offered, fields):
    order = cast.order(product=offered(1, tier1=fields))
    assert order.state == "tiers_setup"
    request = steps.setup(1)
    assert (request.state, request.inquiry_number, request.inquiry_email) == ("pending", 0, "")
    assert "inquiry" not in Event.objects.get(verb="tierconfigrequest.created").data


@pytest.mark.parametrize(
    "fields", [{"phase": "fulfillment"}, {"hidden": True}, {"constraints": {"readonly": True}}]
)
def test_what_nobody_is_asked_for_blocks_approval_until_the_vendor_fills_it(
    cast, offered, vendor, fields
):
    order = cast.order(product=offered(1, tier1={**REQUIRED, **fields, "name": "number"}))
    with pytest.raises(ValidationError) as refused:
        steps.approve(steps.setup(1), vendor)
    assert set(refused.value.error_dict) == {"number"}
    assert steps.states() == {1: ("processing", "pending")}
    steps.approve(steps.setup(1), vendor, values={"number": "4711"})
    assert steps.config(1).params == {"number": {"value": "4711"}}
    assert steps.order(order.pk).state == "pending"


def test_an_object_is_filled_by_the_vendor_as_no_form_asks_for_it(cast, offered, vendor):
    order = cast.order(product=offered(1, tier1={**REQUIRED, "type": "object", "name": "limits"}))
    assert steps.setup(1).state == "pending"
    steps.approve(steps.setup(1), vendor, values={"limits": {"seats": 5}})
    assert steps.config(1).params == {"limits": {"structured_value": {"seats": 5}}}
    assert steps.order(order.pk).state == "pending"


KIND = {
    "name": "kind",
    "type": "choice",
    "required": True,
    "constraints": {"choices": ["company", "person"]},
}
VAT_OF_COMPANIES = {
    "name": "vat",
    "hidden": True,
    "constraints": {
        "dependency": {
            "parameter": "kind",
            "values": ["company"],
            "required": True,
            "hidden": False,
        }
    },
}


def test_a_value_decides_what_else_is_asked(cast, offered):
    product = offered(1, tier1=[KIND, VAT_OF_COMPANIES])
    cast.order(product=product)
    request = steps.setup(1)
    assert request.state == "inquiring"
    with pytest.raises(ValidationError) as refused:
        steps.answer(request, kind="company", vat="")
    assert set(refused.value.error_dict) == {"vat"}
    assert steps.answer(request, kind="person", vat="DE1").params["kind"] == {"value": "person"}
    assert "vat" not in steps.setup(1).params
    sibling = factories.account(cast.partners["distributor"], name="Sibling")
    buyer = factories.account(cast.partners["distributor"], sibling, type="customer")
    cast.order(product=product, customer=buyer, values={"tier1": {"kind": "company"}})
    asked = Event.objects.filter(to_state="inquiring").latest("at")
    assert asked.data["asked"] == ["vat"]


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
        cast.order(product=product, values={scope: {"discount": "100"}})
    assert set(refused.value.error_dict) == {"discount"}
    assert not TierConfig.objects.exists()


def test_authorization_off_asks_for_nothing(cast, offered):
    order = cast.order(product=offered(0, tier1=REQUIRED, tier2=REQUIRED))
    assert order.state == "pending"
    assert not TierConfig.objects.exists()


def test_an_order_makes_no_drafts(cast):
    Product.objects.update(validates_setups=True)
    cast.order()
    assert steps.states() == {2: ("processing", "inquiring"), 1: ("processing", "tiers_setup")}


def test_an_order_submits_the_draft_it_meets(cast, vendor):
    Product.objects.update(validates_setups=True)
    draft = begin_setup(
        product=Product.objects.get(pk=cast.product.pk),
        account=cast.nordlicht,
        tier_level=1,
        connection=cast.connection,
        marketplace=cast.market,
        actor=cast.actor("reseller"),
        values={"tier1_vat": "DE1"},
    )
    assert steps.states() == {1: ("draft", "draft")}
    assert not Participation.objects.exists()
    order = cast.order()
    assert steps.states() == {2: ("processing", "inquiring"), 1: ("processing", "tiers_setup")}
    assert steps.setup(1).pk == draft.pk
    steps.configure(2, vendor)
    assert steps.setup(1).state == "pending"
    steps.approve(steps.setup(1), vendor)
    assert steps.config(1).params == {"tier1_vat": {"value": "DE1"}}
    assert steps.order(order.pk).state == "pending"


def test_a_validated_update_does_not_touch_the_configuration_before_it_is_sent(cast, vendor):
    cast.order()
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    Product.objects.update(validates_updates=True)
    actor = cast.actor("reseller")
    draft = request_change(steps.config(1), actor=actor, values={"tier1_vat": "DE2"})
    assert steps.states()[1] == ("active", "draft")
    submit_request(draft, actor=actor)
    assert steps.states()[1] == ("processing", "pending")


def test_a_preview_goes_the_same_way_without_a_connection(cast, vendor):
    order = cast.order(connection=None)
    assert (order.state, order.environment) == ("tiers_setup", "preview")
    steps.configure(2, vendor)
    steps.configure(1, vendor)
    steps.fulfil(steps.order(order.pk), vendor)
    assert Subscription.objects.get().state == "active"
    assert cast.order(connection=None).state == "pending"
    assert cast.order().state == "tiers_setup"


def test_preview_orders_share_a_configuration_per_marketplace(cast, vendor):
    order = cast.order(connection=None)
    assert (order.environment, steps.setup(1).environment) == ("preview", "preview")
    cast.order(connection=None)
    assert TierConfig.objects.count() == 2
    cast.order()
    assert TierConfig.objects.count() == 4


def test_a_released_tier_1_setup_asks_its_own_contact(cast, vendor):
    cast.order()
    steps.configure(2, vendor)
    request = steps.setup(1)
    assert (request.state, request.inquiry_email) == ("inquiring", cast.nordlicht.contact_email)
    assert request.inquiry_number == 1


def test_a_released_order_asks_for_its_own_values(cast, offered, vendor):
    product = offered(1, tier1=REQUIRED, asset={**REQUIRED, "name": "domain"})
    order = cast.order(product=product)
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
