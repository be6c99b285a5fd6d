"""Search over everything the actor may see: by ids (ids.py), names and external ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from customers.models import Product, TierAccount, TierAccountRequest
from fulfillment.models import FulfillmentRequest, Subscription
from tierconfig.models import TierConfig, TierConfigRequest

from ..access import EVERYONE, RoleRequiredMixin
from ..cells import Cell, value
from ..lists import listing
from ..states import badge
from . import ids

#: Hits shown of each kind; the lists have the rest.
LIMIT = 8


@dataclass(frozen=True)
class Place:
    """One kind of thing that is searched: where it leads, by which fields, how it is called."""

    page: str
    label: Any
    model: type[Model]
    fields: tuple[str, ...]
    title: str
    note: str
    related: tuple[str, ...] = ()
    states: bool = True

    @property
    def read(self) -> Cell:
        return value(self.title)

    @property
    def read_note(self) -> Cell:
        return value(self.note)


PLACES = (
    Place(
        "account",
        gettext_lazy("Accounts"),
        TierAccount,
        ("name", "contact_email", "external_id", "external_uid"),
        "name",
        "city",
        states=False,
    ),
    Place(
        "request",
        gettext_lazy("Account requests"),
        TierAccountRequest,
        ("account__name",),
        "account.name",
        "product.name",
        ("account", "product"),
    ),
    Place(
        "config",
        gettext_lazy("Tier configurations"),
        TierConfig,
        ("account__name",),
        "account.name",
        "product.name",
        ("account", "product"),
    ),
    Place(
        "config-request",
        gettext_lazy("Tier configuration requests"),
        TierConfigRequest,
        ("configuration__account__name",),
        "configuration.account.name",
        "configuration.product.name",
        ("configuration__account", "configuration__product"),
    ),
    Place(
        "subscription",
        gettext_lazy("Subscriptions"),
        Subscription,
        ("customer__name", "external_id", "external_uid"),
        "customer.name",
        "product.name",
        ("customer", "product"),
    ),
    Place(
        "order",
        gettext_lazy("Orders"),
        FulfillmentRequest,
        ("subscription__customer__name",),
        "subscription.customer.name",
        "subscription.product.name",
        ("subscription__customer", "subscription__product"),
    ),
    Place(
        "product",
        gettext_lazy("Products"),
        Product,
        ("name", "external_id"),
        "name",
        "owner.name",
        ("owner",),
    ),
)


class Search(RoleRequiredMixin, TemplateView):
    """GET `q`: hits grouped by kind; a complete id leads straight to its page."""

    roles = EVERYONE
    template_name = "portal/search.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        text = listing.Address(request.GET).clean("q")
        groups = [group for place in PLACES if (group := self._group(place, text))] if text else []
        meant = ids.typed(text)
        for hit in (hit for group in groups for hit in group["hits"]):
            if hit["id"] == meant:
                return redirect(hit["url"])
        short = bool(text) and listing.search_condition(text, (), TierAccount) is None
        title = _("Search for “%(text)s”") % {"text": text} if text else _("Search")
        return self.render_to_response(
            self.get_context_data(title=title, q=text, groups=groups, short=short)
        )

    def _group(self, place: Place, text: str) -> dict[str, Any] | None:
        condition = listing.search_condition(text, place.fields, place.model)
        try:
            shape = self.url(f"{place.page}-detail", "PK")
        except NoReverseMatch:
            return None
        if condition is None:
            return None
        rows = place.model._default_manager.visible_to(self.actor)  # type: ignore[attr-defined]
        rows = rows.select_related(*place.related).filter(condition).order_by("pk")
        found = list(rows[: LIMIT + 1])
        hits = [
            {
                "id": obj.pk,
                "url": shape.replace("PK", obj.pk),
                "title": place.read(obj),
                "note": place.read_note(obj),
                "state": badge(obj) if place.states else "",
            }
            for obj in found[:LIMIT]
        ]
        query = urlencode({"tab": "all", "q": text})
        more = f"{self.url(f'{place.page}-list')}?{query}" if len(found) > LIMIT else ""
        return {"label": place.label, "hits": hits, "more": more} if hits else None
