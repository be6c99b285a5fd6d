"""Placing an order: the steps, what the summary promises, and the order that comes of it."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from customers.models import Connection, Listing, Marketplace
from fulfillment.models import FulfillmentRequest, Subscription
from tests import factories
from tests.resellerportal.config_pages import (
    BACKEND,
    answer,
    approve,
    configure,
    main_of,
    setup_of,
)
from tierconfig.models import TierConfig, TierConfigRequest


class Wizard:
    """Walks through the steps as one member of the cast."""

    def __init__(self, client, cast, member="distributor"):
        self.client = client
        self.cast = cast
        self.role = member if member in ("vendor", "distributor") else "reseller"
        client.force_login(cast.users[member], backend=BACKEND)

    def url(self, step=""):
        return reverse(f"{self.role}:order-add", args=[step] if step else [])

    def send(self, step, **data):
        return self.client.post(self.url(step), data)

    def page(self, step):
        return main_of(self.client.get(self.url(step), follow=True))

    def walk(self, product=None, customer=None, quantity="5", **values):
        """All steps up to the summary; returns its text."""
        cast = self.cast
        product = product or cast.product
        item = product.items.first()
        self.send("product", product=product.pk)
        self.send("customer", customer=(customer or cast.kirlin).pk)
        self.send("items", **{f"quantity-{item.pk}": quantity})
        self.send("parameters", **values)
        return self.page("summary")

    def finish(self, token="one"):
        return self.send("summary", token=token)


@pytest.fixture
def wizard(client, cast):
    return Wizard(client, cast)


def the_order():
    return FulfillmentRequest.objects.select_related("subscription").get()


def test_an_order_goes_from_product_to_the_page_that_says_who_holds_it(cast, wizard):
    start = wizard.client.get(wizard.url())
    assert start["Location"] == wizard.url("product")
    assert "Backup 360" in wizard.page("product")
    assert wizard.send("product", product=cast.product.pk)["Location"] == wizard.url("customer")
    assert wizard.send("customer", customer=cast.kirlin.pk)["Location"] == wizard.url("items")
    quantity = {f"quantity-{cast.seats.pk}": "7", "external_id": "PO-1", "note": "Soon, please."}
    assert wizard.send("items", **quantity)["Location"] == wizard.url("parameters")
    assert wizard.send("parameters")["Location"] == wizard.url("summary")
    done = wizard.finish()
    order = the_order()
    assert done["Location"] == reverse("distributor:order-detail", args=[order.pk])
    assert "Who holds it now" in main_of(wizard.client.get(done["Location"]))
    assert order.items.get().quantity == 7
    assert (order.note, order.subscription.external_id) == ("Soon, please.", "PO-1")
    assert order.subscription.connection == cast.connection


def test_the_summary_says_whom_the_order_will_ask(cast, wizard):
    text = wizard.walk()
    assert "A tier 2 configuration of Umbrella Hanse begins." in text
    assert f"{cast.umbrella.contact_email} is asked by e-mail for: Tier2 vat." in text
    assert f"Once tier 2 is approved, {cast.nordlicht.contact_email} is asked" in text
    assert "The order waits until that is approved. Then it goes to Vendor." in text
    wizard.finish()
    assert [setup_of(2).state, setup_of(1).state] == ["inquiring", "tiers_setup"]
    assert the_order().state == "tiers_setup"


def test_given_values_spare_the_questions(cast, wizard):
    values = {"tier1-tier1_vat": "DE1", "tier2-tier2_vat": "DE2"}
    text = wizard.walk(**values)
    assert "DE2" in text
    assert "Nothing is asked; Vendor decides about it." in text
    wizard.finish()
    assert setup_of(2).state == "pending"
    assert setup_of(2).params["tier2_vat"]["value"] == "DE2"
    assert setup_of(1).params["tier1_vat"]["value"] == "DE1"


def test_a_configured_chain_asks_nothing_and_has_no_parameters_step(cast, wizard):
    configure(cast)
    cast.order()
    before = TierConfigRequest.objects.count()
    wizard.send("product", product=cast.product.pk)
    wizard.send("customer", customer=cast.kirlin.pk)
    answer_ = wizard.send("items", **{f"quantity-{cast.seats.pk}": "1"})
    assert answer_["Location"] == wizard.url("summary")
    text = wizard.page("summary")
    assert "Umbrella Hanse is configured for tier 2 already" in text
    assert "Nothing is asked: the order goes straight to Vendor." in text
    placed = wizard.finish()["Location"]
    assert FulfillmentRequest.objects.get(pk=placed.split("/")[-2]).state == "pending"
    assert TierConfigRequest.objects.count() == before


def test_a_setup_under_way_is_waited_for(cast, wizard):
    cast.order()
    text = wizard.walk()
    assert "The tier 2 configuration of Umbrella Hanse is under way already." in text
    wizard.finish()
    assert TierConfig.objects.count() == 2


def test_a_reseller_orders_for_its_customer_and_reads_nothing_of_the_tier_above(client, cast):
    wizard = Wizard(client, cast, "reseller")
    text = wizard.walk()
    form = wizard.page("parameters")
    assert "Tier 1: Nordlicht" in form
    assert "Tier 2" not in form
    assert cast.umbrella.contact_email not in text
    assert "the technical contact of Umbrella Hanse is asked by e-mail" in text
    wizard.finish()
    assert the_order().creator == cast.partners["reseller"]


def test_the_product_without_tiers_goes_straight_to_the_vendor(cast, wizard):
    text = wizard.walk(product=cast.plain)
    assert "Nothing is asked: the order goes straight to Vendor." in text
    wizard.finish()
    assert the_order().state == "pending"


def test_what_the_customer_is_asked_is_foretold(cast, wizard):
    factories.parameter(cast.plain, "asset", "mailbox", required=True)
    text = wizard.walk(product=cast.plain)
    assert f"{cast.kirlin.contact_email} is asked by e-mail for: Mailbox." in text
    wizard.finish()
    assert the_order().state == "inquiring"


def test_environment_and_place_are_asked_only_when_there_is_a_choice(cast, wizard):
    hub = cast.connection.hub
    second = factories.identifiers.insert(
        Connection, "CT", product=cast.product, hub=hub, type="test"
    )
    other = factories.identifiers.insert(
        Marketplace, "MP", name="North", owner=cast.partners["distributor"]
    )
    Listing.objects.create(product=cast.product, marketplace=other)
    assert wizard.client.get(wizard.url())["Location"] == wizard.url("environment")
    assert wizard.send("environment", environment="preview").status_code == 422
    wizard.send("environment", environment="test")
    text = wizard.page("product")
    assert "Backup 360" in text
    assert "Mail Guard" not in text
    wizard.send("product", product=cast.product.pk)
    step = wizard.send("customer", customer=cast.kirlin.pk)["Location"]
    assert step == wizard.url("place")
    assert "North" in wizard.page("place")
    assert wizard.send("place", marketplace="MP-nope").status_code == 422
    wizard.send("place", marketplace=other.pk)
    wizard.send("items", **{f"quantity-{cast.seats.pk}": "1"})
    wizard.send("parameters")
    wizard.finish()
    subscription = the_order().subscription
    assert (subscription.marketplace, subscription.connection) == (other, second)


def test_only_products_that_can_be_ordered_are_offered(cast, wizard):
    vendor, home = cast.partners["vendor"], cast.partners["distributor"]
    ended = factories.product(vendor, name="Ended", state="endofsale")
    factories.offer(ended, home)
    unconnected = factories.product(vendor, name="Unconnected")
    factories.offer(unconnected, home)
    Connection.objects.filter(product=unconnected).update(status="revoked")
    unlisted = factories.product(vendor, name="Unlisted")
    factories.offer(unlisted, home)
    Listing.objects.filter(product=unlisted).update(active=False)
    elsewhere = factories.product(cast.partners["vendor2"], name="Elsewhere")
    factories.offer(elsewhere, cast.partners["distributor2"])
    text = wizard.page("product")
    assert [
        name for name in ("Ended", "Unconnected", "Unlisted", "Elsewhere") if name in text
    ] == []
    for product in (ended, unconnected, unlisted, elsewhere):
        assert wizard.send("product", product=product.pk).status_code == 422


def test_customers_of_others_and_roots_are_refused(cast, wizard, client):
    wizard.send("product", product=cast.product.pk)
    for account in (cast.stranger, cast.umbrella):
        page = wizard.send("customer", customer=account.pk)
        assert page.status_code == 422
    assert wizard.send("customer", customer=cast.nordlicht.pk).status_code == 302
    reseller = Wizard(client, cast, "reseller")
    reseller.send("product", product=cast.product.pk)
    for account in (cast.umbrella, cast.nordlicht):
        page = reseller.send("customer", customer=account.pk)
        assert page.status_code == (302 if account == cast.nordlicht else 422)


def test_customers_are_found_by_typing(cast, wizard):
    wizard.send("product", product=cast.product.pk)
    page = wizard.send("customer", customer_q="kirl", customer_search="1")
    assert "Kirlin LLC" in main_of(page)
    assert "wrong" not in main_of(page)


@pytest.mark.parametrize("quantity", ["", "0", "-1", "1.5", "abc", "99999999999999999999"])
def test_wrong_quantities_are_errors_that_keep_the_input(cast, wizard, quantity):
    wizard.send("product", product=cast.product.pk)
    wizard.send("customer", customer=cast.kirlin.pk)
    page = wizard.send("items", **{f"quantity-{cast.seats.pk}": quantity, "note": "Kept."})
    assert page.status_code == 422
    assert "Kept." in main_of(page)


def test_a_wrong_value_stands_beside_its_field(cast, wizard):
    factories.parameter(cast.product, "asset", "admin", type="email")
    wizard.send("product", product=cast.product.pk)
    wizard.send("customer", customer=cast.kirlin.pk)
    wizard.send("items", **{f"quantity-{cast.seats.pk}": "1"})
    page = wizard.send("parameters", **{"asset-admin": "nobody", "tier1-tier1_vat": "DE1"})
    assert page.status_code == 422
    text = main_of(page)
    assert 'href="#id_asset-admin"' in text
    assert 'value="nobody"' in text
    assert 'value="DE1"' in text


def test_an_error_of_the_service_is_shown_on_its_step(cast, wizard):
    cast.order(product=cast.plain, external_id="PO-9")
    wizard.send("product", product=cast.plain.pk)
    wizard.send("customer", customer=cast.kirlin.pk)
    item = cast.plain.items.get()
    wizard.send("items", **{f"quantity-{item.pk}": "1", "external_id": "PO-9"})
    page = wizard.finish()
    assert page.status_code == 422
    text = main_of(page)
    assert 'href="#id_external_id"' in text
    assert f'action="{wizard.url("items")}"' in text
    assert 'value="PO-9"' in text
    wizard.send("items", **{f"quantity-{item.pk}": "1", "external_id": "PO-10"})
    assert wizard.finish("two").status_code == 302


def test_an_order_sent_twice_is_placed_once(cast, wizard):
    wizard.walk()
    first = wizard.finish()
    assert wizard.finish()["Location"] == first["Location"]
    assert FulfillmentRequest.objects.count() == 1


def test_two_sendings_at_once_give_one_order(cast, wizard):
    """The second request still has the session of before, as when both arrive together."""
    wizard.walk()
    session = wizard.client.session
    kept = dict(session.items())
    first = wizard.finish()
    session = wizard.client.session
    session.clear()
    session.update(kept)
    session.save()
    assert wizard.finish()["Location"] == first["Location"]
    assert Subscription.objects.count() == 1


def test_steps_are_kept_walked_back_and_started_again(cast, wizard):
    wizard.walk(**{"tier1-tier1_vat": "DE1"})
    assert 'value="5"' in wizard.page("items")
    resumed = wizard.client.get(wizard.url(), follow=True)
    assert resumed.redirect_chain[0][0] == wizard.url("parameters")
    assert "This goes on where you left it" in resumed.content.decode()
    wizard.send("items", restart="1")
    assert wizard.client.get(wizard.url("items"))["Location"] == wizard.url("product")


def test_the_summary_of_one_tab_does_not_place_the_order_of_another(cast, wizard):
    """Both tabs go on with the same answers: only what the page that is sent has shown is placed."""
    wizard.walk()
    shown = re.search(r'name="shown" value="(\w+)"', wizard.page("summary"))[1]
    other = factories.account(cast.partners["distributor"], cast.nordlicht, type="customer")
    wizard.send("customer", customer=other.pk)
    told = wizard.client.post(wizard.url("summary"), {"token": "one", "shown": shown}, follow=True)
    assert "This was changed elsewhere" in told.content.decode()
    assert str(other) in main_of(told)
    assert not FulfillmentRequest.objects.exists()
    shown = re.search(r'name="shown" value="(\w+)"', main_of(told))[1]
    wizard.client.post(wizard.url("summary"), {"token": "two", "shown": shown})
    assert the_order().subscription.customer == other


def test_another_product_makes_the_later_steps_fit_again(cast, wizard):
    wizard.walk()
    step = wizard.send("product", product=cast.plain.pk)
    assert step["Location"] == wizard.url("customer")
    answer_ = wizard.client.get(wizard.url("summary"))
    assert answer_["Location"] == wizard.url("items")


def test_what_changed_meanwhile_is_seen_at_the_summary(cast, wizard):
    wizard.walk(**{"tier1-tier1_vat": "DE1", "tier2-tier2_vat": "DE2"})
    cast.order()
    answer(cast, 2)
    approve(cast, setup_of(2))
    text = wizard.page("summary")
    assert "Umbrella Hanse is configured for tier 2 already" in text
    assert wizard.finish().status_code == 302
    assert TierConfigRequest.objects.count() == 2


def test_viewers_may_not_use_it(cast, client, pages):
    client.force_login(cast.users["vendor"], backend=BACKEND)
    assert client.get("/distributor/orders/add/").status_code == 403
    cast.users["distributor"].memberships.update(level="viewer")
    assert "order-add" not in main_of(pages.get("distributor", "order-list"))
    assert pages.get("distributor", "order-add").status_code == 403


@pytest.mark.parametrize("value", ["a\0b", "x" * 10_000, "\u202e", "[]", "🐘"])
def test_hostile_input_is_an_error_of_its_step(cast, wizard, value):
    assert wizard.send("product", product=value).status_code == 422
    wizard.send("product", product=cast.product.pk)
    assert wizard.send("customer", customer=value).status_code == 422
    wizard.send("customer", customer=cast.kirlin.pk)
    for data in ({"note": value}, {"external_id": value}, {"token": value}, {}):
        page = wizard.send("items", **{f"quantity-{cast.seats.pk}": value, **data})
        assert page.status_code == 422
    wizard.send("items", **{f"quantity-{cast.seats.pk}": "1"})
    assert wizard.send("parameters", **{"tier1-tier1_vat": value}).status_code in (302, 422)
    assert wizard.client.get(wizard.url("items"), {"note": value}).status_code == 200
    assert not FulfillmentRequest.objects.exists()


def test_a_replay_reads_each_thing_once(cast, wizard, django_assert_max_num_queries):
    wizard.walk()
    with django_assert_max_num_queries(19):
        assert wizard.client.get(wizard.url("summary")).status_code == 200


def test_a_reseller_places_and_follows_the_whole_story(cast, client):
    """Story 2 through the pages: order, two answers, three approvals."""
    wizard = Wizard(client, cast, "reseller")
    wizard.walk()
    order_url = wizard.finish()["Location"]
    order = the_order()
    steps = (("parent", 2), ("reseller", 1))
    for member, level in steps:
        request = setup_of(level)
        client.force_login(cast.users[member], backend=BACKEND)
        page = reverse("reseller:config-request-answer", args=[request.pk])
        assert client.post(page, {f"param-tier{level}_vat": f"DE{level}"}).status_code == 302
        client.force_login(cast.users["vendor"], backend=BACKEND)
        template = cast.product.templates.get(scope=f"tier{level}")
        page = reverse("vendor:config-request-approve", args=[request.pk])
        assert client.post(page, {"template": template.pk}).status_code == 302
    template = cast.product.templates.get(type="fulfillment")
    page = reverse("vendor:order-approve", args=[order.pk])
    assert client.post(page, {"template": template.pk}).status_code == 302
    client.force_login(cast.users["reseller"], backend=BACKEND)
    assert re.search(r"Nobody: it is decided", main_of(client.get(order_url)))
    assert the_order().subscription.state == "active"
