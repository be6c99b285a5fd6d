"""What members are told of orders, as they chose it."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from customers.actors import Actor
from customers.lifecycle import advance
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes, schedule
from fulfillment.services import requests as orders
from fulfillment.services.nudges import nudge_request
from resellerportal import history
from resellerportal.notifications import mail
from resellerportal.notifications.messages import messages
from tests import factories
from tests.factories import steps
from tests.resellerportal.test_notification_choices import latest, told
from tierconfig.models import Template

pytestmark = pytest.mark.django_db


def fulfilment(cast):
    return Template.objects.get(product=cast.plain, scope="asset", type="fulfillment")


class TestOrders:
    @pytest.fixture
    def running(self, cast):
        """An active subscription that the reseller bought."""
        order = cast.order(product=cast.plain, actor=cast.actor("reseller"))
        cast.plain.administrative_hold = cast.plain.schedules_changes = True
        cast.plain.save()
        return steps.fulfil(order, cast.actor("vendor")).subscription

    def test_the_reseller_who_ordered_hears_of_the_decision_without_the_vendors_people(
        self, cast, running
    ):
        found = told("fulfillmentrequest.approve")
        assert sorted(found) == ["distributor@people.example", "reseller@people.example"]
        facts = dict(found["reseller@people.example"].context["facts"])
        assert facts["Decided by"] == "Vendor"
        assert (
            found["reseller@people.example"]
            .context["link"][0]
            .startswith("http://testserver/reseller/orders/")
        )
        assert "The subscription is active." in found["reseller@people.example"].context["intro"]

    def test_each_type_is_called_by_its_name_and_says_what_its_end_means(self, cast, running):
        buyer, vendor = cast.actor("distributor"), cast.actor("vendor")
        request = changes.request_suspend(running, actor=buyer)
        (asked,) = told("fulfillmentrequest.created").values()
        assert asked.context["heading"] == "To decide: subscription suspension of Kirlin LLC"
        assert ("Subscription", running.pk) in asked.context["facts"]
        orders.approve_request(request, actor=vendor, template=None)
        found = told("fulfillmentrequest.approve")["distributor@people.example"]
        assert found.context["intro"] == "The subscription is suspended from now on."
        suspended = Subscription.objects.get(pk=running.pk)
        request = changes.request_cancel(suspended, actor=buyer)
        orders.fail_request(request, actor=vendor, reason="Paid until May")
        found = told("fulfillmentrequest.fail")["distributor@people.example"]
        assert found.context["intro"] == "The subscription goes on as before."
        assert ("Reason", "Paid until May") in found.context["facts"]

    def test_a_change_says_from_how_much_to_how_much_and_its_plan_both_ways(self, cast, running):
        buyer, vendor = cast.actor("distributor"), cast.actor("vendor")
        item = cast.plain.items.first()
        request = changes.request_change(running, actor=buyer, items={item.pk: 9})
        (asked,) = told("fulfillmentrequest.created").values()
        assert (item.name, "5 → 9") in asked.context["facts"]
        planned = timezone.now() + timedelta(days=3)
        request = orders.schedule_request(request, actor=vendor, planned_date=planned)
        (heard,) = told("fulfillmentrequest.schedule").values()
        assert (heard.recipient, heard.kind) == ("distributor@people.example", "order-scheduled")
        assert "Planned date" in dict(heard.context["facts"])
        request = orders.revoke_request(request, actor=buyer, reason="Too early")
        (wanted,) = told("fulfillmentrequest.revoke").values()
        assert (wanted.recipient, wanted.kind) == ("vendor@people.example", "order-revoke")
        assert ("Reason", "Too early") in wanted.context["facts"]
        orders.confirm_request(request, actor=vendor)
        (closed,) = told("fulfillmentrequest.confirm").values()
        assert closed.recipient == "distributor@people.example"
        assert closed.context["intro"] == "The subscription stays as it was."

    def test_a_planned_date_is_told_to_the_vendor_and_an_end_by_time_to_all(self, cast, running):
        buyer, vendor = cast.actor("reseller"), cast.actor("vendor")
        soon = timezone.now() + timedelta(hours=1)
        item = cast.plain.items.first()
        for quantity, automatic in ((7, False), (8, True)):
            own = Subscription.objects.get(pk=running.pk)
            request = changes.request_change(own, actor=buyer, items={item.pk: quantity})
            orders.schedule_request(
                request,
                actor=vendor,
                planned_date=soon,
                template=fulfilment(cast),
                automatic=automatic,
            )
            schedule.planned_dates(now=soon + timedelta(minutes=1))
            if not automatic:
                (due,) = told("fulfillmentrequest.due").values()
                assert (due.recipient, due.kind) == ("vendor@people.example", "order-due")
                assert "The planned date has come" in due.subject
                steps.fulfil(steps.order(request.pk), vendor)
        found = told("fulfillmentrequest.approve")
        assert {address: letter.kind for address, letter in found.items()} == {
            "distributor@people.example": "order-decided",
            "reseller@people.example": "order-decided",
            "vendor@people.example": "order-due",
        }
        own = Subscription.objects.get(pk=running.pk)
        request = changes.request_change(own, actor=buyer, items={item.pk: 9})
        advance(request, "expire", actor=Actor.system(), reason="Too late")
        assert told("fulfillmentrequest.expire")["vendor@people.example"].kind == "ended-by-time"

    def test_a_nudge_names_no_reseller_to_the_vendor(self, cast):
        cast.order(product=cast.plain)
        nudge_request(
            steps.order(FulfillmentRequest.objects.get().pk), actor=cast.actor("reseller")
        )
        (letter,) = told("fulfillmentrequest.nudge").values()
        assert letter.kind == "nudge"
        assert letter.context["heading"].startswith("A reseller waits for you: order of Kirlin")
        (entry,) = history.thread([latest("fulfillmentrequest.nudge")], cast.actor("vendor"))
        assert entry.who == "A reseller"

    def test_the_vendors_template_asks_in_mail_and_beside_the_form(self, client, cast):
        factories.parameter(cast.plain, "asset", "size", required=True)
        body = "## We need *you*\n\n[The form]({{ activation_form_url }}) of {{ size }}.\n\n- one"
        factories.template(cast.plain, "asset", "inquire", body=body)
        order = cast.order(product=cast.plain)
        mail.tell(latest("fulfillmentrequest.created"))
        letter = outbox.outbox[-1]
        link = messages(latest("fulfillmentrequest.created"))[0].context["link"]
        assert f"We need you\n\nThe form ({link}) of ." in letter.body
        html = letter.alternatives[0].content
        assert f'<a href="{link}"' in html
        assert "<em>you</em>" in html
        page = client.get(link).content.decode()
        assert "We need <em>you</em>" in page
        assert "activation_form_url" not in page
        asked = Actor.contact(order.inquiry_email, order.pk)
        order = orders.answer_request(order, actor=asked, values={"size": "XL"})
        orders.fail_request(order, actor=cast.actor("vendor"), reason="Sold out")
        short = told("fulfillmentrequest.fail")[order.inquiry_email]
        assert "link" not in short.context
        assert ("Reason", "Sold out") in short.context["facts"]
