"""Many requests of a vendor's queue decided at once: the preview, what comes of it, the mails."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone

from customers.events import deliver_pending
from customers.models import Event
from fulfillment.models import FulfillmentRequest
from fulfillment.services import many
from fulfillment.services import requests as services
from tests import factories
from tests.resellerportal.config_pages import answer, main_of, make_config, setup_of
from tierconfig.models import TierConfigRequest
from tierconfig.services import requests as setups


@pytest.fixture
def orders(cast):
    customers = [
        factories.account(cast.partners["distributor"], cast.nordlicht, type="customer")
        for _number in range(3)
    ]
    return [cast.order(product=cast.plain, customer=each) for each in customers]


def choose(pages, rows, step, name="order", member="vendor"):
    """The page that shows the effect, and what its form sends."""
    chosen = [each.pk for each in rows]
    sent = pages.post(member, f"{name}-bulk", step, pk=chosen, query="?tab=mine")
    assert sent.status_code == 302
    return pages.client.get(sent["Location"])


def confirm(pages, rows, step, name="order", **form):
    data = {"chosen": ",".join(each.pk for each in rows), "query": "?tab=mine", "token": "once"}
    return pages.post("vendor", f"{name}-bulk", step, **data, **form)


def field_of(product, scope="asset", kind="fulfillment"):
    return f"template-{product.pk}-{scope}-{kind}"


def states():
    return dict(FulfillmentRequest.objects.values_list("pk", "state"))


def test_the_preview_says_what_will_be_approved_and_what_is_left_out_and_why(cast, pages, orders):
    late, lacking, foreign = orders[0], orders[1], cast.order()
    services.fail_request(late, actor=cast.actor("vendor"), reason="No stock")
    factories.parameter(cast.plain, "asset", "tenant", phase="fulfillment", required=True)
    filled = FulfillmentRequest.objects.get(pk=orders[2].pk)
    services.update_request(filled, actor=cast.actor("vendor"), values={"tenant": "t1"})
    page = main_of(choose(pages, [*orders, foreign], "approve"))
    assert "3 of them are left out:" in page
    assert "no value: tenant" in page.lower()
    assert "waits for others" in page
    assert "You, " in page.partition(late.pk)[2][:300]
    assert f'name="{field_of(cast.plain)}"' in page
    assert f'name="chosen" value="{orders[2].pk}"' in page
    assert lacking.pk in page.partition("left out")[2]
    assert str(lacking.subscription.customer) in page.partition("left out")[2]


def test_all_are_approved_with_the_chosen_texts_and_the_counts_are_right_at_once(
    cast, pages, orders
):
    other = factories.template(cast.plain, "asset", "fulfillment")
    answer_ = confirm(pages, orders, "approve", **{field_of(cast.plain): other.pk})
    page = main_of(pages.client.get(answer_["Location"]))
    assert "3 are approved." in page
    assert "Nothing waits for you" in page
    assert 'title="waiting for you"' not in pages.get("vendor", "home").content.decode()
    found = FulfillmentRequest.objects.select_related("subscription")
    assert {(each.state, each.subscription.state, each.template_id) for each in found} == {
        ("approved", "active", other.pk)
    }
    events = Event.objects.filter(verb="fulfillmentrequest.approve")
    assert events.count() == 3
    assert len({each.data["batch"] for each in events}) == 1


def test_one_mail_for_each_member_of_the_buying_side(cast, pages, orders, settings):
    deliver_pending(limit=500)
    mail.outbox.clear()
    assert confirm(pages, orders, "fail", reason="Out of stock").status_code == 302
    for _round in range(3):
        deliver_pending(limit=500)
    told = [each for each in mail.outbox if each.to == ["distributor@people.example"]]
    assert [each.subject for each in told] == ["Failed: 3 orders"]
    assert all(each.pk in told[0].body for each in orders)
    assert "Out of stock" in told[0].body


def test_one_of_one_is_told_as_if_it_stood_alone(cast, orders):
    deliver_pending(limit=500)
    mail.outbox.clear()
    found = many.decide_orders(
        orders[:1], actor=cast.actor("vendor"), step="fail", reason="Out of stock"
    )
    for _round in range(3):
        deliver_pending(limit=500)
    assert [each.pk for each in found.decided] == [orders[0].pk]
    told = [each.subject for each in mail.outbox if each.to == ["distributor@people.example"]]
    assert len(told) == 1
    assert orders[0].pk in told[0]


def test_what_changed_after_the_preview_keeps_nobody_from_the_others(cast, pages, orders):
    services.fail_request(orders[0], actor=cast.actor("vendor"), reason="No stock")
    text = cast.plain.templates.get()
    page = main_of(
        pages.client.get(
            confirm(pages, orders, "approve", **{field_of(cast.plain): text.pk})["Location"]
        )
    )
    assert "2 are approved." in page
    assert f"1 was decided before and stays as it is: {orders[0].pk}" in page
    assert sorted(states().values()) == ["approved", "approved", "failed"]


def test_foreign_texts_reasons_left_out_and_other_vendors_change_nothing(cast, pages, orders):
    stolen = factories.template(factories.product(cast.partners["vendor2"]), "asset", "fulfillment")
    assert confirm(pages, orders, "approve", **{field_of(cast.plain): stolen.pk}).status_code == 422
    assert confirm(pages, orders, "fail", reason=" ").status_code == 422
    theirs = pages.post("vendor2", "order-bulk", "approve", pk=[each.pk for each in orders])
    assert "does not exist" in main_of(pages.client.get(theirs["Location"])) or (
        "do not exist" in main_of(pages.client.get(theirs["Location"]))
    )
    found = many.decide_orders(orders, actor=cast.actor("vendor2"), step="fail", reason="Mine")
    assert [why for _row, why in found.lacking] == ["It is not yours to decide."] * 3
    assert set(states().values()) == {"pending"}
    cast.users["vendor"].memberships.update(level="viewer")
    assert confirm(pages, orders, "fail", reason="No").status_code == 403


def test_configurations_are_decided_together_and_what_waited_goes_on(cast, pages):
    cast.order()
    answer(cast, 2)
    other = make_config(cast, "Beta").requests.get()
    setups.answer_request(other, actor=cast.actor("parent"), values={"tier2_vat": "DE9"})
    rows = [setup_of_account(cast.umbrella), other]
    text = cast.product.templates.get(scope="tier2")
    name = field_of(cast.product, "tier2", text.type)
    page = main_of(choose(pages, rows, "approve", "config-request"))
    assert f'name="{name}"' in page
    confirm(pages, rows, "approve", "config-request", **{name: text.pk})
    assert {TierConfigRequest.objects.get(pk=each.pk).state for each in rows} == {"approved"}
    assert setup_of(1).state == "inquiring"
    summed = Event.objects.get(verb="partner.decisions")
    assert sorted(summed.data["requests"]) == sorted(each.pk for each in rows)


def setup_of_account(account):
    return TierConfigRequest.objects.get(configuration__account=account)


def test_many_are_given_to_a_colleague_of_the_vendor_and_to_nobody_else(cast, pages, orders):
    colleague = factories.user(cast.partners["vendor"], email="ada@people.example", name="Ada")
    page = main_of(choose(pages, orders, "assign"))
    assert "Ada (ada@people.example)" in page
    assert "Distributor (" not in page
    outsider = cast.users["vendor2"].pk
    assert confirm(pages, orders, "assign", user=outsider).status_code == 422
    done = pages.client.get(confirm(pages, orders, "assign", user=colleague.pk)["Location"])
    assert "3 are assigned." in main_of(done)
    assert set(FulfillmentRequest.objects.values_list("assignee", flat=True)) == {colleague.pk}


def test_the_preview_costs_the_same_for_one_and_for_many(cast, pages, orders):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for rows in (orders[:1], orders):
        choose(pages, rows, "approve")
        chosen = pages.client.session["choices"]
        address = pages.address("vendor", "order-bulk", "approve") + f"?choice={list(chosen)[-1]}"
        with CaptureQueriesContext(connection) as found:
            assert pages.client.get(address).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_what_the_distributor_asked_back_is_not_approved_in_passing(cast, pages, orders):
    FulfillmentRequest.objects.filter(pk=orders[0].pk).update(
        state="revoking", reason="Ordered twice", planned_date=timezone.now()
    )
    page = main_of(choose(pages, orders, "approve"))
    assert "1 of them is left out:" in page
    assert "the distributor asked for it back" in page
    done = many.decide_orders(
        FulfillmentRequest.objects.all(),
        actor=cast.actor("vendor"),
        step="approve",
        templates={need: cast.plain.templates.get() for need in map(many.need_of, orders)},
    )
    assert [row.pk for row, _why in done.lacking] == [orders[0].pk]
    assert sorted(states().values()) == ["approved", "approved", "revoking"]
