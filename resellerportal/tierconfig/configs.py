"""One tier configuration: its text, values, tiers, requests and subscriptions."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import RESELLER, VENDOR, Actor
from customers.lifecycle import available_steps
from fulfillment.models import Subscription
from tierconfig.models import Parameter, TierConfig, TierConfigRequest
from tierconfig.services import configs as services
from tierconfig.services import waiting

from .. import cells, chains, texts, tiers
from ..generic import Action, DetailTab, Fact, PortalDetailView
from ..processing import origins, values
from ..products import panel
from . import shown
from .shown import environment

State = TierConfig.State
#: Rows of a tab, and requests of which the thread tells.
LIMIT, TOLD = 50, 10


class ConfigDetail(PortalDetailView):
    model = TierConfig
    name = "config"
    select_related = (
        "account__parent",
        "product",
        "marketplace",
        "connection__hub",
        "vendor",
        "provider",
        "template",
    )
    tabs = (
        DetailTab("", gettext_lazy("Control panel"), "tierconfig/config_panel.html"),
        DetailTab("parameters", gettext_lazy("Parameters"), "tierconfig/config_parameters.html"),
        DetailTab("tiers", gettext_lazy("Tiers"), "tierconfig/config_tiers.html"),
        DetailTab("requests", gettext_lazy("Requests"), "tierconfig/config_requests.html"),
        DetailTab(
            "subscriptions", gettext_lazy("Subscriptions"), "tierconfig/config_subscriptions.html"
        ),
        DetailTab("details", gettext_lazy("Details"), "tierconfig/config_details.html"),
    )

    @cached_property
    def requests(self) -> list[TierConfigRequest]:
        """Latest requests the actor may see, newest first."""
        rows = TierConfigRequest.objects.visible_to(self.actor).filter(configuration=self.object)
        rows = rows.select_related("parent_configuration__account")
        rows = waiting.with_parents(rows, self.actor)
        found = list(rows.order_by("-created_at", "-pk")[:LIMIT])
        for each in found:
            each.configuration, each.vendor = self.object, self.object.vendor
        return found

    @property
    def open_request(self) -> TierConfigRequest | None:
        return next((r for r in self.requests if r.state in TierConfigRequest.OPEN), None)

    def get_title(self) -> str:
        return f"{self.object.product.name} · {self.object.account.name}"

    def get_facts(self) -> list[Fact]:
        config, request = self.object, self.open_request
        facts = [
            Fact(_("Account"), config.account.name, self.page("account", config.account_id)),
            Fact(_("Tier"), config.tier_level),
            Fact(_("Product"), config.product.name, self.page("product", config.product_id)),
            Fact(_("Marketplace"), config.marketplace),
        ]
        if request is not None:
            url = self.page("config-request", request.pk)
            facts.append(Fact(_("Request in progress"), request.pk, url))
        return facts

    def status(self) -> SafeString:
        request = self.open_request
        state = request.state if request else None
        return shown.status(self.object, state)

    def page(self, name: str, pk: str) -> str:
        return chains.address(self.url, f"{name}-detail", pk)

    def get_actions(self) -> list[Action]:
        config = self.object
        if config.state != State.ACTIVE or not services.may_request_change(config, self.actor):
            return []
        found = [Action(_("Update"), self.url("config-update", config.pk), "primary")]
        if self.portal == VENDOR:
            found.insert(0, Action(_("Adjust"), self.url("config-adjust", config.pk)))
        return found

    def get_history_objects(self) -> list[Model]:
        return [self.object, *self.requests[:TOLD]]

    def get_origins(self) -> dict[str, str]:
        """Where the values in force come from, from the thread when it tells of all requests."""
        events = self.every_event if len(self.requests) <= TOLD else None
        if events is None:
            return origins.in_force(self.object, self.actor)
        approved = [r.pk for r in self.requests if r.state == TierConfigRequest.State.APPROVED]
        return origins.lines(approved, self.actor, events)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        extra = {
            "": self._panel,
            "parameters": self._parameters,
            "tiers": self._tiers,
            "requests": self._requests,
            "subscriptions": self._subscriptions,
            "details": self._details,
        }[self.tab.name if self.tab else ""]()
        return super().get_context_data(
            badge=self.status(), open_request=self.open_request, **extra, **kwargs
        )

    def _panel(self) -> dict[str, Any]:
        text = self.object.template_text
        return {
            "panel": texts.rendered(text) if text else "",
            "extras": panel.extras(self),
            "configured": self.object.configured,
            "contact": self.object.account.contact_email,
            "request_url": self.open_request and self.page("config-request", self.open_request.pk),
        }

    def _parameters(self) -> dict[str, Any]:
        own, told = self.object.definitions(), self.get_origins()
        config, actor = self.object, self.actor
        phases = values.phases(own, config.params, actor, buyer=_("Reseller"), origins=told)
        if self.portal != RESELLER:
            known = Parameter.objects.visible_to(actor).constants(config.product_id)
            phases += values.constants(known, actor)
        return {"phases": phases}

    def _tiers(self) -> dict[str, Any]:
        config = self.object
        account = config.account
        above = next(
            (r.parent_configuration for r in self.requests if r.parent_configuration), None
        )
        chain: list[tuple[int, Any]] = [(config.tier_level, account)]
        if config.tier_level == 1:
            chain.append((2, account.parent))
        return {
            "nodes": tiers.nodes(chain, self.actor, self.url, current=account.pk),
            "above": above,
            "above_url": self.page("config", above.pk)
            if above and shown.may_open(above, self.actor)
            else "",
        }

    def _requests(self) -> dict[str, Any]:
        return {
            "requests": [(r, self.page("config-request", r.pk)) for r in self.requests],
            "limit": LIMIT if len(self.requests) == LIMIT else 0,
        }

    def _subscriptions(self) -> dict[str, Any]:
        config = self.object
        place: dict[str, Any] = {"connection": config.connection}
        if config.connection is None:
            place["marketplace"] = config.marketplace
        rows = Subscription.objects.visible_to(self.actor).filter(
            product=config.product, **{config.scope: config.account}, **place
        )
        found = list(rows.select_related("customer").order_by("-created_at", "-pk")[: LIMIT + 1])
        return {
            "subscriptions": [(s, self.page("subscription", s.pk)) for s in found[:LIMIT]],
            "limit": LIMIT if len(found) > LIMIT else 0,
        }

    def _details(self) -> dict[str, Any]:
        config = self.object
        connection = config.connection
        facts = [
            Fact(_("Vendor"), config.vendor),
            Fact(_("Distributor"), config.provider),
            Fact(_("Environment"), environment(config)),
            Fact(_("Connection"), connection),
        ]
        if connection and self.portal != RESELLER:
            facts.append(Fact(_("Hub"), connection.hub))
        if self.portal == VENDOR:
            facts.append(Fact(_("Template"), config.template))
        facts += [
            Fact(_("First approved"), cells.age(config.configured_at)),
            Fact(_("Created"), cells.age(config.created_at)),
            Fact(_("Updated"), cells.age(config.updated_at)),
        ]
        return {"details": facts}


def may_answer(request: TierConfigRequest, actor: Actor) -> bool:
    return any(step.name == "answer" for step in available_steps(request, actor))
