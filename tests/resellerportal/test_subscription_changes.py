"""What is asked of a subscription, and what the vendor plans: pages of all three sides."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Product
from fulfillment.models import FulfillmentRequest, Item, Subscription
from fulfillment.services import changes, drafts
from fulfillment.services import requests as services
from tests import factories
from tests.resellerportal.config_pages import main_of

SIDES = ("vendor", "distributor", "reseller")


@pytest.fixture
def active(cast):
    """A subscription of Mail Guard with 5 of its one item; the product can do everything."""
    able = {
        "administrative_hold": True,
        "editable_ordering_parameters": True,
        "schedules_changes": True,
    }
    Product.objects.filter(pk=cast.plain.pk).update(**able)
    factories.parameter(cast.plain, "asset", "mailbox")
    order = cast.order(product=cast.plain, values={"asset": {"mailbox": "office"}})
    return approve(cast, FulfillmentRequest.objects.get(pk=order.pk)).subscription


def approve(cast, request):
    template = cast.plain.templates.get(type="fulfillment")
    return services.approve_request(request, actor=cast.actor("vendor"), template=template)


def ask(cast, subscription, kind="change", member="distributor", **data):
    fresh = Subscription.objects.get(pk=subscription.pk)
    if kind == "change":
        data = {"items": {fresh.items.get().item_id: 8}, **data}
    service = getattr(changes, f"request_{kind}")
    return service(fresh, actor=cast.actor(member), **data)


def latest(subscription):
    return subscription.requests.order_by("-created_at", "-pk").first()


def state(subscription):
    return Subscription.objects.values_list("state", flat=True).get(pk=subscription.pk)


def buttons(pages, member, subscription):
    page = main_of(pages.get(member, "subscription-detail", subscription.pk))
    found = re.findall(rf'class="btn [^"]*" href="[^"]*/{subscription.pk}/([a-z]+)/', page)
    return set(found)


def test_each_side_is_offered_what_it_may_ask_for(cast, pages, active):
    buying = {"change", "suspend", "cancel"}
    assert [buttons(pages, each, active) for each in SIDES] == [{"adjust"}, buying, buying]
    shown = [main_of(pages.get(each, "subscription-detail", active.pk)) for each in SIDES[:2]]
    assert re.search(r">\s*Adjust\s*<", shown[0])
    assert re.search(r">\s*Cancel subscription\s*<", shown[1])
    opened = ask(cast, active)
    for member in SIDES:
        assert buttons(pages, member, active) == set()
        page = main_of(pages.get(member, "subscription-detail", active.pk))
        assert "Not possible now" in page
        assert f"{opened.pk} is still open" in page
    cast.users["reseller"].memberships.update(level="viewer")
    assert "Not possible now" not in main_of(
        pages.get("reseller", "subscription-detail", active.pk)
    )


def test_a_change_shows_its_effect_before_it_is_sent(cast, pages, active):
    extra = factories.item(cast.plain, name="Archive")
    held = active.items.get().item_id
    form = main_of(pages.get("reseller", "subscription-change", active.pk))
    assert 'value="5"' in form
    assert "Archive" in form
    typed = {
        f"quantity-{held}": "0",
        f"quantity-{extra.pk}": "7",
        "param-mailbox": "desk",
        "note": "Please hurry",
    }
    effect = pages.post("reseller", "subscription-change", active.pk, **typed)
    told = main_of(effect)
    for part in ("0, removed", "+7", "\N{MINUS SIGN}5", "+2", "office", "desk", "Please hurry"):
        assert part in told
    assert active.requests.count() == 1
    again = pages.post("reseller", "subscription-change", active.pk, edit="1", **typed)
    assert 'value="desk"' in main_of(again)
    sent = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', told))
    sent |= {"confirm": "1"}
    first = pages.post("reseller", "subscription-change", active.pk, **sent)
    twice = pages.post("reseller", "subscription-change", active.pk, **sent)
    change = latest(active)
    assert first.url == twice.url == f"/reseller/orders/{change.pk}/"
    assert (change.type, change.state, change.note) == ("change", "pending", "Please hurry")
    assert active.requests.count() == 2
    items = main_of(pages.get("vendor", "subscription-detail", active.pk, "items"))
    assert "0, removed" in items
    asked = main_of(pages.get("vendor", "order-detail", change.pk))
    assert "office" in asked
    assert "desk" in asked
    approve(cast, change)
    left = Subscription.objects.get(pk=active.pk)
    assert {line.item_id: line.quantity for line in left.items.all()} == {extra.pk: 7}


def test_what_cannot_be_changed_is_said_beside_its_field(cast, pages, active):
    item = active.items.get().item
    foreign = factories.item(cast.product)
    retired = factories.item(cast.plain, name="Retired", status="endofsale")
    address = ("reseller", "subscription-change", active.pk)
    name, same = f"quantity-{item.pk}", {"param-mailbox": "office"}
    for typed, said in (
        ({name: "5"}, "Nothing was changed."),
        ({name: ""}, "Enter a quantity; 0 takes the item out."),
        ({name: "-1"}, "greater than or equal to 0"),
        ({name: "5", f"quantity-{foreign.pk}": "3"}, "Nothing was changed."),
        ({name: "5", f"quantity-{retired.pk}": "3"}, "Nothing was changed."),
        ({name: "0"}, "Keep one item at least"),
    ):
        page = pages.post(*address, **same, **typed)
        assert page.status_code == 422, typed
        assert said in main_of(page)
    Item.objects.filter(pk=item.pk).update(status="endofsale")
    more = pages.post(*address, **same, **{name: "6"})
    assert "no longer sold" in main_of(more)
    assert pages.post(*address, **same, **{name: "4"}).status_code == 200
    assert active.requests.count() == 1


def test_who_asks_second_reads_what_is_open(cast, pages, active):
    name = f"quantity-{active.items.get().item_id}"
    opened = ask(cast, active)
    for step in ("change", "suspend", "cancel"):
        for page in (
            pages.get("reseller", f"subscription-{step}", active.pk),
            pages.post("reseller", f"subscription-{step}", active.pk, confirm="1", **{name: "9"}),
        ):
            assert page.status_code == 409
            assert f"/reseller/orders/{opened.pk}/" in main_of(page)
    assert pages.get("vendor", "subscription-adjust", active.pk).status_code == 409
    assert pages.get("vendor", "subscription-change", active.pk).status_code == 403
    assert pages.get("reseller", "subscription-resume", active.pk).status_code == 409


def test_a_change_that_the_vendor_checks_is_checked_at_once_unless_it_is_kept(cast, pages, active):
    cast.plain.validates_changes = True
    cast.plain.save()
    name = f"quantity-{active.items.get().item_id}"
    for button, checked in (("draft", False), ("confirm", True)):
        sent = pages.post("reseller", "subscription-change", active.pk, **{name: "9", button: "1"})
        draft = latest(active)
        assert (draft.type, draft.state) == ("change", "draft")
        page = pages.client.get(sent.url).content.decode()
        assert ("The vendor has no service at present" in page) == checked
        drafts.discard_request(draft, actor=cast.actor("reseller"))


def test_an_old_form_keeps_what_was_typed(cast, pages, active):
    name = f"quantity-{active.items.get().item_id}"
    approve(cast, ask(cast, active))
    typed = {name: "9", "revision": active.revision, "confirm": "1"}
    page = pages.post("distributor", "subscription-change", active.pk, **typed)
    assert page.status_code == 422
    assert "Somebody changed this in the meantime" in main_of(page)
    assert 'value="9"' in main_of(page)


def test_a_subscription_is_suspended_resumed_and_cancelled(cast, pages, active):
    rounds = (("suspend", "suspended"), ("resume", "active"), ("cancel", "terminated"))
    for step, after in rounds:
        page = main_of(pages.get("distributor", f"subscription-{step}", active.pk))
        assert "What will happen" in page
        pages.post("distributor", f"subscription-{step}", active.pk, note="As agreed")
        request = latest(active)
        assert (request.type, request.note) == (step, "As agreed")
        decide = main_of(pages.get("vendor", "order-approve", request.pk))
        assert "The text stays as it is" in decide
        assert "mailbox" not in decide
        assert pages.post("vendor", "order-approve", request.pk).status_code == 302
        assert state(active) == after
    trail = main_of(pages.get("vendor", "subscription-detail", active.pk, "requests"))
    for told in ("Active → Suspended", "Suspended → Active", "Active → Terminated"):
        assert told in trail
    assert buttons(pages, "distributor", active) == set()
    beside = main_of(pages.get("vendor", "order-detail", f"{request.pk[:-3]}003", "requests"))
    assert "Request before" in beside
    assert "Request after" in beside


def test_a_rejected_cancellation_says_that_the_subscription_goes_on(cast, pages, active):
    request = ask(cast, active, "cancel")
    page = main_of(pages.get("vendor", "order-fail", request.pk))
    assert "goes on as it was before" in page
    pages.post("vendor", "order-fail", request.pk, reason="Minimum term")
    assert state(active) == "active"


def test_the_vendor_adjusts_at_once_or_leaves_a_request(cast, pages, active):
    template = cast.plain.templates.get(type="fulfillment")
    typed = {"template": template.pk, "param-mailbox": "office"}
    nothing = pages.post("vendor", "subscription-adjust", active.pk, **typed)
    assert "Nothing was changed." in main_of(nothing)
    typed["param-mailbox"] = "desk"
    pages.post("vendor", "subscription-adjust", active.pk, create="1", **typed)
    left = latest(active)
    assert (left.type, left.state) == ("adjustment", "pending")
    assert left.assignee == cast.users["vendor"]
    approve(cast, left)
    pages.post("vendor", "subscription-adjust", active.pk, **{**typed, "param-mailbox": "hall"})
    assert latest(active).state == "approved"
    assert Subscription.objects.get(pk=active.pk).params["mailbox"]["value"] == "hall"


def test_an_order_is_planned_wanted_back_and_revoked(cast, pages, active):
    request = ask(cast, active)
    past = pages.post("vendor", "order-schedule", request.pk, planned_date="2020-01-01T10:00")
    assert "in the future" in main_of(past)
    day = (timezone.now() + timedelta(days=9)).strftime("%Y-%m-%dT10:00")
    pages.post("vendor", "order-schedule", request.pk, planned_date=day)
    page = main_of(pages.get("reseller", "order-detail", request.pk))
    assert "Accepted for" in page
    assert f"{day[:10]} 10:00" in page
    assert f"/{request.pk}/revoke/" not in page
    pages.post("distributor", "order-revoke", request.pk, reason="Lost the deal")
    decide = main_of(pages.get("vendor", "order-detail", request.pk))
    assert "Lost the deal" in decide
    assert {step for step in ("confirm", "approve") if f"/{request.pk}/{step}/" in decide} == {
        "confirm",
        "approve",
    }
    pages.post("vendor", "order-confirm", request.pk)
    assert latest(active).state == "revoked"
    assert active.items.get().quantity == 5


def test_only_what_the_product_plans_can_be_planned(cast, pages, active):
    Product.objects.filter(pk=cast.plain.pk).update(schedules_changes=False)
    request = ask(cast, active)
    assert "/schedule/" not in main_of(pages.get("vendor", "order-detail", request.pk))
    assert pages.get("vendor", "order-schedule", request.pk).status_code == 403


def test_the_link_to_the_form_leads_only_those_who_answer(cast, pages, active):
    body = "Fill in [the form]({{ activation_form_url }}) or {{ activation_form_url }}."
    factories.template(cast.plain, "asset", "inquire", body=body)
    request = ask(cast, active)
    services.inquire_request(request, actor=cast.actor("vendor"), errors={}, message="Which?")
    own = f'href="/reseller/orders/{request.pk}/answer/"'
    reads = {
        member: main_of(pages.get(member, "order-detail", request.pk)).partition(
            "What the customer reads"
        )[2]
        for member in ("vendor", "reseller")
    }
    assert reads["reseller"].count(own) == 2
    assert "answer/" not in reads["vendor"].partition("</section>")[0]
    assert "the link is in the mail" in reads["vendor"]
    assert own in main_of(pages.get("reseller", "subscription-detail", active.pk))


def test_the_directory_names_the_open_request_and_is_narrowed(cast, pages, active):
    opened = ask(cast, active)
    parked = cast.order(external_id="PO-9")
    row = main_of(pages.get("vendor", "subscription-list"))
    assert f"/vendor/orders/{opened.pk}/" in row
    assert "Change · Pending" in row
    way = main_of(pages.get("distributor", "subscription-list", tab="open"))
    assert 'class="state parked"' in way
    found = {
        name: parked.subscription_id
        in main_of(pages.get("distributor", "subscription-list", tab="all", **{name: value}))
        for name, value in (
            ("customer", "kirlin"),
            ("tier1", cast.nordlicht.pk),
            ("external", "PO-9"),
            ("hub", cast.connection.hub_id),
            ("connection", cast.connection.pk),
            ("environment", "production"),
            ("marketplace", cast.market.pk),
            ("from", "2020-01-01"),
        )
    }
    assert all(found.values()), found
    for name, value in (
        ("until", "2020-01-01"),
        ("environment", "preview"),
        ("hub", "\N{ELEPHANT}"),
    ):
        page = main_of(pages.get("distributor", "subscription-list", tab="all", **{name: value}))
        assert parked.subscription_id not in page
    for each in pages.get(
        "reseller", "subscription-list", tab="all", format="csv"
    ).streaming_content:
        assert each


def test_every_part_of_a_request_opens_for_its_three_sides_only(cast, pages, active):
    request = ask(cast, active)
    parts = ["", "details", "tiers", "requests", "configuration"]
    for member in SIDES:
        costs = [pages.queries(member, "order-detail", request.pk, part) for part in parts]
        assert max(costs) <= 18, (member, costs)
    for member, expected in {"parent": 200, "admin": 200, "vendor2": 404}.items():
        for part in parts:
            answer = pages.get(member, "order-detail", request.pk, part)
            assert answer.status_code == expected, (member, part)
    for member in ("distributor2", "reseller2"):
        assert pages.get(member, "order-detail", request.pk).status_code == 404
