"""Orders accepted for a later date, asked back, and what the worker does on the day."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from customers import chores
from customers.models import Event, Holding, Product
from fulfillment.models import FulfillmentRequest
from fulfillment.services import changes, schedule, waiting
from fulfillment.services import requests as orders
from tests import factories
from tests.conftest import Cast
from tests.factories import steps
from tests.factories.steps import refusal

State = FulfillmentRequest.State


@pytest.fixture
def tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


@pytest.fixture
def order(cast: Cast) -> FulfillmentRequest:
    """A pending purchase of a product that schedules those and has a fulfillment value."""
    factories.parameter(cast.plain, "asset", "tenant", phase="fulfillment", required=True)
    Product.objects.filter(pk=cast.plain.pk).update(schedules_purchases=True)
    cast.plain.refresh_from_db()
    return cast.order(product=cast.plain)


def planned(cast: Cast, order: FulfillmentRequest, **given: Any) -> FulfillmentRequest:
    fields = {
        "actor": cast.actor("vendor"),
        "planned_date": timezone.now() + timedelta(days=1),
        "template": cast.plain.templates.get(),
        "automatic": True,
        **given,
    }
    return orders.schedule_request(order, **fields)


def test_what_cannot_be_scheduled_is_refused_by_field(cast, order, tomorrow):
    vendor = cast.actor("vendor")
    past, far = timezone.now(), timezone.now() + timedelta(days=4000)
    assert refusal(planned, cast, order, planned_date=past) == {"planned_date": "past"}
    assert refusal(planned, cast, order, planned_date=far) == {"planned_date": "far"}
    assert list(refusal(planned, cast, order, template=None)) == ["template"]
    foreign = cast.product.templates.get(scope="asset")
    assert list(refusal(planned, cast, order, template=foreign)) == ["template"]
    active = steps.fulfil(order, vendor, values={"tenant": "t-1"}).subscription
    adjustment = changes.request_adjustment(active, actor=vendor, values={"tenant": "t-2"})
    given = {"actor": vendor, "planned_date": tomorrow}
    assert refusal(orders.schedule_request, adjustment, **given) == {"": "capability"}
    steps.fulfil(adjustment, vendor)
    cancel = changes.request_cancel(steps.order(order.pk).subscription, actor=cast.actor("admin"))
    assert refusal(orders.schedule_request, cancel, **given) == {"": "capability"}


def test_on_its_day_the_worker_approves_it_when_nothing_is_missing(cast, order, tomorrow):
    vendor = cast.actor("vendor")
    order = orders.update_request(order, actor=vendor, values={"tenant": "t-1"})
    order = planned(cast, order, planned_date=tomorrow)
    assert schedule.planned_dates() == 0
    assert schedule.planned_dates(now=tomorrow) == 1
    done = steps.order(order.pk)
    assert (done.state, done.subscription.state, done.due) == (State.APPROVED, "active", False)
    assert done.effective_date == tomorrow
    event = Event.objects.get(object_id=order.pk, verb="fulfillmentrequest.approve")
    assert (event.role, event.data["planned_by"]) == ("system", str(vendor))
    assert schedule.planned_dates(now=tomorrow) == 0


@pytest.mark.parametrize(("automatic", "said"), [(True, {"problem"}), (False, set())])
def test_otherwise_it_is_handed_to_the_vendor(cast, order, tomorrow, automatic, said):
    order = planned(cast, order, planned_date=tomorrow, automatic=automatic)
    assert schedule.planned_dates(now=tomorrow) == 1
    due = steps.order(order.pk)
    assert (due.state, due.due, due.params) == (State.SCHEDULED, True, {})
    event = Event.objects.get(object_id=order.pk, verb="fulfillmentrequest.due")
    assert (event.from_state, event.to_state) == ("scheduled", "scheduled")
    assert set(event.data) - {"planned_by"} == said
    assert "Tenant" in event.data.get("problem", "Tenant")
    holders = list(Holding.objects.filter(object_id=order.pk).order_by("pk").values("holder"))
    assert [each["holder"] for each in holders[-2:]] == ["date", "vendor"]
    assert waiting.chain(due, cast.actor("distributor"))[0].party == cast.partners["vendor"].name
    assert schedule.planned_dates(now=tomorrow) == 0
    done = steps.fulfil(due, cast.actor("vendor"), values={"tenant": "t-1"})
    assert (done.state, done.due) == (State.APPROVED, False)


def test_a_template_that_is_gone_is_a_problem_not_a_stop(cast, order, tomorrow):
    orders.update_request(order, actor=cast.actor("vendor"), values={"tenant": "t-1"})
    order = planned(cast, order, planned_date=tomorrow)
    cast.plain.templates.all().delete()
    schedule.planned_dates(now=tomorrow)
    assert steps.order(order.pk).due


def test_one_that_cannot_be_dealt_with_keeps_no_other_waiting(
    cast, order, tomorrow, monkeypatch, caplog
):
    """It is logged, and due still the next time."""
    fields = {"planned_date": tomorrow, "automatic": False}
    later = planned(cast, cast.order(product=cast.plain), **fields)
    planned(cast, order, **fields | {"planned_date": tomorrow - timedelta(hours=1)})
    before = schedule._set_due

    def break_down(held: FulfillmentRequest, problem: str) -> None:
        before(held, problem)
        if held.pk == order.pk:
            raise RuntimeError("broken")

    monkeypatch.setattr(schedule, "_set_due", break_down)
    assert schedule.planned_dates(now=tomorrow) == 1
    assert (steps.order(order.pk).due, steps.order(later.pk).due) == (False, True)
    assert f"{order.pk} is put off" in caplog.text
    monkeypatch.undo()
    assert schedule.planned_dates(now=tomorrow) == 1


def test_the_worker_knows_the_chore():
    assert schedule.planned_dates in chores._chores


def test_asked_back_it_is_taken_back_or_approved_all_the_same(cast, order, tomorrow):
    order = planned(cast, order, planned_date=tomorrow)
    given = {"actor": cast.actor("distributor"), "reason": " "}
    assert list(refusal(orders.revoke_request, order, **given)) == ["reason"]
    asked = orders.revoke_request(order, actor=cast.actor("distributor"), reason="Not yet.")
    assert (asked.state, asked.reason) == (State.REVOKING, "Not yet.")
    assert schedule.planned_dates(now=tomorrow) == 0
    done = orders.confirm_request(asked, actor=cast.actor("vendor"))
    assert (done.state, done.reason) == (State.REVOKED, "Not yet.")
    assert steps.order(order.pk).subscription.state == "terminated"
    call_command("check_trees", stdout=io.StringIO())
