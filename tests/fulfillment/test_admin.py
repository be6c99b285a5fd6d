"""Orders in the administration move through the services; items are edited."""

import pytest
from django.urls import reverse

from fulfillment.models import FulfillmentRequest, Item, Subscription
from fulfillment.services import requests
from fulfillment.services.changes import request_cancel
from tests import factories
from tests.factories import steps


@pytest.fixture
def root(client, cast):
    client.force_login(cast.users["admin"])
    return client


@pytest.fixture
def orders(cast):
    """Two pending orders of Mail Guard."""
    return [cast.order(product=cast.plain), cast.order(product=cast.plain)]


def step(name, *objects):
    return reverse(
        "admin:fulfillment_fulfillmentrequest_step",
        args=[name],
        query={"id": [obj.pk for obj in objects]},
    )


def fields(request, **values):
    return {f"{request.pk}-revision": request.revision} | {
        f"{request.pk}-{name}": value for name, value in values.items()
    }


def states():
    return list(FulfillmentRequest.objects.order_by("pk").values_list("state", flat=True))


def test_several_orders_are_approved_on_one_page(root, cast, orders):
    listed = root.post(
        reverse("admin:fulfillment_fulfillmentrequest_changelist"),
        {"action": "approve", "_selected_action": [order.pk for order in orders]},
    )
    template = cast.plain.templates.get(scope="asset")
    data = {}
    for order in orders:
        data |= fields(order, template=template.pk)
    assert root.post(listed.url, data).status_code == 302
    assert states() == ["approved", "approved"]
    assert set(Subscription.objects.values_list("state", flat=True)) == {"active"}


def test_too_many_at_once_are_refused(root, orders, monkeypatch):
    monkeypatch.setattr("customers.admin.steps.AT_ONCE", 1)
    answer = root.post(
        reverse("admin:fulfillment_fulfillmentrequest_changelist"),
        {"action": "fail", "_selected_action": [order.pk for order in orders]},
        follow=True,
    )
    assert "Choose at most 1 at a time." in answer.content.decode()


def test_one_that_somebody_decided_does_not_stop_the_other(root, cast, orders):
    first, second = orders
    requests.fail_request(first, actor=cast.actor("vendor"), reason="No")
    data = fields(first) | fields(second) | {"reason": "Out of stock"}
    answer = root.post(step("fail", first, second), data, follow=True)
    text = " ".join(str(message) for message in answer.context["messages"])
    assert f"{first.pk} is already Failed: Vendor" in text
    assert "Reject: 1 done." in text
    reasons = FulfillmentRequest.objects.values_list("pk", "reason")
    assert dict(reasons) == {first.pk: "No", second.pk: "Out of stock"}


def test_an_order_is_asked_about_taken_back_and_withdrawn(root, orders):
    order = orders[0]
    root.post(step("inquire", order), fields(order) | {"message": "How many seats?"})
    order = FulfillmentRequest.objects.get(pk=order.pk)
    assert order.state == "inquiring"
    root.post(step("pend", order), fields(order))
    order = FulfillmentRequest.objects.get(pk=order.pk)
    assert order.state == "pending"
    root.post(step("inquire", order), fields(order) | {"message": "Really?"})
    order = FulfillmentRequest.objects.get(pk=order.pk)
    root.post(step("withdraw", order), fields(order) | {"reason": "Changed our mind"})
    order = FulfillmentRequest.objects.get(pk=order.pk)
    assert (order.state, order.reason) == ("failed", "Changed our mind")


def test_an_order_is_scheduled_asked_back_and_taken_back(root, cast, orders):
    cast.plain.schedules_purchases = True
    cast.plain.save()
    order = orders[0]

    def take(name, **given):
        given = {f"{order.pk}-{key}": value for key, value in given.items()}
        shared = {"reason": "Not yet"} if name == "revoke" else {}
        root.post(step(name, order), fields(order) | given | shared)
        return FulfillmentRequest.objects.get(pk=order.pk)

    assert take("schedule", planned_date_0="2020-01-01", planned_date_1="08:00").state == "pending"
    order = take("schedule", planned_date_0="2031-01-01", planned_date_1="08:00")
    assert (order.state, order.planned_date.year) == ("scheduled", 2031)
    order = take("revoke")
    order = take("confirm")
    assert (order.state, order.reason) == ("revoked", "Not yet")


def test_a_cancellation_needs_no_template_and_is_not_asked_about(root, cast):
    request = request_cancel(steps.subscribe(cast), actor=cast.actor("reseller"))
    asked = root.post(step("inquire", request), fields(request) | {"message": "Why?"})
    assert "There is nothing to fill in" in asked.content.decode()
    root.post(step("approve", request), fields(request, template=""))
    assert Subscription.objects.get().state == "terminated"


def test_the_page_of_an_order_shows_lines_and_what_it_waits_for(root, cast):
    order = cast.order()
    address = reverse("admin:fulfillment_fulfillmentrequest_change", args=[order.pk])
    answer = root.get(address)
    html = answer.content.decode()
    assert str(cast.seats) in html
    assert "TC-" in html
    assert [label for _address, label in answer.context["steps"]] == ["Withdraw"]
    assert root.post(address, {"state": "approved"}).status_code == 403


@pytest.mark.parametrize("kind", ["object", "address", "checkbox", "choice", "password"])
def test_values_of_every_shape_can_be_given_with_an_approval(kind, root, cast):
    given = {
        "object": '{"a": 1}',
        "address": '{"address_line1": "Kai 1", "city": "Kiel", "state": "SH",'
        ' "postal_code": "24103", "country": "DE"}',
        "checkbox": ["x"],
        "choice": "x",
        "password": "geheim",
    }[kind]
    factories.parameter(
        cast.plain,
        "asset",
        "extra",
        type=kind,
        phase="fulfillment",
        required=True,
        constraints={"choices": [{"value": "x", "label": "X"}]},
    )
    order = cast.order(product=cast.plain)
    template = cast.plain.templates.get(scope="asset")
    bad = root.post(step("approve", order), fields(order, template=template.pk))
    assert bad.context["entries"][0][2].errors["value_extra"]
    if kind in ("object", "address"):
        data = fields(order, template=template.pk, value_extra="[" * 5000)
        bad = root.post(step("approve", order), data)
        assert bad.context["entries"][0][2].errors["value_extra"]
    root.post(step("approve", order), fields(order, template=template.pk, value_extra=given))
    assert states() == ["approved"]


def test_an_item_gets_the_next_number_of_its_product(root, cast):
    data = {
        "product": cast.product.pk,
        "local_id": "NEW",
        "mpn": "NEW",
        "name": "New",
        "type": "PPU",
        "period": "Monthly",
        "unit": "GB",
        "status": "published",
    }
    add = "/admin/fulfillment/item/add/"
    assert root.post(add, data).status_code == 302
    assert Item.objects.get(local_id="NEW").pk == f"{cast.product.pk}-0002"
    assert root.post(add, data).context["adminform"].form.errors
    row = Item.objects.get(local_id="NEW")
    change = reverse("admin:fulfillment_item_change", args=[row.pk])
    clash = root.post(change, {**data, "local_id": cast.seats.local_id})
    assert clash.status_code == 200
    assert clash.context["adminform"].form.errors
