"""Who holds what: on the page of a request, reminded from there, and in the report over all."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from customers.models import Event, Holding
from customers.services import requests
from customers.services.accounts import edit_account
from resellerportal.notifications.messages import messages
from tests.resellerportal.config_pages import answer, approve, main_of, setup_of, text_of


def aged(request, **age):
    started = timezone.now() - timedelta(**age)
    Holding.objects.filter(object_id=request.pk).update(started_at=started)


def test_a_request_says_who_held_it_for_how_long(cast, pages):
    order = cast.order(product=cast.plain)
    aged(order, days=3, hours=2, minutes=1)
    for member in ("vendor", "distributor", "reseller"):
        said = main_of(pages.get(member, "order-detail", order.pk))
        assert "Held for 3 d 2 h in all" in said
        assert said.count("3 d 2 h") == 3
    found = main_of(pages.get("distributor", "config-request-detail", setup_of_parked(cast).pk))
    assert "Contact of Umbrella Hanse" in found


def setup_of_parked(cast):
    cast.order()
    return setup_of(2)


def test_who_waits_reminds_the_vendor_from_the_page_and_sees_that_it_was(cast, pages):
    order = cast.order(product=cast.plain)
    address = pages.address("reseller", "order-nudge", order.pk)
    assert address in pages.get("reseller", "order-detail", order.pk).content.decode()
    assert address not in pages.get("vendor", "order-detail", order.pk).content.decode()
    assert pages.get("vendor", "order-nudge", order.pk).status_code == 403
    pages.get("reseller", "order-nudge", order.pk)
    mail.outbox.clear()
    assert pages.client.post(address).status_code == 302
    said = text_of(pages.get("reseller", "order-detail", order.pk))
    assert "reminded by hand once" in said
    assert address not in said
    again = pages.client.post(address)
    assert again.status_code == 422
    assert "wait a day" in text_of(again)
    told = text_of(pages.get("vendor", "order-detail", order.pk))
    assert "reminded who holds the order" in told
    assert "Reseller" not in told.split("What happened")[-1].split("reminded who")[0][-60:]


def test_the_change_of_an_account_says_who_holds_it_and_the_vendor_is_reminded(cast, pages):
    cast.order()
    _account, [request] = edit_account(
        cast.kirlin, actor=cast.actor("distributor"), data={"city": "Kiel"}
    )
    aged(request, days=3, hours=2, minutes=1)
    address = pages.address("reseller", "request-nudge", request.pk)
    for member in ("vendor", "distributor", "reseller"):
        said = main_of(pages.get(member, "request-detail", request.pk))
        assert "Held for 3 d 2 h in all" in said
        assert ("Say that you are waiting" in said) == (member != "vendor")
    pages.get("reseller", "request-nudge", request.pk)
    assert pages.client.post(address).status_code == 302
    [letter] = messages(Event.objects.get(verb="tieraccountrequest.nudge"))
    assert (letter.recipient, letter.kind) == (cast.users["vendor"].email, "nudge")
    assert letter.subject.startswith("A reseller waits for you: account change of Kirlin")
    said = text_of(pages.get("reseller", "request-detail", request.pk))
    assert "reminded by hand once" in said
    assert "reminded the vendor of the change" in said
    assert address not in said
    requests.ignore_request(request, actor=cast.actor("vendor"), reason="Not ours")
    said = main_of(pages.get("distributor", "request-detail", request.pk))
    held = said.partition('id="holds"')[2].partition("</section>")[0]
    assert "Nobody: it is decided." in held
    assert "Not ours" not in held
    assert "Not ours" in said


def test_a_configuration_tells_its_reseller_who_held_its_request(cast, pages):
    cast.order()
    asked = setup_of(2)
    aged(asked, days=3, hours=2, minutes=1)
    said = main_of(pages.get("parent", "config-detail", asked.configuration_id))
    assert "Request in progress" in said
    assert "Held for 3 d 2 h in all" in said
    parked = main_of(pages.get("reseller", "config-detail", setup_of(1).configuration_id))
    assert re.search(r"Held for \d min in all", parked)
    assert "3 d 2 h" not in parked
    assert "Contact of Umbrella Hanse" not in parked
    answer(cast, 2)
    approve(cast, asked)
    said = main_of(pages.get("parent", "config-detail", asked.configuration_id))
    assert "Latest request" in said
    assert "Held for 3 d 2 h in all" in said


@pytest.fixture
def stays(cast):
    """Three orders with the vendor for 1, 2 and 9 days, one decided after 40, one asked for."""
    orders = [cast.order(product=cast.plain) for _number in range(4)]
    for order, days in zip(orders, (1, 2, 9, 60), strict=True):
        aged(order, days=days)
    ended = timezone.now() - timedelta(days=20)
    Holding.objects.filter(object_id=orders[3].pk).update(ended_at=ended)
    cast.order()
    return orders


def row_of(page, holder):
    return next(row for row in page.context["rows"] if row["css"] == holder)


def test_the_report_ranks_holders_by_what_they_hold_now_and_held_lately(cast, pages, stays):
    page = pages.get("distributor", "holders")
    row = row_of(page, "vendor")
    assert (row["name"], row["count"], row["total"]) == ("Vendor", 3, "12 d 0 h")
    assert (row["median"], row["most"], row["maximum"]) == ("2 d 0 h", "9 d 0 h", "9 d 0 h")
    assert row["longest"] == stays[2].pk
    assert row["longest_url"] in page.content.decode()
    assert row_of(page, "contact")["name"] == "Umbrella Hanse"
    lately = row_of(pages.get("vendor", "holders", days="30"), "vendor")
    assert (lately["count"], lately["median"], lately["maximum"]) == (4, "2 d 0 h", "40 d 0 h")
    only = pages.get("vendor", "holders", kind="tierconfigrequest", product=cast.product.pk)
    assert {row["css"] for row in only.context["rows"]} == {"contact", "configuration"}


def test_the_report_is_a_file_too_and_names_no_account_its_reader_does_not_see(cast, pages, stays):
    lines = b"".join(pages.get("vendor", "holders", format="csv").streaming_content).decode()
    # Hundredths of an hour may have passed since.
    hours = r"288\.0\d?,48\.0\d?,216\.0\d?,216\.0\d?"
    assert re.search(f"Vendor,vendor,3,{hours},{stays[2].pk}", lines)
    Holding.objects.filter(holder="contact").update(account=cast.stranger)
    hidden = pages.get("vendor", "holders")
    assert row_of(hidden, "contact")["name"] == "Contacts of accounts you do not see"
    assert "Stranger" not in hidden.content.decode()


def test_the_report_costs_the_same_for_many_and_shows_nothing_of_others(cast, pages, stays):
    before = pages.queries("vendor", "holders")
    for _number in range(3):
        cast.order(product=cast.plain)
    assert pages.queries("vendor", "holders") == before
    assert pages.get("vendor2", "holders").context["rows"] == []
    assert pages.get("distributor2", "holders", days="365").context["rows"] == []
