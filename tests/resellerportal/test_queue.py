"""Working through a queue: where a request stands, and what comes after a decision."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Product
from fulfillment.models import FulfillmentRequest
from fulfillment.services import requests as services
from tests import factories
from tests.resellerportal.config_pages import main_of


@pytest.fixture
def orders(cast):
    """Four that wait for the vendor, the oldest first."""
    customers = [
        factories.account(cast.partners["distributor"], cast.nordlicht, type="customer")
        for _number in range(4)
    ]
    return [cast.order(product=cast.plain, customer=each) for each in customers]


def as_(pages, member):
    pages.address(member, "home")
    return pages.client


def of(order, page="", query="?in="):
    return f"/vendor/orders/{order.pk}/{page}{query}"


def place_of(answer):
    """The line that says where the request stands: its text, and where its links lead."""
    found = re.search(r'<nav class="place".*?</nav>', answer.content.decode(), re.S)
    assert found, "no place is told"
    text = " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())
    links = re.findall(r'<a href="([^"]*)"(?: rel="(\w+)")?', found[0])
    return text, {rel or "back": url.replace("&amp;", "&") for url, rel in links}


def sent(order, cast, **more):
    form = {"template": cast.plain.templates.get().pk, "revision": order.revision, **more}
    return form


def test_a_row_of_a_filtered_list_leads_through_exactly_that_list(cast, pages, orders):
    wanted = {"product": cast.plain.pk, "order": "-waiting"}
    listed = main_of(pages.get("vendor", "order-list", **wanted))
    address = re.search(rf'class="title" href="(/vendor/orders/{orders[1].pk}/[^"]*)"', listed)[1]
    other = cast.order()  # another product: not in this list
    text, links = place_of(as_(pages, "vendor").get(address))
    assert text == "Back to the list Previous 3 of 4 Next"
    assert orders[2].pk in links["prev"]
    assert orders[0].pk in links["next"]
    assert links["back"] == f"/vendor/orders/?product={cast.plain.pk}&order=-waiting"
    assert other.pk not in str(links)


def test_what_was_next_is_next_after_the_decision(cast, pages, orders):
    vendor = as_(pages, "vendor")
    answer = vendor.post(of(orders[1], "approve/"), sent(orders[1], cast), follow=True)
    text, links = place_of(answer)
    assert text == "Back to the list Previous No longer in the list; 3 left Next"
    assert orders[2].pk in links["next"]
    assert orders[0].pk in links["prev"]
    listed = main_of(vendor.get("/vendor/orders/"))
    assert re.findall(r'class="count">([^<]*)', listed)[:3] == ["3 waiting for you", "3", "0"]
    assert (
        '<span class="count" title="waiting for you">3<' in vendor.get("/vendor/").content.decode()
    )


def test_approve_and_next_goes_on_until_the_queue_is_empty(cast, pages, orders):
    vendor, address, shown = as_(pages, "vendor"), of(orders[0], "approve/"), []
    for order in orders:
        page = vendor.get(address)
        assert order.pk in main_of(page)
        shown.append(place_of(page)[0])
        assert re.search(r'name="next" value="1" autofocus>Approve and next<', main_of(page))
        address = vendor.post(address, sent(order, cast, next="1"))["Location"]
    assert [each.partition("list ")[2] for each in shown] == [
        "1 of 4 Next",
        "1 of 3 Next",
        "1 of 2 Next",
        "1 of 1",
    ]
    assert address == "/vendor/orders/"
    assert "The queue is empty." in main_of(vendor.get(address))
    assert "The list is empty now" in place_of(vendor.get(of(orders[0])))[0]
    assert {each.state for each in FulfillmentRequest.objects.all()} == {"approved"}


def test_reject_and_next_passes_over_what_is_decided_and_tells_what_was_left(cast, pages, orders):
    vendor, query = as_(pages, "vendor"), "?in=tab%3Dall%26order%3Dordered"
    services.fail_request(orders[2], actor=cast.actor("vendor"), reason="No contract")
    form = {"reason": "No stock", "revision": orders[1].revision, "next": "1"}
    answer = vendor.post(of(orders[1], "fail/", query), form)
    assert answer["Location"] == of(orders[3], "fail/", query)
    form["revision"] = orders[3].revision
    end = vendor.post(answer["Location"], form, follow=True)
    assert "That was the last one; 1 before it are still in the list." in main_of(end)
    assert end.redirect_chain[-1][0] == "/vendor/orders/?tab=all&order=ordered"


def test_who_comes_too_late_is_led_on_to_the_one_that_followed(cast, pages, orders):
    vendor = as_(pages, "vendor")
    was = re.search(r'name="was" value="([^"]*)"', main_of(vendor.get(of(orders[1], "approve/"))))
    services.fail_request(orders[1], actor=cast.actor("vendor"), reason="No contract")
    late = vendor.post(of(orders[1], "approve/"), sent(orders[1], cast, was=was[1], next="1"))
    assert late.status_code == 409
    assert f'rel="next" href="{of(orders[2], "approve/")}"' in late.content.decode()


def test_the_first_empty_value_has_the_focus(cast, pages, orders):
    for name in ("given", "tenant"):
        factories.parameter(cast.plain, "asset", name, phase="fulfillment", required=True)
    order = FulfillmentRequest.objects.get(pk=orders[0].pk)
    services.update_request(order, actor=cast.actor("vendor"), values={"given": "x"})
    page = main_of(as_(pages, "vendor").get(of(orders[0], "approve/")))
    assert re.findall(r'name="([^"]+)"[^>]* autofocus', page) == ["param-tenant"]
    assert page.count("autofocus") == 1
    first = re.search(r"<form method=.*?(<button[^>]*>)", page, re.S)[1]
    assert 'name="preview"' not in first, "Enter in the field would only show the preview"


def test_what_only_the_customer_can_give_is_asked_for_and_the_approvals_go_on(cast, pages, orders):
    factories.parameter(cast.plain, "asset", "domain", required=True)
    vendor, query = as_(pages, "vendor"), "?in=tab%3Dmine"
    page = main_of(vendor.get(of(orders[0], "approve/", query)))
    assert "This cannot be approved yet" in page
    assert "Approve and next" not in page
    ask = re.search(r'class="btn btn-primary" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert f'rel="next" href="{of(orders[1], "approve/", query)}"' in page
    asking = main_of(vendor.get(ask))
    assert of(orders[1], "approve/", query) in asking
    assert 'value="Please fill this in."' in asking
    form = {"mark-domain": "Which one?", "revision": orders[0].revision, "next": "1"}
    assert vendor.post(ask, form)["Location"] == of(orders[1], "approve/", query)
    assert FulfillmentRequest.objects.get(pk=orders[0].pk).state == "inquiring"


def test_schedule_and_next_passes_over_what_its_product_does_not_schedule(cast, pages, orders):
    Product.objects.filter(pk=cast.plain.pk).update(schedules_purchases=True)
    FulfillmentRequest.objects.filter(pk=orders[2].pk).update(type="cancel")
    text, links = place_of(page := as_(pages, "vendor").get(of(orders[1], "schedule/")))
    assert text.endswith("2 of 3 Next")
    assert "Schedule and next" in main_of(page)
    assert links["next"] == of(orders[3], "schedule/")


@pytest.mark.parametrize(
    "kind", ["in=tab%3Dnone%26order%3D%27%26after%3D%00~%26q%3D%25%25", "in=x"]
)
def test_any_list_may_be_asked_for_and_shows_nothing_of_others(cast, pages, orders, kind):
    theirs = as_(pages, "vendor2")
    assert theirs.get(of(orders[0], query=f"?{kind}")).status_code == 404
    own = as_(pages, "vendor").get(of(orders[0], query=f"?{kind}&was=nonsense~~{orders[3].pk}"))
    assert own.status_code == 200
    assert place_of(own)[0].startswith("Back to the list")


def test_the_way_through_a_list_costs_the_same_wherever_it_leads(cast, pages, orders):
    vendor = as_(pages, "vendor")

    def queries(address):
        vendor.get(address)
        with CaptureQueriesContext(connection) as found:
            assert vendor.get(address).status_code == 200
        return len(found)

    walked = queries(of(orders[0]))
    assert walked == queries(of(orders[2], query=f"?in=product%3D{cast.plain.pk}%26order%3Dname"))
    services.fail_request(orders[1], actor=cast.actor("vendor"), reason="No contract")
    assert queries(of(orders[1])) == queries(of(orders[1], query="")) + 2
