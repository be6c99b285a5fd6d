"""What one decision sets going for many is one mail for each reader."""

import pytest

from customers.models import Event
from fulfillment.models import FulfillmentRequest
from fulfillment.services import many
from resellerportal.notifications.messages import candidates, messages
from tests import factories
from tests.factories import steps

pytestmark = pytest.mark.django_db
VENDOR, DISTRIBUTOR = "vendor@people.example", "distributor@people.example"


@pytest.fixture
def orders(cast):
    home = cast.partners["distributor"]
    customers = [factories.account(home, cast.nordlicht, type="customer") for _n in range(3)]
    return [cast.order(customer=each) for each in customers]


def told(verb):
    """{address: [subjects]} of all events of a verb."""
    found = {}
    for event in Event.objects.filter(verb=verb):
        for message in messages(event):
            found.setdefault(message.recipient, []).append(message.subject)
    return found


def states():
    return set(FulfillmentRequest.objects.values_list("state", flat=True))


def test_orders_released_by_one_approval_are_one_mail_for_the_vendor(cast, orders):
    steps.configure(2, cast.actor("vendor"))
    steps.configure(1, cast.actor("vendor"))
    assert states() == {"pending"}
    assert Event.objects.filter(verb="fulfillmentrequest.release").count() == 3
    assert told("fulfillmentrequest.release") == {}
    assert told("partner.decisions") == {VENDOR: ["Pending: 3 orders"]}
    (mail,) = candidates(Event.objects.get(verb="partner.decisions"))
    assert mail.kind == "order-decide"
    assert all(order.pk in str(mail.context["facts"]) for order in orders)
    assert mail.context["link"][0].endswith("/vendor/orders/?tab=mine")
    assert "wait for you" in str(mail.context["intro"])


def test_one_that_is_released_alone_is_told_alone(cast):
    order = cast.order()
    steps.configure(2, cast.actor("vendor"))
    steps.configure(1, cast.actor("vendor"))
    assert not Event.objects.filter(verb="partner.decisions").exists()
    (subject,) = told("fulfillmentrequest.release")[VENDOR]
    assert order.pk in subject


def test_what_falls_with_a_rejected_configuration_is_one_mail_without_the_reason(cast, orders):
    many.decide_configurations(
        [steps.setup(2)], actor=cast.actor("vendor"), step="fail", reason="Not them"
    )
    assert states() == {"failed"}
    assert told("fulfillmentrequest.cascade") == {}
    found = told("partner.decisions")[DISTRIBUTOR]
    assert "Failed: 3 orders" in found
    about = Event.objects.get(verb="partner.decisions", data__about="fulfillmentrequest")
    assert "Not them" not in str([mail.context for mail in messages(about)])


def test_what_a_decision_in_bulk_releases_is_told_once_too(cast, orders):
    steps.configure(2, cast.actor("vendor"))
    steps.answer(steps.setup(1))
    text = cast.product.templates.get(scope="tier1")
    setup = steps.setup(1)
    many.decide_configurations(
        [setup], actor=cast.actor("vendor"), step="approve", templates={many.need_of(setup): text}
    )
    assert told("partner.decisions")[VENDOR] == ["Pending: 3 orders"]
