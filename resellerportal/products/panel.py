"""What a control panel shows of its product: getting started, links, and buttons to press."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import VENDOR, Actor
from customers.permissions import by_vendor
from fulfillment.models import Subscription
from tierconfig.models import TierConfig
from tierconfig.services import action_links
from tierconfig.services.definitions.embedding import ADMIN, embedding_of

from .. import texts
from ..generic import Fact, PortalActionView
from .embedding import lacking


def extras(page: Any) -> dict[str, Any]:
    """For the control panel of a visible configuration or subscription, whatever is in use."""
    holder, actor = page.object, page.actor
    if not action_links.in_use(holder):
        return {}
    found = embedding_of(holder.product)
    may = action_links.may_press(holder, actor)
    rows = list(action_links.actions_of(holder)) if may else []
    lacks = lacking(found) if rows else ""
    address = f"{page.name}-action"
    return {
        "description": found.description,
        "started": texts.rendered(found.getting_started) if found.getting_started else "",
        "downloads": downloads(found.download_links, actor),
        "documents": found.documents,
        "buttons": [] if lacks else [(row, page.url(address, holder.pk, row.pk)) for row in rows],
        "lacks": lacks if by_vendor(holder, actor) else "",
        "embedding_url": _embedding_url(page),
        "preview": page.portal == VENDOR,
    }


def downloads(links: list[dict[str, str]], actor: Actor) -> list[dict[str, str]]:
    """Links for administrators are for who may act here; viewers read the others."""
    return [link for link in links if actor.may_act or link.get("visible_for") != ADMIN]


def _embedding_url(page: Any) -> str:
    if page.portal != VENDOR:
        return ""
    return str(page.url("product-detail", page.object.product_id, "embedding"))


class ActionPress(PortalActionView):
    """A press of a button: the answer to the post is a page that goes on to the vendor.

    It is no redirect, because browsers hold redirects of forms to the policy of the page they
    stood on (CSP form-action), and a vendor may redirect once more.
    """

    select_related = ("product",)
    service = staticmethod(action_links.press)
    submit_label = gettext_lazy("Open")

    @cached_property
    def button(self) -> Any:
        return get_object_or_404(action_links.actions_of(self.object), pk=self.kwargs["key"])

    def check(self) -> None:
        _ = self.object, self.button
        super().check()
        if not action_links.may_press(self.object, self.actor):
            raise PermissionDenied

    def get_title(self) -> str:
        return str(self.button.name)

    def get_question(self) -> str:
        return str(self.button.description)

    def get_facts(self) -> list[Fact]:
        return [
            Fact(_("Product"), self.object.product.name),
            Fact(_("Told to the vendor"), _("that you pressed it, for which account, as whom")),
        ]

    def perform(self, form: Any) -> str:
        return str(self.service(self.object, actor=self.actor, action=self.button))

    def finish(self, result: str) -> HttpResponse:
        context = {
            "title": self.button.name,
            "vendor": self.object.product.owner.name,
            "host": urlsplit(result).hostname,
            "address": result,
            "back": self.get_cancel_url(),
        }
        answer = render(self.request, "products/opening.html", context)
        answer["Refresh"] = f"0; url={result}"
        answer["Cache-Control"] = "no-store, private"
        answer["Referrer-Policy"] = "no-referrer"
        return answer


class ConfigAction(ActionPress):
    model = TierConfig
    name = "config"
    select_related = ("product__owner", "account")


class SubscriptionAction(ActionPress):
    model = Subscription
    name = "subscription"
    select_related = ("product__owner", "customer")

    def get_queryset(self) -> Any:
        return super().get_queryset().distinct()
