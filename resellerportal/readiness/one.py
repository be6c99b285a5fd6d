"""One reseller and all products; one reseller and one product, step by step."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from customers.actors import VENDOR
from customers.models import Product, TierAccount
from fulfillment.services import readiness
from fulfillment.services.readiness import NOT_READY, Cell, Place, State
from tierconfig.models import Parameter, TierConfig, TierConfigRequest
from tierconfig.services.needs import Need
from tierconfig.services.waiting import config_chains

from .. import chains
from ..fulfillment import forecast
from ..generic import Action, Fact, PortalObjectView
from ..states import badge_of, state_label
from . import shown
from .products import orderable
from .scope import resellers
from .work import answerable

#: What is shown first: where something can be done.
FIRST = (
    State.MISSING,
    State.REJECTED,
    State.NEVER,
    State.WAITING,
    State.READY,
    State.NOT_NEEDED,
    State.NOT_OFFERED,
)


class ReadinessMixin(PortalObjectView):
    """Pages about one reseller at one place, which the address names (`?place=test`)."""

    model = TierAccount
    name = "readiness"
    title = "name"
    object: TierAccount

    def get_queryset(self) -> QuerySet[Any]:
        return resellers(self.actor).select_related("parent", "provider")

    @cached_property
    def place(self) -> Place:
        return Place.of(self.request.GET.get("place", "")[:60])

    def here(self, name: str, *args: str, **params: str) -> str:
        """An address about this reseller at this place."""
        query = urlencode(self.at(params))
        return self.url(name, self.object.pk, *args) + (f"?{query}" if query else "")

    def at(self, params: dict[str, str]) -> dict[str, str]:
        usual = self.place == Place()
        return params if usual else {"place": str(self.place), **params}

    def places(self) -> list[dict[str, Any]]:
        """The same page at the other places."""
        return [
            {
                "label": str(text),
                "url": f"{self.request.path}?place={kind}",
                "current": kind == self.place.kind,
            }
            for kind, text in shown.PLACES.items()
        ]

    def get_facts(self) -> list[Fact]:
        account = self.object
        facts = [Fact(_("Account"), account.name, self.url("account-detail", account.pk))]
        if account.parent_id:
            above = self.party(account.parent)
            facts.append(Fact(_("Reseller above"), above.name, self.page_of(account.parent)))
        if self.portal != "distributor":
            facts.append(Fact(_("Distributor"), account.provider))
        return [*facts, Fact(_("Where"), shown.place_label(self.place))]

    @cached_property
    def seen(self) -> set[str]:
        """This account and the one above it, as far as the actor sees them."""
        both = [pk for pk in (self.object.pk, self.object.parent_id) if pk]
        rows = TierAccount.objects.visible_to(self.actor).filter(pk__in=both)
        return set(rows.values_list("pk", flat=True))

    def party(self, account: Any) -> Any:
        """The account, without its name for a vendor that does not work with it (decision 4)."""
        if self.portal != VENDOR or account.pk in self.seen:
            return account
        name = _("A company you do not work with")
        return SimpleNamespace(pk=account.pk, name=name, contact_email="")

    def page_of(self, account: Any) -> str:
        return self.url("account-detail", account.pk) if account.pk in self.seen else ""


class ResellerReadiness(ReadinessMixin):
    template_name = "readiness/reseller.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        products = orderable(self.actor)
        cells = readiness.matrix(self.actor, [self.object], products, self.place)
        rows = [self._row(each, cells[self.object.pk, each.pk]) for each in products]
        rows.sort(key=lambda row: FIRST.index(row["state"]))
        return super().get_context_data(
            facts=self.get_facts(),
            actions=self._actions(),
            places=self.places(),
            rows=[row for row in rows if row["state"] != State.NOT_OFFERED],
            left_out=[row for row in rows if row["state"] == State.NOT_OFFERED],
            **kwargs,
        )

    def _row(self, product: Product, cell: Cell) -> dict[str, Any]:
        return {
            "state": cell.state,
            "name": product.name,
            "owner": product.owner.name,
            "url": self.here("readiness-cell", product.pk),
            "badge": shown.badge(cell.state),
            "asked": ", ".join(cell.asked) if cell.state in NOT_READY else "",
            "holder": shown.holder(cell.holder),
            "since": cell.holder.since if cell.holder else None,
            "refusal": shown.REFUSALS[cell.offer.refusal] if cell.offer.refusal else "",
        }

    def _actions(self) -> list[Action]:
        if self.portal == VENDOR or not answerable(self.actor, self.object, self.place):
            return []
        text = _("Complete what is missing")
        return [Action(text, self.here("readiness-complete"), "primary", "fa-list-check")]


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
        key = (self.object.pk, self.product.pk)
        found = readiness.matrix(
            self.actor, [self.object], [self.product], self.place, holders=False
        )
        return found[key]

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
        rows = self.product.parameters.visible_to(self.actor).filter(scope=Parameter.Scope.ASSET)
        asset = list(rows.value_holding())
        customer: Any = SimpleNamespace(contact_email=_("the customer's technical contact"))
        return forecast.effects(self.product, customer, self._needs(), asset, {}, self.actor)

    def _tiers(self) -> list[dict[str, Any]]:
        """How each needed configuration stands, with links to what the actor may open."""
        needs = self._needs()
        configs = [need.config.pk for need in needs if need.config]
        requests = [need.open_request.pk for need in needs if need.open_request]
        opens = {
            *TierConfig.objects.visible_to(self.actor)
            .filter(pk__in=configs)
            .values_list("pk", flat=True),
            *TierConfigRequest.objects.visible_to(self.actor)
            .filter(pk__in=requests)
            .values_list("pk", flat=True),
        }
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
        links = config_chains([held], self.actor, full=True).get(held, [])
        return chains.rows(links, self.url)

    def _actions(self) -> list[Action]:
        found = []
        if self.cell.state != State.NOT_OFFERED and self.portal != VENDOR and self.actor.may_act:
            found.append(Action(_("Place an order"), self.url("order-add")))
        if self.portal != VENDOR and answerable(
            self.actor, self.object, self.place, [self.product]
        ):
            address = self.here("readiness-complete", product=self.product.pk)
            found.append(Action(_("Complete what is missing"), address, "primary"))
        return found
