"""One reseller and one product: what an order would do, step by step."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from customers.actors import VENDOR
from customers.models import Product, TierAccount
from fulfillment.services import readiness
from fulfillment.services.readiness import Cell, State, Terms
from tierconfig.models import Parameter, TierConfig, TierConfigRequest
from tierconfig.services.needs import Need
from tierconfig.services.openings import may_begin_setup
from tierconfig.services.waiting import config_chains

from .. import chains
from ..fulfillment import forecast
from ..generic import Action
from ..states import badge_of, state_label
from . import shown
from .one import ReadinessMixin
from .products import orderable
from .work import answerable, is_open


class CellDetail(ReadinessMixin):
    """What an order of one product for a customer of this reseller would do, step by step."""

    template_name = "readiness/cell.html"

    @cached_property
    def product(self) -> Product:
        wanted = self.kwargs["product"]
        found = next((each for each in orderable(self.actor) if each.pk == wanted), None)
        if found is None:
            raise Http404
        return found

    @cached_property
    def cell(self) -> Cell:
        found: Cell = self.cells[self.object.pk, self.product.pk]
        return found

    @cached_property
    def cells(self) -> Any:
        return self.matrix([self.product], self.terms, holders=False)

    @cached_property
    def terms(self) -> Terms:
        sides = [self.object.provider_id]
        return readiness.terms([self.product], self.place, sides, whole=True)

    def get_title(self) -> str:
        return f"{self.product.name} · {self.object.name}"

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_crumbs(), (self.object.name, self.here("readiness-detail"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        _ = self.object, self.product
        cell = self.cell
        refusal = shown.REFUSALS[cell.offer.refusal] if cell.offer.refusal else ""
        return super().get_context_data(
            facts=self.get_facts(),
            actions=self._actions(),
            places=self.places(),
            badge=shown.badge(cell.state),
            meaning=shown.LOOKS[cell.state].meaning,
            refusal=refusal,
            effects=[] if refusal else self._effects(),
            tiers=self._tiers(),
            chain=self._chain(),
            **kwargs,
        )

    def _needs(self) -> list[Need[Any]]:
        return [replace(need, account=self.party(need.account)) for need in self.cell.needs]

    def _effects(self) -> list[forecast.Effect]:
        """The same sentences as before an order is placed, of a customer nobody has named."""
        asset = self.terms.of_scope(self.product.pk, Parameter.Scope.ASSET)
        customer: Any = SimpleNamespace(contact_email=_("the customer's technical contact"))
        return forecast.effects(self.product, customer, self._needs(), asset, {}, self.seen)

    def _tiers(self) -> list[dict[str, Any]]:
        """How each needed configuration stands, with links to what the actor may open."""
        needs = self._needs()
        configs = [need.config.pk for need in needs if need.config]
        requests = [need.open_request.pk for need in needs if need.open_request]
        seen = TierConfig.objects.visible_to(self.actor).filter(pk__in=configs)
        asked = TierConfigRequest.objects.visible_to(self.actor).filter(pk__in=requests)
        found = seen.order_by().values_list("pk").union(asked.order_by().values_list("pk"))
        opens = {pk for (pk,) in found}
        return [self._tier(need, opens) for need in needs]

    def _tier(self, need: Need[Any], opens: set[str]) -> dict[str, Any]:
        config, opened = need.config, need.open_request
        if opened is not None:
            badge = badge_of(opened.state, state_label(TierConfigRequest, opened.state))
        elif need.ready:
            badge = badge_of("active", _("Configured"))
        else:
            badge = shown.badge(State.NEVER if config is None else State.REJECTED)
        links = [
            (each.pk, self.url(f"{page}-detail", each.pk))
            for page, each in (("config", config), ("config-request", opened))
            if each is not None and each.pk in opens
        ]
        return {
            "tier": _("Tier %(tier)d") % {"tier": need.tier_level},
            "name": need.account.name,
            "url": self.page_of(need.account),
            "badge": badge,
            "links": links,
            "also": _("configured, orders go on") if need.ready and opened is not None else "",
        }

    def _chain(self) -> list[dict[str, Any]]:
        held = self.cell.held_by
        if not held:
            return []
        # Tier 1 may be parked on tier 2, which is asked for at once.
        asked = {held, *(need.config.pk for need in self.cell.needs if need.open_request)}
        own = [each for rows in self.terms.definitions.values() for each in rows]
        links = config_chains(asked, self.actor, full=True, own=own).get(held, [])
        return chains.rows(links, self.url)

    def _actions(self) -> list[Action]:
        found = []
        if self.cell.state != State.NOT_OFFERED and self.portal != VENDOR and self.actor.may_act:
            found.append(Action(_("Place an order"), self.url("order-add")))
        if self._completes(self.object, 1) or self._completes_as_tier_2():
            address = self.here("readiness-complete", product=self.product.pk)
            found.append(Action(_("Complete what is missing"), address, "primary"))
        return [*self._actions_above(), *found]

    def _completes(self, account: TierAccount, tier_level: int) -> bool:
        """Whether the actor can begin or answer what this cell needs of the account."""
        if self.portal == VENDOR or not may_begin_setup(account, self.actor):
            return False
        return any(need.tier_level == tier_level and is_open(need) for need in self.cell.needs)

    def _completes_as_tier_2(self) -> bool:
        """The same of what orders of others need of this reseller."""
        if self.portal == VENDOR:
            return False
        tasks = answerable(self.actor, self.object, [self.product], self.cells)
        return bool(tasks)

    def _actions_above(self) -> list[Action]:
        """Tier 2 is completed on the pages of the reseller above, by those who may."""
        above = self.object.parent
        if above is None or not self._completes(above, 2):
            return []
        query = urlencode(self.at({"product": self.product.pk}))
        address = f"{self.url('readiness-complete', above.pk)}?{query}"
        return [Action(_("Complete tier 2"), address)]
