"""Who holds an order: the chain order, tier 1 request, tier 2 request, the one who must act.

The links are those of tierconfig.services.waiting, with the same rule about what a reseller reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, OuterRef

from customers.actors import Actor
from customers.models import TierAccount
from tierconfig.models import Parameter, TierConfig
from tierconfig.presentation import presented
from tierconfig.services.waiting import (
    Configuration,
    Link,
    Wait,
    asked,
    config_chains,
)

from ..models import FulfillmentRequest

State = FulfillmentRequest.State
#: The through rows of FulfillmentRequest.required_configurations.
Required = FulfillmentRequest.required_configurations.through
#: What `chains` reads of an order.
OF_CHAINS = (
    "state",
    "state_since",
    "vendor__name",
    "inquiry_email",
    "inquiry_sent_at",
    "planned_date",
    "automatic",
    "due",
)


def chain(
    order: FulfillmentRequest,
    actor: Actor,
    *,
    required: Iterable[TierConfig] | None = None,
    opens: Collection[str] = (),
    own: Iterable[Parameter] | None = None,
) -> list[Link]:
    """The chain of one visible order, empty when it is decided.

    An order that waits for two configurations independent of each other appears once for each.
    At most four queries; fewer with what the caller has read: the configurations it requires with
    their accounts, which of these accounts the actor may open, and its `definitions`.
    """
    needs = None
    if required is not None:
        lacking = [each for each in required if each.configured_at is None]
        needs = [
            Configuration(row.pk, row.tier_level, row.account_id, row.account.name, opens=opened)
            for row in lacking
            for opened in [row.account_id in opens]
        ]
    found = _chains([order], actor, full=True, needs=needs, own=own)
    return found.get(order.pk, [])


def definitions(order: FulfillmentRequest) -> list[Parameter]:
    """Its own definitions in display order; while it is parked, those of its tiers, too."""
    product, own = order.parameter_scope()
    scopes = [own]
    if order.state == State.TIERS_SETUP:
        scopes += [Parameter.tier_scope(level) for level in (1, 2)]
    found = Parameter.objects.of_scopes([(product, scope) for scope in scopes])
    return [each for rows in found.values() for each in rows]


def chains(orders: Iterable[Any], actor: Actor | None) -> dict[str, list[Link]]:
    """Chains of the open ones among `orders` by order id, as config_chains gives those of many.

    Without an actor the requests an order waits for open nothing and name no addressee.
    At most three queries for any number of orders. An order need not be a model, it must have
    OF_CHAINS.
    """
    return _chains(orders, actor, full=False)


def _chains(
    orders: Iterable[Any],
    actor: Actor | None,
    *,
    full: bool,
    needs: list[Configuration] | None = None,
    own: Iterable[Parameter] | None = None,
) -> dict[str, list[Link]]:
    """With `needs` for a single order only: what it lacks."""
    rows = [order for order in orders if order.state in FulfillmentRequest.OPEN]
    parked = [order.pk for order in rows if order.state == State.TIERS_SETUP]
    lacking = _unconfigured(parked, actor, full) if needs is None else {}
    if needs:
        lacking = dict.fromkeys(parked, needs)
    configs = {config.id for found in lacking.values() for config in found}
    onward = config_chains(configs, actor, full=full, own=own) if configs else {}
    found = {}
    for order in rows:
        if order.pk not in lacking:
            found[order.pk] = [_own_link(order, full, own)]
            continue
        # Tier 1 first: its chain usually leads through tier 2, which then needs no own line.
        links: list[Link] = []
        for config in sorted(lacking[order.pk], key=lambda each: each.tier_level):
            if any(link.configuration and link.configuration.id == config.id for link in links):
                continue
            following = onward.get(config.id, [])
            links += [_parked_link(order, config, holds=not following), *following]
        found[order.pk] = links
    return found


def _unconfigured(
    order_ids: list[str], actor: Actor | None, full: bool
) -> dict[str, list[Configuration]]:
    """Required configurations that were never approved, by order; one query."""
    if not order_ids:
        return {}
    rows = Required.objects.filter(fulfillmentrequest__in=order_ids, tierconfig__configured_at=None)
    read: tuple[str, ...] = (
        "fulfillmentrequest_id",
        "tierconfig_id",
        "tierconfig__tier_level",
        "tierconfig__account_id",
        "tierconfig__account__name",
    )
    if full:
        account = TierAccount.objects.visible_to(actor).filter(pk=OuterRef("tierconfig__account"))
        rows, read = rows.annotate(opens=Exists(account)), (*read, "opens")
    found: dict[str, list[Configuration]] = {}
    for order_id, *values in rows.values_list(*read):
        found.setdefault(order_id, []).append(Configuration(*values))
    return found


def _parked_link(order: Any, config: Configuration, *, holds: bool) -> Link:
    return Link(
        model="fulfillmentrequest",
        id=order.pk,
        state=order.state,
        since=order.state_since,
        wait=Wait.CONFIGURATION,
        opens=True,
        configuration=config,
        holds=holds,
    )


def _asked(order: Any, own: Iterable[Parameter] | None) -> dict[str, str]:
    if own is None:
        return asked(order.presented(order.params), order.params)
    mine = [each for each in own if each.scope == Parameter.Scope.ASSET]
    return asked(presented(mine, order.params, order.presentation), order.params)


def _own_link(order: Any, full: bool, own: Iterable[Parameter] | None) -> Link:
    wait, party = Wait.VENDOR, order.vendor.name
    names: dict[str, str] = {}
    if order.state == State.DRAFT:
        wait, party = Wait.SENDING, ""
    elif order.state == State.INQUIRING:
        wait, party = Wait.ANSWER, order.inquiry_email
        names = _asked(order, own) if full else {}
    elif order.state == State.REVOKING:
        wait = Wait.CONFIRMATION
    elif order.state == State.SCHEDULED and not order.due:
        wait = Wait.DATE
    return Link(
        model="fulfillmentrequest",
        id=order.pk,
        state=order.state,
        since=order.state_since,
        wait=wait,
        opens=True,
        party=party,
        asked=tuple(names.values()),
        asked_at=order.inquiry_sent_at if wait == Wait.ANSWER else None,
        reminders=order.reminders if full and wait == Wait.ANSWER else 0,
        planned=order.planned_date if order.state == State.SCHEDULED else None,
        automatic=order.automatic and wait == Wait.DATE,
        holds=True,
    )
