"""One order."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from customers.actors import RESELLER, VENDOR
from customers.permissions import by_vendor
from fulfillment.models import FulfillmentRequest
from fulfillment.services import waiting
from tierconfig import parameters
from tierconfig.models import Parameter
from tierconfig.presentation import presented
from tierconfig.services.processing import known_values
from tierconfig.services.waiting import Link

from .. import cells, chains, levels, texts
from ..following import following
from ..generic import Action, Fact, PortalDetailView
from ..processing import assigning, origins, since, values
from ..processing.inquiring import inquiry_actions
from ..reseller.answers import own_answers
from . import shown
from .drafting import draft_actions, draft_notice
from .queue import ENTITY, environment

State = FulfillmentRequest.State
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
    template_name = "fulfillment/order.html"

    @cached_property
    def chain(self) -> list[Link]:
        return waiting.chain(self.object, self.actor)

    @property
    def answers(self) -> bool:
        """Whether the answer may be given on this portal."""
        return self.may("answer")

    @cached_property
    def definitions(self) -> list[Parameter]:
        return self.object.definitions()

    def get_queryset(self) -> QuerySet[Any]:
        return levels.measured(super().get_queryset(), ENTITY)

    def get_title(self) -> str:
        subscription = self.object.subscription
        return _("%(type)s of %(product)s for %(customer)s") % {
            "type": self.object.get_type_display(),
            "product": subscription.product,
            "customer": subscription.customer,
        }

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
        actions = super().get_actions()
        order = self.object
        extra = inquiry_actions(self)
        undecided = order.state in (State.PENDING, State.INQUIRING)
        if (
            self.portal == VENDOR
            and undecided
            and by_vendor(order, self.actor)
            and parameters.offered_to_vendor(
                presented(self.definitions, known_values(order), order.presentation)
            )
        ):
            extra.append(Action(_("Edit values"), self.url("order-values", order.pk)))
        return [*following(self), *extra, *draft_actions(self), *own_answers(self), *actions]

    def get_history_objects(self) -> list[Any]:
        return [self.object, self.object.subscription]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order, subscription = self.object, self.object.subscription
        known = values.told(order, self.portal)
        return super().get_context_data(
            chain=chains.rows(self.chain, self.url, here=order.pk, answers=self.answers),
            asks=order.inquiry_message if order.state == State.INQUIRING else "",
            tiers=shown.tier_nodes(subscription, self.actor, self.url, order=order),
            items=list(order.items.select_related("item")),
            changes=order.type != FulfillmentRequest.Type.PURCHASE,
            phases=values.phases(
                presented(self.definitions, known, order.presentation),
                known,
                self.actor,
                buyer=_("Customer"),
                origins=origins.in_force(
                    subscription, self.actor, order.pk, events=self.every_event
                ),
            ),
            control_panel=texts.rendered(order.template_text) if order.template_text else "",
            more=self._more(),
            offers=assigning.offers(self),
            since=since.notice(self, self.definitions),
            draft=draft_notice(self),
            **kwargs,
        )

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
