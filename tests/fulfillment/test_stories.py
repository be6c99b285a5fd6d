"""The two stories of the product, through the services alone."""

from customers.models import Event, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.requests import accept_request, ignore_request
from fulfillment.services import requests as orders
from tierconfig.models import TierConfigRequest
from tierconfig.services import requests as setups


def test_an_edit_raises_one_request_per_connected_product(cast):
    cast.order()
    cast.order(product=cast.plain)
    account, raised = edit_account(
        cast.nordlicht, actor=cast.actor("distributor"), data={"city": "Kiel"}
    )
    assert account.version == 2
    states = {request.product: request.state for request in raised}
    assert states == {cast.product: "pending", cast.plain: "unsupported"}
    pending = TierAccountRequest.objects.get(state="pending")
    assert pending.changed == ["city"]
    accepted = accept_request(pending, actor=cast.actor("vendor"))
    assert (accepted.state, accepted.decided_at is not None) == ("accepted", True)

    _account, raised = edit_account(
        account, actor=cast.actor("distributor"), data={"city": "Bremen"}
    )
    ignored = ignore_request(
        next(r for r in raised if r.state == "pending"),
        actor=cast.actor("vendor"),
        reason="We keep the old city.",
    )
    assert (ignored.state, ignored.reason) == ("ignored", "We keep the old city.")
    cast.nordlicht.refresh_from_db()
    assert cast.nordlicht.city == "Bremen"


def test_a_product_with_tier_parameters_is_ordered_and_asked_for_once(cast):
    vendor = cast.actor("vendor")
    order = cast.order()
    tier2 = TierConfigRequest.objects.get(configuration__tier_level=2)
    tier1 = TierConfigRequest.objects.get(configuration__tier_level=1)
    assert [order.state, tier2.state, tier1.state] == ["tiers_setup", "inquiring", "tiers_setup"]
    assert tier1.parent_configuration == tier2.configuration

    tier2 = setups.answer_request(
        tier2, actor=cast.actor("parent"), values={"tier2_vat": "DE811907980"}
    )
    setups.approve_request(tier2, actor=vendor, template=cast.product.templates.get(scope="tier2"))
    tier1.refresh_from_db()
    assert tier1.state == "inquiring"
    tier1 = setups.answer_request(
        tier1, actor=cast.actor("reseller"), values={"tier1_vat": "DE136695976"}
    )
    setups.approve_request(tier1, actor=vendor, template=cast.product.templates.get(scope="tier1"))
    order.refresh_from_db()
    assert order.state == "pending"
    order = orders.approve_request(
        order, actor=vendor, template=cast.product.templates.get(scope="asset")
    )
    order.subscription.refresh_from_db()
    assert (order.state, order.subscription.state) == ("approved", "active")

    second = cast.order()
    assert second.state == "pending"
    assert TierConfigRequest.objects.count() == 2


def test_every_step_leaves_one_event(cast):
    cast.order()
    verbs = list(Event.objects.filter(verb__endswith=".created").values_list("verb", flat=True))
    assert sorted(verbs) == [
        "fulfillmentrequest.created",
        "subscription.created",
        "tierconfig.created",
        "tierconfig.created",
        "tierconfigrequest.created",
        "tierconfigrequest.created",
    ]
