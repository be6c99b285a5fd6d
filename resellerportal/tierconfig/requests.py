"""One request for a tier configuration: who holds it, what it asks for, what can be done."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from customers.permissions import by_distributor, by_vendor
from tierconfig.models import Parameter, ServiceLevel, TierConfig, TierConfigRequest
from tierconfig.presentation import presented
from tierconfig.services import since as product_changes
from tierconfig.services import waiting
from tierconfig.services.waiting import Link

from .. import cells, chains, holders, levels, texts, tiers
from ..following import following
from ..generic import Action, DetailTab, Fact, PortalDetailView
from ..processing import assigning, origins, since, values
from ..processing.inquiring import inquiry_actions
from . import shown
from .drafting import draft_actions
from .shown import environment

State = TierConfigRequest.State
ENTITY = ServiceLevel.Entity.CONFIG_REQUEST


class ConfigRequestMixin:
    """What every page about a request needs of it."""

    model = TierConfigRequest
    name = "config-request"
    select_related = (
        "configuration__account",
        "configuration__product",
        "configuration__connection",
        "parent_configuration__account",
        "tier1",
        "tier2",
        "vendor",
        "provider",
        "assignee",
        "template",
    )


class ConfigRequestDetail(ConfigRequestMixin, PortalDetailView):
    tabs = (
        DetailTab("", gettext_lazy("Parameters"), "tierconfig/config_request_parameters.html"),
        DetailTab("details", gettext_lazy("Details"), "tierconfig/config_request_details.html"),
    )

    @property
    def is_open(self) -> bool:
        return self.object.state in TierConfigRequest.OPEN

    def get_queryset(self) -> QuerySet[Any]:
        rows = waiting.with_parents(super().get_queryset(), self.actor)
        return product_changes.with_changes(levels.measured(rows, ENTITY))

    def get_title(self) -> str:
        config = self.object.configuration
        return f"{config.product.name} · {config.account.name}"

    def get_facts(self) -> list[Fact]:
        request, config = self.object, self.object.configuration
        facts = [
            Fact(_("Type"), request.get_type_display()),
            Fact(_("Configuration"), config.pk, self.page_of(config)),
            Fact(_("Tier"), config.tier_level),
            Fact(_("Product"), config.product.name, self.page("product", config.product_id)),
        ]
        if self.portal != RESELLER and request.state != State.DRAFT:
            facts.append(Fact(_("Assignee"), request.assignee or _("nobody")))
            facts += levels.fact(request, ENTITY)
        return facts

    def page(self, name: str, pk: str) -> str:
        return chains.address(self.url, f"{name}-detail", pk)

    def page_of(self, config: TierConfig | None) -> str:
        """The address of a configuration, empty when the reader cannot open it."""
        if config is None or not shown.may_open(config, self.actor):
            return ""
        return self.page("config", config.pk)

    @cached_property
    def definitions(self) -> list[Parameter]:
        return self.object.definitions()

    def get_actions(self) -> list[Action]:
        request = self.object
        actions = super().get_actions()
        if self.portal == DISTRIBUTOR:
            own = self.url("config-request-answer", request.pk)
            actions = [
                Action(_("Answer on behalf"), own) if each.url == own else each for each in actions
            ]
        more = []
        if self.portal == VENDOR and self.may("fail") and by_vendor(request, self.actor):
            more.append(Action(_("Edit values"), self.url("config-request-update", request.pk)))
        return [*following(self), *more, *inquiry_actions(self), *draft_actions(self), *actions]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request, config = self.object, self.object.configuration
        parent = request.parent_configuration
        tree = [(1, request.tier1), (2, request.tier2)]
        return super().get_context_data(
            chain=self.get_chain(),
            **holders.about(self, self.links),
            nodes=tiers.nodes(tree, self.actor, self.url, current=config.account_id),
            parent=parent,
            parent_url=self.page_of(parent),
            notes=request.notes if self.portal != RESELLER else "",
            is_open=self.is_open,
            offers=assigning.offers(self),
            since=self.get_notice(),
            notes_url=self.url("config-request-notes", request.pk) if self.writes_notes() else "",
            asks=request.inquiry_message if request.state == State.INQUIRING else "",
            **(self._details() if self.tab and self.tab.name else self._parameters()),
            **kwargs,
        )

    def get_notice(self) -> dict[str, list[str]]:
        """What changed about the product meanwhile; on the first tab."""
        if not self.is_open or (self.tab and self.tab.name):
            return {}
        return since.notice(self, self.definitions)

    def writes_notes(self) -> bool:
        """The notes field is written while the vendor decides (7.36); the thread is, always."""
        request, actor = self.object, self.actor
        writes = by_vendor(request, actor) or by_distributor(request, actor)
        return self.portal != RESELLER and request.state == State.PENDING and writes

    @property
    def answers(self) -> bool:
        """Whether the answer may be given on this portal."""
        return self.may("answer")

    @cached_property
    def links(self) -> list[Link]:
        if not self.is_open:
            return []
        return waiting.chain(self.object, self.actor, self.definitions)

    def get_chain(self) -> list[dict[str, Any]]:
        return chains.rows(self.links, self.url, here=self.object.pk, answers=self.answers)

    def _parameters(self) -> dict[str, Any]:
        """Open: everything as it would be approved now. Decided: what the request said."""
        request = self.object
        own, buyer = self.definitions, _("Reseller")
        if not self.is_open:
            said = request.params
            told = origins.lines([request.pk], self.actor, self.every_event)
            phases = values.phases(
                own, said, self.actor, buyer=buyer, only=said.keys(), origins=told
            )
            return {"phases": phases}
        config = request.configuration
        approved = config.params if config.configured else None
        known = values.told(request, self.portal)
        own = presented(own, known, request.presentation)
        told = origins.in_force(config, self.actor, request.pk, events=self.every_event)
        return {
            "phases": values.phases(
                own, known, self.actor, buyer=buyer, approved=approved, origins=told
            )
        }

    def _siblings(self) -> list[Fact]:
        """The requests of the same configuration before and after this one; one query."""
        request = self.object
        rows = TierConfigRequest.objects.visible_to(self.actor).filter(
            configuration=request.configuration_id
        )
        found = list(rows.order_by("created_at", "pk").values_list("pk", "state"))
        keys = [pk for pk, _state in found]
        at = keys.index(request.pk)
        approved = [pk for pk, state in found[:at] if state == State.APPROVED]
        named = (
            (_("Previous request"), keys[at - 1] if at else None),
            (_("Next request"), keys[at + 1] if at + 1 < len(keys) else None),
            (_("Previously approved"), approved[-1] if approved else None),
        )
        return [
            Fact(label, pk, self.page("config-request", pk) if pk else "") for label, pk in named
        ]

    def _details(self) -> dict[str, Any]:
        request, config = self.object, self.object.configuration
        facts = [
            Fact(_("Account"), config.account.name, self.page("account", config.account_id)),
            Fact(_("Vendor"), request.vendor),
            Fact(_("Distributor"), request.provider),
            Fact(_("Environment"), environment(config)),
            Fact(_("Connection"), config.connection),
            Fact(_("Created"), cells.age(request.created_at)),
            Fact(_("Decided"), cells.age(request.decided_at)),
            Fact(_("Effective"), cells.age(request.effective_date)),
        ]
        facts += self._siblings()
        if self.portal == VENDOR:
            facts.append(Fact(_("Template"), request.template))
        return {
            "details": facts,
            "panel": texts.rendered(request.template_text) if request.template_text else "",
        }
