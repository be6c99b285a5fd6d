"""The way in: where `/` leads, and what waits for whom."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View
from django.views.generic import TemplateView

from customers.actors import ADMIN, DISTRIBUTOR, VENDOR, Actor
from customers.models import TierAccountRequest
from fulfillment.models import FulfillmentRequest
from tierconfig.models import TierConfigRequest

from .access import EVERYONE, RoleRequiredMixin, home_of
from .listing import count_capped


class Root(RoleRequiredMixin, View):
    """`/` leads to the home page of the role acted in."""

    roles = EVERYONE

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(home_of(self.actor.role))


class PortalHome(RoleRequiredMixin, TemplateView):
    """The home page of one portal: its modules and what waits in each."""

    template_name = "portal/home.html"


def waiting(actor: Actor) -> dict[str, QuerySet[Any]]:
    """Rows the actor has to act on, by the model part of their URL names.

    Vendors decide what is pending; the buying side answers what is inquiring.
    """
    state = "pending" if actor.role in (VENDOR, ADMIN) else "inquiring"
    models = {
        "request": TierAccountRequest,
        "config-request": TierConfigRequest,
        "order": FulfillmentRequest,
    }
    if state == "inquiring":
        del models["request"]
    if actor.role == DISTRIBUTOR:
        del models["config-request"]
    return {
        page: model.objects.visible_to(actor).filter(state=state)  # type: ignore[attr-defined]
        for page, model in models.items()
    }


def rail_counts(actor: Actor) -> dict[str, int]:
    """Numbers shown in the rail, counted up to a cap, in one query."""
    rows = waiting(actor)
    return dict(zip(rows, count_capped(list(rows.values())), strict=True))
