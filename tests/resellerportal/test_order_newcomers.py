"""Ordering for companies that are not known yet, and a vendor's previews of its own products."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from customers.models import TierAccount
from fulfillment.models import FulfillmentRequest
from tests import factories
from tests.resellerportal.config_pages import BACKEND, main_of
from tests.resellerportal.test_account_wizard import DATA
from tests.resellerportal.test_order_wizard import Wizard, the_order
from tierconfig.models import TierConfigRequest

RESELLER = {
    **DATA,
    "name": "Neue Werft GmbH",
    "contact_email": "info@werft.example",
    "country": "DE",
}
RESELLER |= {"phone": "", "tax_id": ""}


def begin(wizard, product):
    wizard.send("product", product=product.pk)
    assert wizard.send("customer", new="1")["Location"] == wizard.url("parent")


def typed_in(page):
    """What the inputs of a page hold."""
    found = re.findall(r'name="([a-z_0-9]+)"[^>]*?value="([^"]*)"', main_of(page))
    return dict(found)


def test_a_new_customer_below_a_new_reseller_comes_with_its_order(client, cast):
    wizard = Wizard(client, cast)
    begin(wizard, cast.product)
    assert wizard.send("parent", new="1")["Location"] == wizard.url("reseller")
    wizard.send("reseller", **RESELLER, parent=cast.umbrella.pk)
    assert wizard.send("company", **DATA)["Location"] == wizard.url("items")
    assert "Neue Werft GmbH" in wizard.page("items")
    wizard.send("items", **{f"quantity-{cast.seats.pk}": "2"})
    wizard.send("parameters", **{"tier1-tier1_vat": "DE1"})
    text = wizard.page("summary")
    assert "The account of Neue Werft GmbH is created." in text
    assert "A tier 1 configuration of Neue Werft GmbH begins." in text
    assert not TierAccount.objects.filter(name=DATA["name"]).exists()
    done = wizard.finish()
    order = the_order()
    assert wizard.finish()["Location"] == done["Location"]
    customer = order.subscription.customer
    assert (customer.name, customer.parent.name) == (DATA["name"], "Neue Werft GmbH")
    assert customer.parent.parent == cast.umbrella
    assert (order.subscription.tier1, order.subscription.tier2) == (customer.parent, cast.umbrella)
    assert TierAccount.objects.filter(name=DATA["name"]).count() == 1


def test_when_the_order_is_refused_no_account_remains(client, cast):
    wizard = Wizard(client, cast)
    cast.order(product=cast.plain, external_id="PO-9")
    before = TierAccount.objects.count()
    begin(wizard, cast.plain)
    wizard.send("parent", parent=cast.nordlicht.pk)
    wizard.send("company", **DATA)
    item = cast.plain.items.get()
    wizard.send("items", **{f"quantity-{item.pk}": "1", "external_id": "PO-9"})
    refused = wizard.finish()
    assert refused.status_code == 422
    assert 'href="#id_external_id"' in main_of(refused)
    assert TierAccount.objects.count() == before


def test_a_company_that_may_be_known_is_asked_about(client, cast):
    wizard = Wizard(client, cast)
    begin(wizard, cast.plain)
    wizard.send("parent", parent=cast.nordlicht.pk)
    wizard.send("company", **{**DATA, "name": "Kirlin LLC"})
    wizard.send("items", **{f"quantity-{cast.plain.items.get().pk}": "1"})
    assert "Is this company known already?" in wizard.page("summary")
    refused = wizard.finish()
    assert refused.status_code == 422
    assert not FulfillmentRequest.objects.exists()
    early = wizard.send("items", **{f"quantity-{cast.plain.items.get().pk}": "1", "save": "1"})
    assert "Is this company known already?" in main_of(early)
    assert wizard.send("summary", token="two", anyway="1").status_code == 302
    assert TierAccount.objects.filter(name="Kirlin LLC").count() == 2


@pytest.mark.parametrize("member", ["distributor", "reseller"])
def test_accounts_of_others_are_no_place_for_new_ones(client, cast, rival, member):
    wizard = Wizard(client, cast, member)
    begin(wizard, cast.plain)
    foreign = cast.stranger if member == "distributor" else rival
    unknown = wizard.send("parent", parent=foreign.pk)
    assert unknown.status_code == 422
    wizard.send("parent", new="1")
    for parent in (foreign.pk, "TA-0000-0000-0001", cast.kirlin.pk):
        assert wizard.send("reseller", **RESELLER, parent=parent).status_code == 422
    alone = wizard.send("reseller", **RESELLER, parent="")
    assert alone.status_code == (302 if member == "distributor" else 422)
    wrong = wizard.send("reseller", **{**RESELLER, "contact_email": "x"}, parent=cast.nordlicht.pk)
    assert "#id_contact_email" in main_of(wrong)


def test_ids_are_generated_without_a_script_and_what_was_typed_stays(client, cast):
    wizard = Wizard(client, cast)
    wizard.send("product", product=cast.plain.pk)
    wizard.send("customer", customer=cast.kirlin.pk)
    item = f"quantity-{cast.plain.items.get().pk}"
    wizard.send("items", **{item: "7", "note": "Kept", "generate": "external_uid"})
    page = main_of(wizard.client.get(wizard.url("items")))
    assert re.search(r'name="external_uid"[^>]*value="[0-9a-f]{8}-', page)
    assert 'value="7"' in page
    assert "Kept" in page


@pytest.fixture
def previewer(client, cast):
    """The vendor, with a preview reseller of its own; another vendor has one, too."""
    found = {}
    home = cast.partners["distributor"]
    for name in ("vendor", "vendor2"):
        root = factories.account(home, name=f"Invented by {name}")
        customer = factories.account(home, root, name=f"Customer of {name}", type="customer")
        TierAccount.objects.filter(pk__in=[root.pk, customer.pk]).update(
            environment="preview", owner=cast.partners[name]
        )
        found[name] = (root, customer)
    return found


def test_a_vendor_previews_its_product_with_an_invented_customer(client, cast, previewer):
    wizard = Wizard(client, cast, "vendor")
    text = wizard.page("product")
    assert "Place a preview order" in text
    assert "Backup 360" in text
    begin(wizard, cast.product)
    root, _customer = previewer["vendor"]
    assert wizard.send("parent", parent=previewer["vendor2"][0].pk).status_code == 422
    assert wizard.send("parent", parent=cast.umbrella.pk).status_code == 422
    assert wizard.send("parent", parent=root.pk)["Location"] == wizard.url("company")
    first = typed_in(wizard.client.get(wizard.url("company")))
    assert first["name"]
    wizard.send("company", randomize="1")
    second = typed_in(wizard.client.get(wizard.url("company")))
    assert second["contact_email"] != first["contact_email"]
    wizard.send("company", clear="1")
    assert typed_in(wizard.client.get(wizard.url("company"))).get("name", "") == ""
    wizard.send("company", **DATA)
    wizard.send("items", **{f"quantity-{cast.seats.pk}": "1"})
    wizard.send("parameters", **{"tier1-tier1_vat": "DE1"})
    done = wizard.finish()
    order = the_order()
    assert (order.environment, order.subscription.connection) == ("preview", None)
    assert order.subscription.customer.owner == cast.partners["vendor"]
    assert order.subscription.customer.environment == "preview"
    assert order.creator == cast.partners["vendor"]
    assert wizard.client.get(done["Location"]).status_code == 200


def test_a_vendor_plays_the_buyer_in_its_own_preview_and_nowhere_else(client, cast, previewer):
    factories.parameter(cast.plain, "asset", "mailbox", required=True)
    real = cast.order(product=cast.plain)
    wizard = Wizard(client, cast, "vendor")
    wizard.walk(product=cast.plain, customer=previewer["vendor"][1])
    wizard.finish()
    preview = FulfillmentRequest.objects.get(environment="preview")
    assert (real.state, preview.state) == ("inquiring", "inquiring")
    page = client.get(reverse("vendor:order-detail", args=[preview.pk]))
    for step in ("answer", "withdraw"):
        assert reverse(f"vendor:order-{step}", args=[preview.pk]) in main_of(page)
        assert client.get(reverse(f"vendor:order-{step}", args=[real.pk])).status_code == 403
    answer = reverse("vendor:order-answer", args=[preview.pk])
    assert "Mailbox" in main_of(client.get(answer))
    assert client.post(answer, {"param-mailbox": "it"}).status_code == 302
    preview = FulfillmentRequest.objects.get(pk=preview.pk)
    assert (preview.state, preview.params["mailbox"]["value"]) == ("pending", "it")


def test_a_vendor_answers_for_the_configurations_its_preview_brought(client, cast, previewer):
    cast.order()
    wizard = Wizard(client, cast, "vendor")
    wizard.walk(product=cast.product, customer=previewer["vendor"][1])
    wizard.finish()
    real = TierConfigRequest.objects.get(state="inquiring", environment="production")
    asked = TierConfigRequest.objects.get(environment="preview")
    assert (asked.state, asked.creator) == ("inquiring", cast.partners["vendor"])
    for request, status in ((real, 403), (asked, 200)):
        answer = reverse("vendor:config-request-answer", args=[request.pk])
        page = client.get(reverse("vendor:config-request-detail", args=[request.pk]))
        assert (answer in main_of(page)) == (status == 200)
        assert client.get(answer).status_code == status
    assert client.post(answer, {"param-tier1_vat": "DE1"}).status_code == 302
    asked = TierConfigRequest.objects.get(pk=asked.pk)
    assert (asked.state, asked.params["tier1_vat"]["value"]) == ("pending", "DE1")


def test_a_vendor_orders_nothing_real_and_nothing_of_others(client, cast, previewer):
    wizard = Wizard(client, cast, "vendor")
    search, typed = reverse("account-search"), {"field": "customer", "customer_q": "customer of"}
    foreign = factories.product(cast.partners["vendor2"], name="Foreign")
    factories.offer(foreign, cast.partners["distributor"])
    assert "Foreign" not in wizard.page("product")
    assert wizard.send("product", product=foreign.pk).status_code == 422
    wizard.send("product", product=cast.plain.pk)
    for account in (cast.kirlin, previewer["vendor2"][1], previewer["vendor"][0]):
        assert wizard.send("customer", customer=account.pk).status_code == 422
    assert wizard.client.get(search, {"scope": "customers", **typed}).status_code == 404
    hits = wizard.client.get(search, {"scope": "preview_customers", **typed})
    assert "Customer of vendor" in hits.content.decode()
    assert "vendor2" not in hits.content.decode()
    wizard.send("customer", customer=previewer["vendor"][1].pk)
    item = f"quantity-{cast.plain.items.get().pk}"
    saved = wizard.send("items", **{item: "1", "save": "1"})
    draft = the_order()
    assert draft.state == "draft"
    client.force_login(cast.users["distributor"], backend=BACKEND)
    theirs = saved["Location"].replace("/vendor/", "/distributor/")
    assert client.get(theirs).status_code == 404
