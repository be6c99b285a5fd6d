"""One subscription: what its customer has, what can be asked of it, what was done with it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import RESELLER
from customers.lifecycle import available_steps
from customers.permissions import asking_once
from fulfillment.models import FulfillmentRequest, Item, Subscription
from fulfillment.services import changes
from fulfillment.services.changes import Offer
from fulfillment.services.effects import EFFECTS
from tierconfig.models import Parameter

from .. import cells, chains, texts, tiers
from ..generic import Action, DetailTab, Fact, PortalDetailView
from ..processing import origins, values
from ..products import panel
from ..states import badge_of, label
from . import shown, trail
from .queue import environment
from .wording import offered

RELATED = ("product", "customer", "tier1", "tier2", "marketplace", "connection")
Type, RequestState = FulfillmentRequest.Type, FulfillmentRequest.State
#: Type of a request -> the page that asks for it.
PAGES = {Type.ADJUSTMENT: "adjust"}


class SubscriptionDetail(PortalDetailView):
    model = Subscription
    name = "subscription"
    select_related = (*RELATED, "connection__hub", "vendor", "provider")
    tabs = (
        DetailTab("", gettext_lazy("Control panel"), "fulfillment/subscription_panel.html"),
        DetailTab("items", gettext_lazy("Items"), "fulfillment/subscription_items.html"),
        DetailTab("parameters", gettext_lazy("Parameters"), "fulfillment/subscription_values.html"),
        DetailTab("tiers", gettext_lazy("Tiers"), "fulfillment/subscription_tiers.html"),
        DetailTab("requests", gettext_lazy("Requests"), "fulfillment/subscription_requests.html"),
        DetailTab("details", gettext_lazy("Details"), "fulfillment/subscription_details.html"),
    )

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().distinct()
        return tiers.with_sight(rows, self.actor) if self.kwargs.get("tab") == "tiers" else rows

    @cached_property
    def opened(self) -> FulfillmentRequest | None:
        """The open request, as far as the reader sees it."""
        rows = self.object.requests.visible_to(self.actor)
        return rows.filter(state__in=FulfillmentRequest.OPEN).first()

    @cached_property
    def offers(self) -> list[Offer]:
        if not self.actor.may_act:
            return []
        with asking_once(self.actor):
            seen = [self.opened] if self.opened else []
            return changes.offers(self.object, self.actor, seen=seen)

    def get_title(self) -> str:
        return _("%(product)s for %(customer)s") % {
            "product": self.object.product,
            "customer": self.object.customer,
        }

    def get_facts(self) -> list[Fact]:
        subscription = self.object
        product, customer = subscription.product, subscription.customer
        facts = [
            Fact(_("Customer"), customer, chains.address(self.url, "account-detail", customer.pk)),
            Fact(_("Product"), product, self.url("product-detail", product.pk)),
            Fact(_("Vendor"), subscription.vendor),
            Fact(_("Distributor"), subscription.provider),
            Fact(_("Marketplace"), subscription.marketplace),
        ]
        processed = subscription.state == Subscription.State.PROCESSING
        if processed and self.opened and self.opened.state == RequestState.TIERS_SETUP:
            # Displayed only: the subscription itself is being processed (7.8).
            text = label(FulfillmentRequest, "state", self.opened.state)
            facts.append(Fact(_("Its order"), badge_of(self.opened.state, text)))
        return facts

    def get_never(self) -> set[str]:
        held, subscription = Subscription.State.SUSPENDED, self.object
        may_be_held = subscription.product.administrative_hold or subscription.state == held
        return set() if may_be_held else {held}

    def get_actions(self) -> list[Action]:
        possible = [each for each in self.offers if each.possible]
        found = [
            Action(
                offered(each.type),
                chains.address(self.url, page_of(each.type), self.object.pk),
                "danger" if each.type == Type.CANCEL else "secondary",
            )
            for each in possible
        ]
        return [*super().get_actions(), *(each for each in found if each.url)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fill = getattr(self, f"fill_{self.tab.name or 'panel'}" if self.tab else "")
        return super().get_context_data(**fill(), hindered=self._hindered(), **kwargs)

    def _hindered(self) -> list[dict[str, Any]]:
        """What cannot be asked for now, by the reason."""
        reasons: dict[tuple[str, str], list[str]] = {}
        for each in self.offers:
            holds = each.type in (Type.SUSPEND, Type.RESUME)
            if holds and self.object.state not in EFFECTS[each.type].begins:
                continue
            if not each.possible:
                reasons.setdefault((each.why_not, each.open_request), []).append(offered(each.type))
        return [
            {
                "labels": ", ".join(labels),
                "why": why,
                "request": pk,
                "url": self.url("order-detail", pk) if pk else "",
            }
            for (why, pk), labels in reasons.items()
        ]

    def fill_panel(self) -> dict[str, Any]:
        text, waiting = self.object.template_text, self.opened
        return {
            "control_panel": texts.rendered(text) if text else "",
            "extras": panel.extras(self),
            "open_order": waiting,
            "open_text": shown.panel(waiting, self) if waiting else "",
            "open_url": self.url("order-detail", waiting.pk) if waiting else "",
        }

    def may(self, step: str) -> bool:
        """Of its open request: the panel leads those who may answer to their own page."""
        if step != "answer" or self.opened is None or self.opened.state != RequestState.INQUIRING:
            return False
        self.opened.subscription = self.object
        return any(each.name == step for each in available_steps(self.opened, self.actor))

    def fill_items(self) -> dict[str, Any]:
        opened = self.opened
        changing = opened is not None and shown.changes(opened)
        lines = shown.held_lines(self.object, opened)
        groups = [
            {
                "label": label(Item, "type", kind),
                "items": found,
                "total": shown.total(found),
            }
            for kind in Item.Type.values
            if (found := [line for line in lines if line.item.type == kind])
        ]
        return {
            "groups": groups,
            "changes": changing,
            "open_order": opened if changing else None,
            "open_url": self.url("order-detail", opened.pk) if opened and changing else "",
        }

    def fill_parameters(self) -> dict[str, Any]:
        product = self.object.product_id
        own = Parameter.objects.of_scope(product, "asset")
        told = origins.in_force(self.object, self.actor)
        found = values.phases(
            own, self.object.params, self.actor, buyer=_("Customer"), origins=told
        )
        constants = Parameter.objects.visible_to(self.actor).constants(product)
        return {"phases": [*found, *values.constants(constants, self.actor)]}

    def fill_tiers(self) -> dict[str, Any]:
        """The configurations are those its purchase needed."""
        bought = self.object.requests.visible_to(self.actor).filter(type=Type.PURCHASE).first()
        required = shown.required(bought, self.actor) if bought else []
        seen = tiers.sighted(self.object, self.object, self.actor)
        nodes = shown.tier_nodes(self.object, self.actor, self.url, seen=seen, required=required)
        return {"tiers": nodes}

    def fill_requests(self) -> dict[str, Any]:
        return {"trail": trail.trail(self, self.object)}

    def fill_details(self) -> dict[str, Any]:
        subscription = self.object
        connection = subscription.connection
        hub = connection and connection.hub if self.portal != RESELLER else None
        return {
            "details": [
                Fact(_("External ID"), subscription.external_id),
                Fact(_("External UUID"), subscription.external_uid),
                Fact(_("Environment"), environment(subscription.environment)),
                Fact(_("Hub"), hub and f"{hub} ({hub.pk})"),
                Fact(_("Connection"), connection and connection.pk),
                Fact(_("Ordered"), cells.age(subscription.created_at)),
                Fact(_("In this state since"), cells.age(subscription.state_since)),
                Fact(_("Last change"), cells.age(subscription.updated_at)),
            ]
        }


def page_of(kind: str) -> str:
    """The model part and step of the URL name of the page that asks for a request."""
    return f"subscription-{PAGES.get(Type(kind), kind)}"
