"""The hits while somebody types."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from customers.models import TierAccount

from ..access import RoleRequiredMixin
from .hits import Picked, find, one, printable
from .scopes import OF_VENDORS, SCOPES, offered


class AccountSearch(RoleRequiredMixin, View):
    """GET `scope`, `field`, `<field>_q`: the hits of a picker as a piece of HTML.

    A vendor has forms of its preview accounts only: elsewhere it could try ids of parents that
    are not named to it.
    """

    roles = (DISTRIBUTOR, RESELLER, VENDOR)
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        scope, name = request.GET.get("scope", ""), request.GET.get("field", "")
        foreign = self.actor.role == VENDOR and scope not in OF_VENDORS
        if scope not in SCOPES or foreign or not re.fullmatch(r"[a-z][a-z0-9_-]{0,40}", name):
            raise Http404
        seen = TierAccount.objects.visible_to(self.actor)
        but = one(seen, request.GET.get("but", ""))
        picked = Picked.read(request.GET, name)
        provider = request.GET.get("of", "")
        known = provider if re.fullmatch(r"[A-Z]{2}-[\d-]{1,17}", provider) else ""
        rows = offered(scope, self.actor, but, known)
        # The present parent may be chosen still although it is not on offer.
        kept = but is not None and but.parent_id == picked.pk
        keep = one(seen, picked.pk) if kept else None
        context = {
            "hits": find(rows, picked, keep),
            "name": name,
            "field_id": f"id_{name}",
            "empty": printable(request.GET.get("empty", "")),
            "none": not picked.pk,
        }
        return render(request, "portal/found.html", context)
