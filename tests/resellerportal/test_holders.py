"""Who holds what: on the page of a request, reminded from there, and in the report over all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from customers.models import Holding
from tests.resellerportal.config_pages import Pages, main_of, setup_of, text_of


@pytest.fixture
def pages(client, cast):
    return Pages(client, cast)


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
