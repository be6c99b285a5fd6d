"""One subscription: what its customer has, and what was done with it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models import Subscription
from tierconfig.models import Parameter

from .. import cells, texts
from ..generic import DetailTab, Fact, PortalDetailView
from ..processing import origins, values
from ..products import panel
from . import shown
from .queue import environment

RELATED = ("product", "customer", "tier1", "tier2", "marketplace", "connection")


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
        return super().get_queryset().distinct()

    def get_title(self) -> str:
        return _("%(product)s for %(customer)s") % {
            "product": self.object.product,
            "customer": self.object.customer,
        }

    def get_facts(self) -> list[Fact]:
        subscription = self.object
        product = subscription.product
        return [
            Fact(_("Product"), product, self.url("product-detail", product.pk)),
            Fact(_("Vendor"), subscription.vendor),
            Fact(_("Distributor"), subscription.provider),
            Fact(_("Marketplace"), subscription.marketplace),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fill = getattr(self, f"fill_{self.tab.name or 'panel'}" if self.tab else "")
        return super().get_context_data(**fill(), **kwargs)

    def fill_panel(self) -> dict[str, Any]:
        text = self.object.template_text
        waiting = self.object.requests.visible_to(self.actor).filter(decided_at=None).first()
        return {
            "control_panel": texts.rendered(text) if text else "",
            "extras": panel.extras(self),
            "open_order": waiting,
            "open_url": self.url("order-detail", waiting.pk) if waiting else "",
        }

    def fill_items(self) -> dict[str, Any]:
        return {"items": self.object.items.select_related("item").order_by("item")}

    def fill_parameters(self) -> dict[str, Any]:
        own = Parameter.objects.of_scope(self.object.product_id, "asset")
        told = origins.in_force(self.object, self.actor)
        return {
            "phases": values.phases(
                own, self.object.params, self.actor, buyer=_("Customer"), origins=told
            ),
        }

    def fill_tiers(self) -> dict[str, Any]:
        return {"tiers": shown.tier_nodes(self.object, self.actor, self.url)}

    def fill_requests(self) -> dict[str, Any]:
        rows = self.object.requests.visible_to(self.actor).order_by("-created_at")
        found = [(row, self.url("order-detail", row.pk)) for row in rows[:100]]
        return {"requests": found}

    def fill_details(self) -> dict[str, Any]:
        subscription = self.object
        connection = subscription.connection
        hub = f"{connection.hub} ({connection.pk})" if connection else None
        return {
            "details": [
                Fact(_("External ID"), subscription.external_id),
                Fact(_("External UUID"), subscription.external_uid),
                Fact(_("Environment"), environment(subscription.environment)),
                Fact(_("Connection"), hub),
                Fact(_("Ordered"), cells.age(subscription.created_at)),
                Fact(_("In this state since"), cells.age(subscription.state_since)),
                Fact(_("Last change"), cells.age(subscription.updated_at)),
            ]
        }
