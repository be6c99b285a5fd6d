"""The draft of an order: kept, seen by its maker only, edited, checked, submitted, given up."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Connection, Listing, Marketplace, Product
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services.changes import request_change
from tests import factories
from tests.resellerportal.config_pages import BACKEND, main_of
from tests.resellerportal.test_order_wizard import Wizard, the_order
from tests.tierconfig import services
from tests.tierconfig.services import running
from tierconfig.models import TierConfig, Webhook


@pytest.fixture
def draft(client, cast):
    """Saved in the step of the items, after values were typed."""
    factories.parameter(cast.product, "asset", "mailbox", required=True)
    factories.parameter(cast.product, "asset", "secret", type="password")
    wizard = Wizard(client, cast)
    wizard.walk(**{"tier1-tier1_vat": "DE1", "asset-mailbox": "it", "asset-secret": "hidden!"})
    wizard.send("items", **{f"quantity-{cast.seats.pk}": "7", "note": "Soon", "save": "1"})
    return the_order()


def test_a_draft_is_kept_whole_and_nobody_else_sees_it(cast, draft, pages):
    page = main_of(pages.get("distributor", "order-detail", draft.pk))
    begun = "began a draft of the order"
    for said in ("DE1", "it", "Soon", "nobody else sees it", "Umbrella Hanse begins", begun):
        assert said in page, said
    assert "hidden!" not in page
    assert not TierConfig.objects.exists()
    assert draft.subscription.state == "draft"
    for member in ("vendor", "reseller", "parent"):
        role = "vendor" if member == "vendor" else "reseller"
        for name in ("detail", "edit", "submit", "discard", "validate"):
            found = pages.client
            found.force_login(cast.users[member], backend=BACKEND)
            address = reverse(f"{role}:order-{name}", args=[draft.pk])
            assert found.get(address).status_code == 404, (member, name)
            assert found.post(address).status_code == (405 if name == "detail" else 404)


def test_more_items_cost_no_more_queries(cast, draft, pages):
    asked = [("order-detail", draft.pk), ("order-edit", draft.pk)]
    before = [pages.queries("distributor", *each) for each in asked]
    for _number in range(5):
        item = factories.item(cast.product)
        draft.items.create(item=item, quantity=2)
    assert [pages.queries("distributor", *each) for each in asked] == before


def test_an_edited_draft_keeps_what_was_not_touched(cast, draft, pages):
    form = main_of(pages.get("distributor", "order-edit", draft.pk))
    assert 'value="7"' in form
    assert 'value="DE1"' in form
    data = {
        f"quantity-{cast.seats.pk}": "9",
        "tier1-tier1_vat": "DE5",
        "asset-mailbox": "",
        "asset-secret": "",
        "external_id": "PO-3",
        "note": "Later",
        "revision": draft.revision,
    }
    answer = pages.post("distributor", "order-edit", draft.pk, **data)
    assert answer.status_code == 302, main_of(answer)
    changed = the_order()
    assert changed.items.get().quantity == 9
    assert changed.tier_values == {"tier1": {"tier1_vat": "DE5"}}
    assert changed.params["secret"]["value"] == "hidden!"
    assert not changed.params.get("mailbox", {}).get("value")
    assert (changed.note, changed.subscription.external_id) == ("Later", "PO-3")
    assert changed.subscription.external_uid == draft.subscription.external_uid
    late = pages.post("distributor", "order-edit", draft.pk, **data)
    assert late.status_code == 422
    assert "Somebody changed this in the meantime" in main_of(late)
    wrong = {**data, "revision": changed.revision, f"quantity-{cast.seats.pk}": "-1"}
    assert pages.post("distributor", "order-edit", draft.pk, **wrong).status_code == 422


def test_a_draft_goes_over_another_connection_or_marketplace(cast, draft, pages):
    assert "Where it is ordered" not in main_of(pages.get("distributor", "order-edit", draft.pk))
    place = {"product": cast.product, "hub": cast.connection.hub}
    trial = factories.identifiers.insert(Connection, "CT", type="test", **place)
    north = factories.identifiers.insert(
        Marketplace, "MP", name="North", owner=cast.partners["distributor"]
    )
    Listing.objects.create(product=cast.product, marketplace=north)
    Connection.objects.filter(pk=cast.connection.pk).update(status="revoked")
    refused = main_of(pages.post("distributor", "order-submit", draft.pk))
    assert "Choose an approved connection of this product." in refused
    form = main_of(pages.get("distributor", "order-edit", draft.pk))
    assert trial.pk in form
    assert cast.connection.pk not in form
    sent = {f"quantity-{cast.seats.pk}": "7", "marketplace": north.pk}
    assert pages.post("distributor", "order-edit", draft.pk, **sent).status_code == 422
    foreign = {**sent, "connection": cast.plain_connection.pk}
    assert pages.post("distributor", "order-edit", draft.pk, **foreign).status_code == 422
    sent["connection"] = trial.pk
    assert pages.post("distributor", "order-edit", draft.pk, **sent).status_code == 302
    subscription = the_order().subscription
    assert (subscription.connection, subscription.marketplace) == (trial, north)
    assert the_order().environment == "test"
    assert pages.post("distributor", "order-submit", draft.pk).status_code == 302


def test_a_reseller_chooses_among_connections_and_is_told_no_hub(client, cast, pages):
    hub = cast.connection.hub
    trial = factories.identifiers.insert(
        Connection, "CT", product=cast.product, hub=hub, type="test"
    )
    wizard = Wizard(client, cast, "reseller")
    wizard.walk()
    wizard.send("environment", environment="production")
    wizard.walk()
    wizard.send("items", **{f"quantity-{cast.seats.pk}": "7", "save": "1"})
    form = main_of(pages.get("reseller", "order-edit", the_order().pk))
    assert f"Test · {trial.pk}" in form
    assert hub.name not in form


def test_a_submitted_draft_is_an_order(cast, draft, pages):
    answer = pages.post("distributor", "order-submit", draft.pk)
    assert answer.status_code == 302, main_of(answer)
    order = the_order()
    assert (order.state, order.subscription.state) == ("tiers_setup", "processing")
    assert TierConfig.objects.count() == 2
    assert pages.post("distributor", "order-submit", draft.pk).status_code == 409


def test_what_keeps_a_draft_from_being_submitted_is_said(cast, draft, pages):
    Product.objects.filter(pk=cast.product.pk).update(state="endofsale")
    answer = pages.post("distributor", "order-submit", draft.pk)
    assert answer.status_code == 422
    assert "This product is not on sale." in main_of(answer)


def test_a_discarded_draft_is_gone(cast, draft, pages):
    assert "deleted for good" in main_of(pages.get("distributor", "order-discard", draft.pk))
    answer = pages.post("distributor", "order-discard", draft.pk)
    assert answer["Location"] == reverse("distributor:order-list")
    assert not FulfillmentRequest.objects.exists()
    assert not Subscription.objects.exists()


def test_drafts_have_a_tab_of_their_own(cast, draft, pages):
    address = reverse("distributor:order-list")
    pages.client.force_login(cast.users["distributor"], backend=BACKEND)
    assert draft.pk in main_of(pages.client.get(address, {"tab": "drafts"}))
    assert draft.pk not in main_of(pages.client.get(address, {"tab": "others"}))


def test_where_the_vendor_s_service_looks_first_the_wizard_ends_in_a_checked_draft(
    client, cast, pages, settings
):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    Product.objects.filter(pk=cast.plain.pk).update(validates_orders=True)
    factories.parameter(cast.plain, "asset", "mailbox")
    wizard = Wizard(client, cast)
    with running() as service:
        services.webhook(cast.plain, "validator", service)
        service.complain(mailbox="No such mailbox")
        text = wizard.walk(product=cast.plain, **{"asset-mailbox": "it"})
        assert "the service of Vendor checks its values" in text
        done = wizard.finish()
        page = main_of(client.get(done["Location"]))
    assert "No such mailbox" in page
    draft = the_order()
    assert draft.state == "draft"
    Webhook.objects.update(active=False)
    pages.post("distributor", "order-validate", draft.pk)
    page = main_of(pages.get("distributor", "order-detail", draft.pk))
    assert "no service at present" in page
    assert "No such mailbox" in page
    refused = pages.post("distributor", "order-submit", draft.pk)
    assert refused.status_code == 422
    assert "No such mailbox" in main_of(refused)
    answer = pages.post("distributor", "order-submit", draft.pk, insist="on")
    assert answer.status_code == 302
    assert the_order().state == "pending"


def test_the_draft_of_a_change_is_edited_and_submitted(cast, pages):
    for name, kind in (("mailbox", "text"), ("secret", "password"), ("quota", "text")):
        factories.parameter(cast.plain, "asset", name, type=kind)
    Product.objects.filter(pk=cast.plain.pk).update(editable_ordering_parameters=True)
    bought = cast.order(product=cast.plain, values={"asset": {"mailbox": "it", "quota": "5"}})
    approved = {"state": "approved", "decided_at": timezone.now()}
    FulfillmentRequest.objects.filter(pk=bought.pk).update(**approved)
    subscription = Subscription.objects.filter(pk=bought.subscription_id)
    subscription.update(state="active", params=bought.params)
    item = cast.plain.items.get()
    draft = request_change(
        subscription.get(),
        actor=cast.actor("distributor"),
        items={item.pk: 8},
        values={"mailbox": "office", "secret": "hidden!"},
        draft=True,
    )
    page = main_of(pages.get("distributor", "order-detail", draft.pk))
    assert reverse("distributor:order-edit", args=[draft.pk]) in page
    form = main_of(pages.get("distributor", "order-edit", draft.pk))
    assert 'value="8"' in form
    assert 'value="office"' in form
    assert "hidden!" not in form
    data = {f"quantity-{item.pk}": "5", "param-mailbox": "it", "param-quota": "9", "note": "Now"}
    assert pages.post("distributor", "order-edit", draft.pk, **data).status_code == 302
    changed = FulfillmentRequest.objects.get(pk=draft.pk)
    assert {name: each["value"] for name, each in changed.params.items()} == {
        "quota": "9",
        "secret": "hidden!",
    }
    assert not changed.items.exists()
    assert pages.post("distributor", "order-submit", draft.pk).status_code == 302
    assert FulfillmentRequest.objects.get(pk=draft.pk).state == "pending"
