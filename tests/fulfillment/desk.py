"""The steps of all sides on one request, by the words of the stories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from customers.actors import Actor
from fulfillment.models import FulfillmentRequest
from fulfillment.services import discarding, drafts, endings, schedule
from fulfillment.services import requests as orders
from tests import factories
from tests.conftest import Cast
from tests.factories import steps
from tierconfig.models import ServiceLevel

#: Types that bring values.
VALUED = ("purchase", "change", "adjustment")
OLD, NEW = "old.example", "new.example"


@dataclass
class Desk:
    cast: Cast
    request: FulfillmentRequest

    def take(self, step: str) -> None:
        row = FulfillmentRequest.objects.select_related("subscription__product")
        self.request = row.get(pk=self.request.pk)
        getattr(self, step)(self.request)

    def approve(self, request: FulfillmentRequest) -> None:
        offered = {each.name for each in request.offered_to_vendor(request.presented())}
        wanted = {"tenant", "region"} if request.type == "purchase" else {"region"}
        values = dict.fromkeys(sorted(offered & wanted), "t-1")
        steps.fulfil(request, self.cast.actor("vendor"), values=values)

    def fail(self, request: FulfillmentRequest) -> None:
        orders.fail_request(request, actor=self.cast.actor("vendor"), reason="No.")

    def inquire(self, request: FulfillmentRequest) -> None:
        orders.inquire_request(request, actor=self.cast.actor("vendor"), errors={}, message="Hm?")

    def answer(self, request: FulfillmentRequest) -> None:
        contact = Actor.contact(request.inquiry_email, request.pk)
        orders.answer_request(request, actor=contact, values={"domain": NEW})

    def pend(self, request: FulfillmentRequest) -> None:
        orders.pend_request(request, actor=self.cast.actor("distributor"))

    def withdraw(self, request: FulfillmentRequest) -> None:
        orders.withdraw_request(request, actor=self.cast.actor("reseller"), reason="Twice.")

    def schedule(self, request: FulfillmentRequest, *, automatic: bool = False) -> None:
        vendor, values = self.cast.actor("vendor"), {"tenant": "t-1"}
        if request.type == "purchase":
            request = orders.update_request(request, actor=vendor, values=values)
        text = request.subscription.product.templates.get(type="fulfillment")
        orders.schedule_request(
            request,
            actor=vendor,
            planned_date=timezone.now() + timedelta(days=1),
            template=text if request.type in VALUED else None,
            automatic=automatic,
        )

    def plan(self, request: FulfillmentRequest) -> None:
        self.schedule(request, automatic=True)

    def require(self, request: FulfillmentRequest) -> None:
        """Meanwhile the product wants one more value of its vendor."""
        given = {"phase": "fulfillment", "required": True}
        factories.parameter(request.subscription.product, "asset", "region", **given)

    def day(self, request: FulfillmentRequest) -> None:
        assert schedule.planned_dates(now=request.planned_date) == 1

    def revoke(self, request: FulfillmentRequest) -> None:
        orders.revoke_request(request, actor=self.cast.actor("distributor"), reason="Wait.")

    def confirm(self, request: FulfillmentRequest) -> None:
        orders.confirm_request(request, actor=self.cast.actor("vendor"))

    def expire(self, request: FulfillmentRequest) -> None:
        ServiceLevel.objects.create(
            partner=request.vendor,
            entity=ServiceLevel.Entity.ORDER,
            state=request.state,
            late=1,
            overdue=2,
            terminate=7,
        )
        assert endings.end_overdue(now=timezone.now() + timedelta(days=8)) == 1

    def submit(self, request: FulfillmentRequest) -> None:
        drafts.submit_request(request, actor=self.cast.actor("reseller"))

    def discard(self, request: FulfillmentRequest) -> None:
        drafts.discard_request(request, actor=self.cast.actor("reseller"))

    def forget(self, request: FulfillmentRequest) -> None:
        assert discarding.expire_drafts(now=timezone.now() + timedelta(days=900)) == 1
