"""How long requests stay in a state: what pages and lists say, and what a vendor sets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Event
from fulfillment.models import FulfillmentRequest
from tests.resellerportal.config_pages import answer, ids, main_of, setup_of, text_of
from tierconfig.models import ServiceLevel, TierConfigRequest
from tierconfig.services.levels import Level, levels

ENTITY = "tier_config_request"


@pytest.fixture
def pending(cast):
    """A request that waits for the vendor."""
    cast.order()
    return answer(cast, 2)


def aged(request, **age):
    rows = type(request).objects.filter(pk=request.pk)
    rows.update(state_since=timezone.now() - timedelta(**age))


def administer(cast, name="vendor"):
    cast.users[name].memberships.update(level="administrator")


def days(pages, member="vendor", **changes):
    form = pages.get(member, "settings-levels").context["form"]
    return {name: form.initial[name] for name in form.fields} | changes


@pytest.mark.parametrize(
    ("age", "said"),
    [({"hours": 47}, "on time"), ({"days": 2, "minutes": 1}, "late"), ({"days": 5}, "overdue")],
)
def test_the_queue_and_the_page_say_whether_a_request_is_late(cast, pages, pending, age, said):
    aged(pending, **age)
    for name, tab in (("vendor", "mine"), ("distributor", "others")):
        assert f"</time> {said}</span>" in text_of(pages.get(name, "config-request-list", tab=tab))
        assert f"</time> {said}</span>" in main_of(
            pages.get(name, "config-request-detail", pending.pk)
        )
    assert said not in main_of(pages.get("parent", "config-request-detail", pending.pk))


def test_an_order_is_measured_too(cast, pages):
    order = cast.order(product=cast.plain)
    aged(order, days=9)
    assert "</time> overdue</span>" in text_of(pages.get("vendor", "order-list"))
    assert "</time> overdue</span>" in text_of(pages.get("vendor", "order-detail", order.pk))
    found = pages.get("vendor", "order-list", sli="overdue").content.decode()
    assert order.pk in found
    assert order.pk not in pages.get("vendor", "order-list", sli="late").content.decode()


def test_what_is_decided_is_neither_late_nor_on_time(cast, pages):
    order = cast.order(product=cast.plain)
    aged(order, days=99)
    FulfillmentRequest.objects.filter(pk=order.pk).update(
        state="failed", reason="No", decided_at=timezone.now()
    )
    assert "overdue</span>" not in main_of(pages.get("vendor", "order-detail", order.pk))
    listed = main_of(pages.get("vendor", "order-list", tab="all", sli="overdue"))
    assert order.pk not in listed


def test_the_filter_by_zone_follows_the_levels_of_each_vendor(cast, pages, pending):
    aged(pending, days=3)

    def found(name, zone):
        return ids(pages.get(name, "config-request-list", tab="all", sli=zone), "TCR-")

    assert pending.pk in found("vendor", "late")
    assert found("vendor", "overdue") == set()
    ServiceLevel.objects.create(
        partner=cast.partners["vendor2"], entity=ENTITY, state="pending", late=0, overdue=1
    )
    assert found("distributor", "overdue") == set()
    ServiceLevel.objects.create(
        partner=cast.partners["vendor"], entity=ENTITY, state="pending", late=1, overdue=3
    )
    for name in ("vendor", "distributor", "admin"):
        assert found(name, "overdue") == {pending.pk}
        assert pending.pk not in found(name, "late")
    assert found("vendor", "nonsense") == set()
    assert found("vendor2", "overdue") == set()


def test_an_administrator_of_the_vendor_sets_days_and_the_lists_follow(cast, pages, pending):
    administer(cast)
    aged(pending, days=3)
    wanted = days(pages, **{f"{ENTITY}-pending-late": 1, f"{ENTITY}-pending-overdue": 2})
    saved = pages.client.post(pages.address("vendor", "settings-levels"), wanted, follow=True)
    assert "Saved." in text_of(saved)
    assert "changed the service levels" in text_of(saved)
    assert "overdue</span>" in text_of(pages.get("vendor", "config-request-list"))
    event = Event.objects.get(verb="partner.service_levels")
    assert event.data == {"changes": {f"{ENTITY}-pending": [[2, 5], [1, 2]]}}
    pages.client.post(pages.address("vendor", "settings-levels"), wanted)
    assert Event.objects.filter(verb="partner.service_levels").count() == 1
    again = wanted | {f"{ENTITY}-pending-late": 2, f"{ENTITY}-pending-overdue": 5}
    pages.client.post(pages.address("vendor", "settings-levels"), again)
    assert not ServiceLevel.objects.exists()
    own = cast.partners["vendor"].pk
    assert levels([own])[own][ENTITY, "pending"] == Level(2, 5)


def test_days_that_make_no_sense_are_refused_beside_their_field(cast, pages):
    administer(cast)
    wrong = days(pages, **{f"{ENTITY}-pending-late": 9, f"{ENTITY}-inquiring-late": -1})
    refused = pages.client.post(pages.address("vendor", "settings-levels"), wrong)
    assert refused.status_code == 422
    assert "greater than or equal to 0" in text_of(refused)
    wrong[f"{ENTITY}-inquiring-late"] = 1
    refused = pages.client.post(pages.address("vendor", "settings-levels"), wrong)
    assert "Overdue comes after late." in text_of(refused)
    assert not ServiceLevel.objects.exists()


def test_an_end_by_time_is_off_and_what_it_ends_at_once_is_counted_and_asked(cast, pages, pending):
    administer(cast)
    aged(pending, days=30)
    assert days(pages)[f"{ENTITY}-pending-terminate"] == ""
    wanted = days(pages, **{f"{ENTITY}-pending-terminate": 20})
    address = pages.address("vendor", "settings-levels")
    asked = pages.client.post(address, wanted)
    assert asked.status_code == 422
    assert "Tier configuration requests, Pending: 1." in text_of(asked)
    assert not ServiceLevel.objects.exists()
    assert pages.client.post(address, wanted | {"confirm": "2"}).status_code == 422
    assert pages.client.post(address, wanted | {"confirm": "1"}).status_code == 302
    assert ServiceLevel.objects.get().terminate == 20
    event = Event.objects.get(verb="partner.service_levels")
    assert event.data == {"changes": {f"{ENTITY}-pending": [[2, 5], [2, 5, 20]]}}
    assert days(pages)[f"{ENTITY}-pending-terminate"] == 20
    early = pages.client.post(address, wanted | {f"{ENTITY}-pending-terminate": 4})
    assert "A request is overdue before it is ended." in text_of(early)


@pytest.mark.parametrize("level", ["agent", "viewer"])
def test_others_of_the_vendor_read_them(cast, pages, level):
    cast.users["vendor"].memberships.update(level=level)
    page = pages.get("vendor", "settings-levels")
    assert "Only administrators of Vendor change these settings." in text_of(page)
    wanted = days(pages, **{f"{ENTITY}-pending-late": 1})
    assert pages.client.post(pages.address("vendor", "settings-levels"), wanted).status_code == 403
    assert not ServiceLevel.objects.exists()


def test_lists_cost_the_same_whatever_was_set(cast, pages, pending):
    before = pages.queries("vendor", "config-request-list", tab="mine")
    ServiceLevel.objects.create(
        partner=cast.partners["vendor"], entity=ENTITY, state="pending", late=1, overdue=3
    )
    assert pages.queries("vendor", "config-request-list", tab="mine") == before
    assert TierConfigRequest.objects.count() == 2
    assert setup_of(1).state == "tiers_setup"
