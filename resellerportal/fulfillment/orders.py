"""One order: who holds it, what it asks for, what can be done."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import RESELLER, VENDOR
from customers.permissions import by_vendor
from fulfillment.models import FulfillmentRequest
from fulfillment.services import waiting
from fulfillment.services.schedule import may_be_scheduled
from tierconfig.models import Parameter
from tierconfig.presentation import presented
from tierconfig.services import since as product_changes
from tierconfig.services.processing import known_values
from tierconfig.services.waiting import Link

from .. import cells, chains, holders, levels, reasons, tiers
from ..following import following
from ..generic import Action, DetailTab, Fact, PortalDetailView
from ..processing import assigning, origins, since, values
from ..processing.inquiring import inquiry_actions
from ..reseller.answers import own_answers
from . import shown, trail
from .drafting import draft_actions, draft_notice
from .queue import ENTITY, environment
from .wording import ASKABLE, BARE, words

State, Type = FulfillmentRequest.State, FulfillmentRequest.Type
RELATED = (
    "subscription__product",
    "subscription__customer",
    "subscription__tier1",
    "subscription__tier2",
    "subscription__marketplace",
    "vendor",
    "provider",
    "assignee",
)


class OrderMixin:
    model = FulfillmentRequest
    name = "order"
    select_related = RELATED


class OrderDetail(OrderMixin, PortalDetailView):
    """Parameters and items stand together on the first tab: a vendor decides by both."""

    select_related = (*RELATED, "subscription__connection__hub", "planned_template")
    tabs = (
        DetailTab("", gettext_lazy("Parameters and items"), "fulfillment/order.html"),
        DetailTab("details", gettext_lazy("Details"), "fulfillment/order_details.html"),
        DetailTab("tiers", gettext_lazy("Tiers"), "fulfillment/order_tiers.html"),
        DetailTab("requests", gettext_lazy("Requests"), "fulfillment/order_requests.html"),
        DetailTab(
            "configuration", gettext_lazy("Configuration"), "fulfillment/order_configuration.html"
        ),
    )

    @cached_property
    def chain(self) -> list[Link]:
        if not self._shows_tiers:  # only who has to answer is looked for
            return waiting.chains([self.object], self.actor).get(self.object.pk, [])
        return waiting.chain(
            self.object,
            self.actor,
            required=self.required,
            opens=self.seen,
            own=self.every_definition,
        )

    @cached_property
    def required(self) -> list[Any]:
        return shown.required(self.object, self.actor)

    @cached_property
    def seen(self) -> set[str]:
        """The accounts of its subscription that the reader sees, where the tab shows them."""
        if not self._shows_tiers:
            return set()
        return tiers.sighted(self.object, self.object.subscription, self.actor)

    @property
    def _shows_tiers(self) -> bool:
        return self.kwargs.get("tab", "") in ("", "tiers")

    @cached_property
    def every_definition(self) -> list[Parameter]:
        return waiting.definitions(self.object)

    @property
    def answers(self) -> bool:
        """Whether the answer may be given on this portal."""
        return self.may("answer")

    @cached_property
    def definitions(self) -> list[Parameter]:
        return [each for each in self.every_definition if each.scope == Parameter.Scope.ASSET]

    def get_queryset(self) -> QuerySet[Any]:
        rows = levels.measured(super().get_queryset(), ENTITY)
        if self._shows_tiers:
            rows = tiers.with_sight(rows, self.actor, "subscription__")
        return product_changes.with_changes(rows)

    def get_title(self) -> str:
        subscription = self.object.subscription
        return _("%(type)s of %(product)s for %(customer)s") % {
            "type": self.object.get_type_display(),
            "product": subscription.product,
            "customer": subscription.customer,
        }

    def get_never(self) -> set[str]:
        order = self.object
        planned = {State.SCHEDULED, State.REVOKING, State.REVOKED}
        found = set() if may_be_scheduled(order) or order.state in planned else planned
        return found if order.type in ASKABLE else {*found, State.TIERS_SETUP, State.INQUIRING}

    def get_facts(self) -> list[Fact]:
        order, subscription = self.object, self.object.subscription
        facts = [
            Fact(
                _("Subscription"),
                subscription.pk,
                self.url("subscription-detail", subscription.pk),
            ),
            Fact(_("Vendor"), order.vendor),
            Fact(_("Distributor"), order.provider),
            Fact(_("Ordered"), cells.age(order.created_at)),
            Fact(_("Environment"), environment(order.environment)),
        ]
        if self.actor.role == VENDOR:
            facts[1] = Fact(_("Assignee"), order.assignee or _("nobody"))
        return facts if self.portal == RESELLER else [*facts, *levels.fact(order, ENTITY)]

    def get_actions(self) -> list[Action]:
        order = self.object
        absent = {
            chains.address(self.url, f"order-{step}", order.pk)
            for step, applies in (
                ("schedule", may_be_scheduled(order)),
                ("inquire", order.type in ASKABLE),
            )
            if not applies
        }
        actions = [each for each in super().get_actions() if each.url not in absent]
        extra = inquiry_actions(self)
        undecided = order.state in (State.PENDING, State.INQUIRING) and order.type not in BARE
        if (
            self.portal == VENDOR
            and undecided
            and by_vendor(order, self.actor)
            and order.offered_to_vendor(
                presented(self.definitions, known_values(order), order.presentation)
            )
        ):
            extra.append(Action(_("Edit values"), self.url("order-values", order.pk)))
        return [*following(self), *extra, *draft_actions(self), *own_answers(self), *actions]

    def get_history_objects(self) -> list[Any]:
        return [self.object, self.object.subscription]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fill = getattr(self, f"fill_{self.tab.name or 'first'}" if self.tab else "")
        return super().get_context_data(offers=assigning.offers(self), **fill(), **kwargs)

    def fill_first(self) -> dict[str, Any]:
        order = self.object
        known = values.told(order, self.portal)
        items = shown.lines(order)
        return {
            "chain": chains.rows(self.chain, self.url, here=order.pk, answers=self.answers),
            **holders.about(self, self.chain),
            "asks": order.inquiry_message if order.state == State.INQUIRING else "",
            "tiers": self._nodes(),
            "items": items,
            "total": shown.total(items) if shown.changes(order) else None,
            "changes": shown.changes(order),
            "asked": trail.asked(order) if order.type in BARE else "",
            "effect": "" if order.decided_at else words(order).approving,
            "phases": self._phases(known),
            "control_panel": shown.panel(order, self),
            "planned": self._planned(),
            "draft": draft_notice(self),
            "more": self._more(),
            "since": since.notice(self, self.definitions),
        }

    def _phases(self, known: Any) -> list[values.Phase]:
        order, subscription = self.object, self.object.subscription
        if order.type in BARE:
            return []
        return values.phases(
            presented(self.definitions, known, order.presentation),
            known,
            self.actor,
            buyer=_("Customer"),
            approved=subscription.params
            if order.type != Type.PURCHASE and order.decided_at is None
            else None,
            origins=origins.in_force(subscription, self.actor, order.pk, events=self.every_event),
        )

    def _planned(self) -> dict[str, Any]:
        """What is planned for which day, and what keeps it from being done."""
        order = self.object
        if order.state not in (State.SCHEDULED, State.REVOKING):
            return {}
        # It names values that are the vendor's own.
        came = self.thread.events if order.due and self.portal == VENDOR else []
        due = [each for each in came if each.verb == "fulfillmentrequest.due"]
        problem = due[0].data.get("problem", "") if due else ""
        return {
            "date": cells.absolute(order.planned_date),
            "due": order.due,
            "automatic": order.automatic,
            "problem": problem,
            "reason": order.reason if order.state == State.REVOKING else "",
        }

    def _more(self) -> list[Fact]:
        order, subscription = self.object, self.object.subscription
        product = subscription.product
        facts = [
            Fact(_("Product"), product, self.url("product-detail", product.pk)),
            Fact(_("Marketplace"), subscription.marketplace),
            Fact(_("External ID"), subscription.external_id),
            Fact(_("Note"), order.note),
            Fact(_("Decided"), cells.age(order.decided_at)),
        ]
        return [fact for fact in facts if fact.value]

    def fill_details(self) -> dict[str, Any]:
        order, subscription = self.object, self.object.subscription
        connection = subscription.connection
        moments = (
            (_("Created"), order.created_at),
            (_("Last change"), order.updated_at),
            (_("Planned for"), order.planned_date),
            (_("Decided"), order.decided_at),
            (_("In effect from"), order.effective_date),
        )
        facts = [
            Fact(_("Type"), order.get_type_display()),
            *self._more(),
            Fact(_("External UUID"), subscription.external_uid),
            Fact(_("Hub"), self.portal != RESELLER and connection and connection.hub),
            Fact(_("Connection"), connection and connection.pk),
            Fact(_("Reason"), reasons.of(order, self.actor)),
            *(Fact(label, at and cells.absolute(at)) for label, at in moments),
        ]
        seen: dict[str, Fact] = {str(fact.label): fact for fact in facts if fact.value}
        return {"details": list(seen.values())}

    def fill_tiers(self) -> dict[str, Any]:
        return {"tiers": self._nodes()}

    def _nodes(self) -> list[dict[str, Any]]:
        subscription = self.object.subscription
        return shown.tier_nodes(
            subscription, self.actor, self.url, seen=self.seen, required=self.required
        )

    def fill_requests(self) -> dict[str, Any]:
        return {"trail": trail.trail(self, self.object.subscription, self.object.pk)}

    def fill_configuration(self) -> dict[str, Any]:
        product = self.object.subscription.product_id
        known = Parameter.objects.visible_to(self.actor).constants(product)
        return {"phases": values.constants(known, self.actor)}
