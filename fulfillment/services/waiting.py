"""Who holds an order: the chain order, tier 1 request, tier 2 request, the one who must act.

The links are those of tierconfig.services.waiting, with the same rule about what a reseller reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Exists, OuterRef

from customers.actors import Actor
from customers.models import TierAccount
from tierconfig.services.waiting import (
    Configuration,
    Link,
    Wait,
    asked,
    config_chains,
)

from ..models import FulfillmentRequest
from .requests import definitions

State = FulfillmentRequest.State
#: The through rows of FulfillmentRequest.required_configurations.
Required = FulfillmentRequest.required_configurations.through


def chain(order: FulfillmentRequest, actor: Actor) -> list[Link]:
    """The chain of one visible order, empty when it is decided.

    An order that waits for two configurations independent of each other appears once for each.
    """
    return _chains([order], actor, titles=True).get(order.pk, [])


def chains(orders: Iterable[FulfillmentRequest], actor: Actor) -> dict[str, list[Link]]:
    """Chains of the open ones among `orders` by order id, without the titles of what was asked.

    At most three queries for any number of orders; `subscription` and `vendor` must be loaded.
    """
    return _chains(orders, actor, titles=False)


def _chains(
    orders: Iterable[FulfillmentRequest], actor: Actor, *, titles: bool
) -> dict[str, list[Link]]:
    rows = [order for order in orders if order.state in FulfillmentRequest.OPEN]
    parked = [order.pk for order in rows if order.state == State.TIERS_SETUP]
    needs = _unconfigured(parked, actor)
    configs = {config.id for found in needs.values() for config in found}
    onward = config_chains(configs, actor, titles=titles) if configs else {}
    found = {}
    for order in rows:
        if order.pk not in needs:
            found[order.pk] = [replace(_own_link(order, titles), holds=True)]
            continue
        # Tier 1 first: its chain usually leads through tier 2, which then needs no own line.
        links: list[Link] = []
        for config in sorted(needs[order.pk], key=lambda each: each.tier_level):
            if any(link.configuration and link.configuration.id == config.id for link in links):
                continue
            following = onward.get(config.id, [])
            links += [_parked_link(order, config, holds=not following), *following]
        found[order.pk] = links
    return found


def _unconfigured(order_ids: list[str], actor: Actor) -> dict[str, list[Configuration]]:
    """Required configurations that were never approved, by order; one query."""
    if not order_ids:
        return {}
    account = TierAccount.objects.visible_to(actor).filter(pk=OuterRef("tierconfig__account"))
    rows = (
        Required.objects.filter(fulfillmentrequest__in=order_ids, tierconfig__configured_at=None)
        .select_related("tierconfig__account")
        .annotate(opens=Exists(account))
    )
    found: dict[str, list[Configuration]] = {}
    for row in rows:
        config = row.tierconfig
        found.setdefault(row.fulfillmentrequest_id, []).append(
            Configuration(
                config.pk,
                config.tier_level,
                config.account_id,
                config.account.name,
                row.opens,
            )
        )
    return found


def _parked_link(order: FulfillmentRequest, config: Configuration, *, holds: bool) -> Link:
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


def _own_link(order: FulfillmentRequest, titles: bool) -> Link:
    link = Link(
        model="fulfillmentrequest",
        id=order.pk,
        state=order.state,
        since=order.state_since,
        wait=Wait.VENDOR,
        opens=True,
        party=order.vendor.name,
    )
    if order.state == State.DRAFT:
        return replace(link, wait=Wait.SENDING, party="")
    if order.state != State.INQUIRING:
        return link
    names = asked(definitions(order), order.params) if titles else {}
    return replace(
        link,
        wait=Wait.ANSWER,
        party=order.inquiry_email,
        asked=tuple(names.values()),
        asked_at=order.inquiry_sent_at,
    )
