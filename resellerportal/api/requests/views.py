"""Fulfillment requests: list and detail, new ones and changed ones."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from customers.service_rights import SUBSCRIPTIONS
from fulfillment.models import FulfillmentRequest

from ..views import DetailView, ListView
from . import asking, filling
from .bodies import NewRequestBody, RequestBody
from .filters import RequestFilters
from .placing import FIELDS
from .rendering import RequestRendering
from .steps import RELATED


class Requests(ListView):
    """Requests, newest first."""

    module = SUBSCRIPTIONS
    model = FulfillmentRequest
    filters = RequestFilters
    rendering = RequestRendering
    body = NewRequestBody
    refuses = {"POST": (409,)}
    fields = FIELDS

    def post(self, request: Request) -> Response:
        """A purchase, or a request about a subscription that is there."""
        made = asking.create(self.sent(), self.actor)
        rendering = self.rendering(self.actor)
        again = rendering.rows(self.rows()).get(pk=made.pk)
        return Response(rendering.alone(again), status=201)


class RequestDetail(DetailView):
    """One request."""

    module = SUBSCRIPTIONS
    model = FulfillmentRequest
    rendering = RequestRendering
    body = RequestBody
    fields = FIELDS

    def put(self, request: Request, **ids: str) -> Response:
        """What the vendor fills in or marks, what the buying side answers, all of a draft."""
        found = self.visible(self.rows().select_related(*RELATED), ids["pk"])
        filling.change(found, self.sent(), self.actor)
        return self.shown(found)
