"""What the page of the draft of an order shows and offers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import TierAccount
from fulfillment.models import FulfillmentRequest
from fulfillment.services.purchases import Requirement, requirements
from tierconfig import parameters
from tierconfig.parameters import Definition, Values

from ..generic import Action, Fact
from ..parameters.rules import Rules
from . import forecast

Type = FulfillmentRequest.Type
#: Types whose drafts are looked at by the vendor's service, by the switch of the product.
SWITCHES = {Type.PURCHASE: "validates_orders", Type.CHANGE: "validates_changes"}


def draft_actions(view: Any) -> list[Action]:
    """Buttons of the page of a draft besides "Submit", which is a step of its own."""
    order = view.object
    if order.state != FulfillmentRequest.State.DRAFT or not view.may("submit"):
        return []
    found = [
        Action(_("Discard"), view.url("order-discard", order.pk), "danger"),
        Action(_("Edit"), view.url("order-edit", order.pk)),
    ]
    if checked(order):
        found.append(Action(_("Validate"), view.url("order-validate", order.pk)))
    return found


def checked(order: FulfillmentRequest) -> bool:
    """Whether the vendor's service looks at drafts of this kind."""
    switch = SWITCHES.get(Type(order.type))
    return bool(switch and getattr(order.subscription.product, switch))


def draft_notice(view: Any) -> dict[str, Any] | None:
    """For fulfillment/_draft.html; None unless the order is a draft."""
    order = view.object
    if order.state != FulfillmentRequest.State.DRAFT:
        return None
    purchase = order.type == Type.PURCHASE
    needs = read_needs(order, view.actor) if purchase else []
    own = view.definitions
    return {
        "checked": checked(order),
        "vendor": order.vendor,
        "complaints": [
            Fact(_title(own, name), text)
            for name, text in parameters.complaints(order.params).items()
        ],
        "tiers": _tiers(order, needs, view.actor),
        "effects": _effects(order, needs, own, view.actor) if purchase else [],
    }


def _title(own: Iterable[Definition], name: str) -> str:
    return next((str(each) for each in own if each.name == name), name)


def read_needs(order: FulfillmentRequest, actor: Actor) -> list[Requirement]:
    """Which configurations the order would need now, tier 2 first."""
    subscription = order.subscription
    rows = TierAccount.objects.visible_to(actor).select_related("provider", "parent__parent")
    customer = rows.filter(pk=subscription.customer_id).first()
    if customer is None:  # moved away meanwhile
        return []
    place = (subscription.connection, subscription.marketplace)
    return requirements(subscription.product, customer, *place)


def fillable(
    order: FulfillmentRequest, needs: Iterable[Requirement], actor: Actor
) -> list[tuple[Requirement, Rules]]:
    """Tiers whose values go with the draft, as far as the actor may know them."""
    found = []
    seen = sight(needs, actor)
    for need in needs:
        if need.begins and need.account.pk in seen:
            known = stored(need.definitions, order.tier_values.get(need.scope, {}))
            rules = Rules(need.definitions, known)
            if rules.orderable():
                found.append((need, rules))
    return found


def sight(needs: Iterable[Requirement], actor: Actor) -> set[str]:
    """Which accounts the actor sees."""
    rows = TierAccount.objects.visible_to(actor)
    wanted = [need.account.pk for need in needs]
    return set(rows.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


def stored(own: Iterable[Definition], raw: dict[str, Any]) -> Values:
    """Values as a draft keeps them, as if they were stored; what makes no value is left out."""
    found = {}
    for each in own:
        if each.name in raw:
            try:
                found[each.name] = parameters.clean_value(each, raw[each.name])
            except ValidationError:
                continue
    return found


def _tiers(
    order: FulfillmentRequest, needs: Iterable[Requirement], actor: Actor
) -> list[dict[str, Any]]:
    """The values for each tier, under the name of its account."""
    found = []
    for need, rules in fillable(order, needs, actor):
        facts = [
            Fact(str(each), parameters.display(each, value, masked=True))
            for each in rules.orderable()
            if (value := rules.known.get(each.name))
        ]
        if facts:
            words = {"tier": need.tier_level, "name": need.account.name}
            found.append({"label": _("Tier %(tier)d: %(name)s") % words, "facts": facts})
    return found


def _effects(
    order: FulfillmentRequest, needs: list[Requirement], own: list[Definition], actor: Actor
) -> list[forecast.Effect]:
    subscription = order.subscription
    return forecast.effects(
        subscription.product,
        subscription.customer,
        needs,
        own,
        {**order.tier_values, "asset": {}},
        sight(needs, actor),
        known=order.params,
    )
