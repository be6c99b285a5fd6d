"""The steps of a request: each answers with the whole request as it is then."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from customers.lifecycle import check
from customers.models import User
from customers.permissions import by_vendor
from customers.service_rights import SUBSCRIPTIONS
from fulfillment.models import FulfillmentRequest
from fulfillment.services import requests as services
from tierconfig.services.assignment import assign_request, assignees

from ..config_requests.bodies import AssignBody, ReasonBody
from ..shaping import Markdown
from ..shared.known import known, unknown
from ..shared.texts import markdown
from ..views import ApiView, DetailView
from . import bodies, deciding, filling
from .placing import FIELDS
from .rendering import RequestRendering, message_of

#: What services read of the request.
RELATED = (
    "subscription__product",
    "subscription__customer",
    "subscription__connection__hub",
    "subscription__marketplace",
)


class Step(DetailView):
    """POST of one step. Right and state are looked at before what was sent (decision 24), and by
    the service again, under its locks."""

    http_method_names = ["post", "options"]
    module = SUBSCRIPTIONS
    model = FulfillmentRequest
    rendering = RequestRendering
    fields = FIELDS
    body: ClassVar[Any] = None
    #: The transition, "" where the service alone decides.
    step: ClassVar[str] = ""

    def post(self, request: Request, **ids: str) -> Response:
        found = self.visible(self.rows().select_related(*RELATED), ids["pk"])
        if step := self.step_of(found):
            check(found, step, self.actor)
        return self.shown(self.act(found, self.sent() if self.body else {}))

    def step_of(self, found: FulfillmentRequest) -> str:
        return self.step

    def act(self, found: FulfillmentRequest, sent: Any) -> FulfillmentRequest:
        raise LookupError(type(self))


class Approve(Step):
    """The vendor approves."""

    step = "approve"
    body = bodies.ApproveBody

    def act(self, found: FulfillmentRequest, sent: Any) -> FulfillmentRequest:
        return deciding.approve(found, sent, self.actor)


class Fail(Step):
    """The vendor rejects, or the buying side takes back."""

    body = ReasonBody

    def step_of(self, found: FulfillmentRequest) -> str:
        return deciding.ending(found, self.actor)

    def act(self, found: FulfillmentRequest, sent: Any) -> FulfillmentRequest:
        return deciding.fail(found, sent["reason"], self.actor)


class Inquire(Step):
    """The vendor asks the customer's technical contact."""

    step = "inquire"
    body = bodies.InquireBody

    def act(self, found: FulfillmentRequest, sent: Any) -> FulfillmentRequest:
        return deciding.inquire(found, sent, self.actor)


class Pend(Step):
    """An inquiry is answered, or taken back."""

    asks_outside = True
    body = bodies.PendBody

    def act(self, found: FulfillmentRequest, sent: Any) -> FulfillmentRequest:
        code = self.request.query_params.get("code", "")
        return deciding.pend(found, sent, code, self.actor)


class Assign(Step):
    """Give it to a colleague: of the address, of the body, or without either to the key's owner."""

    body = AssignBody

    def act(self, found: FulfillmentRequest, sent: Any) -> FulfillmentRequest:
        if not by_vendor(found, self.actor):
            raise PermissionDenied
        user = self._wanted(found, {**sent, "id": self.kwargs.get("user") or sent.get("id")})
        return assign_request(found, actor=self.actor, user=user)

    def _wanted(self, found: FulfillmentRequest, sent: Any) -> User | None:
        people = assignees(found)
        if sent.get("id"):
            return known(people, sent["id"], "id")
        if email := sent.get("email"):
            user = people.filter(email__iexact=email).first()
            if user is None:
                raise unknown(email, "email")
            return user
        return self.actor.user


class Unassign(Step):
    """Take it from its assignee."""

    def act(self, found: FulfillmentRequest, sent: Any) -> FulfillmentRequest:
        return assign_request(found, actor=self.actor, user=None)


class Schedule(Step):
    """The vendor accepts it for a later date."""

    step = "schedule"
    body = bodies.ScheduleBody

    def act(self, found: FulfillmentRequest, sent: Any) -> FulfillmentRequest:
        return deciding.schedule(found, sent, self.actor)


class Revoke(Step):
    """The distributor asks for a scheduled one back."""

    step = "revoke"
    body = ReasonBody

    def act(self, found: FulfillmentRequest, sent: Any) -> FulfillmentRequest:
        return services.revoke_request(found, actor=self.actor, reason=sent["reason"])


class Confirm(Step):
    """The vendor gives a scheduled one back."""

    step = "confirm"

    def act(self, found: FulfillmentRequest, sent: Any) -> FulfillmentRequest:
        return services.confirm_request(found, actor=self.actor)


class Validate(Step):
    """The vendor's service looks at a draft; what it says of values is at them."""

    step = "submit"

    asks_outside = True
    body = bodies.ValidateBody

    def act(self, found: FulfillmentRequest, sent: Any) -> FulfillmentRequest:
        return filling.validate(found, sent, self.actor)


class Submit(Step):
    """Hand a draft over."""

    step = "submit"

    asks_outside = True
    body = bodies.SubmitBody

    def act(self, found: FulfillmentRequest, sent: Any) -> FulfillmentRequest:
        return filling.submit(found, sent, self.actor)


class Text(ApiView):
    """What the control panel says of the request, in Markdown."""

    module = SUBSCRIPTIONS
    answers = {"GET": (200, Markdown)}

    def get(self, request: Request, pk: str) -> HttpResponse:
        text = message_of(self.visible(FulfillmentRequest, pk), self.actor)
        return markdown(text)
