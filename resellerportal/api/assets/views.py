"""Reading assets; what is asked of them is a request."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from customers.service_rights import SUBSCRIPTIONS
from fulfillment.models import FulfillmentRequest, Subscription

from ..requests.filters import RequestFilters
from ..requests.rendering import ReferenceRendering, message_of
from ..shaping import Markdown
from ..shared.texts import markdown
from ..views import ApiView, DetailView, ListView
from .filters import AssetFilters
from .rendering import AssetRendering


class Assets(ListView):
    """Subscriptions, newest first."""

    module = SUBSCRIPTIONS
    model = Subscription
    filters = AssetFilters
    rendering = AssetRendering


class AssetDetail(DetailView):
    """One subscription."""

    module = SUBSCRIPTIONS
    model = Subscription
    rendering = AssetRendering


class AssetRequests(ListView):
    """The requests of a subscription, newest first."""

    module = SUBSCRIPTIONS
    model = FulfillmentRequest
    filters = RequestFilters
    rendering = ReferenceRendering

    def rows(self) -> QuerySet[Any]:
        asset = self.visible(Subscription, self.kwargs["pk"])
        return super().rows().filter(subscription=asset)


class AssetText(ApiView):
    """What the control panel of a subscription says, in Markdown."""

    module = SUBSCRIPTIONS
    answers = {"GET": (200, Markdown)}

    def get(self, request: Request, pk: str) -> HttpResponse:
        asset = self.visible(Subscription, pk)
        if asset.template_text:
            return markdown(asset.template_text)
        opened = FulfillmentRequest.objects.visible_to(self.actor).filter(
            subscription=asset, state__in=FulfillmentRequest.OPEN
        )
        first = opened.first()
        return markdown(message_of(first, self.actor) if first else "")
