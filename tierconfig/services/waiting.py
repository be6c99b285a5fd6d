"""Who holds a request, and on what it waits: the chain from a request to the one who must act.

A link carries names and plain values, never a row, so that a page cannot show more of it than the
actor may read. To a reseller the links of configurations it does not operate carry id, name and
state only (decision 4): no addressee, no asked parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from customers.actors import Actor
from customers.models import TierAccount

from .. import parameters
from ..models import Parameter, TierConfigRequest
from ..presentation import presented
from .links import Configuration, Link, Opened, Said, Wait

__all__ = [
    "Configuration",
    "Link",
    "Wait",
    "asked",
    "chain",
    "chains",
    "config_chains",
    "with_parents",
]

State = TierConfigRequest.State


READ = (
    "pk",
    "state",
    "state_since",
    "configuration_id",
    "configuration__account__name",
    "vendor__name",
    "inquiry_email",
    "inquiry_sent_at",
    "parent_configuration_id",
    "parent_configuration__tier_level",
    "parent_configuration__account_id",
    "parent_configuration__account__name",
    "reminders",
)
#: What tells what a request asks for: the fields of Said.
SAID = (
    "params",
    "presentation",
    "configuration__params",
    "configuration__product_id",
    "configuration__tier_level",
)
#: Links by configuration id.
ConfigChains = dict[str, list[Link]]


def chain(
    request: TierConfigRequest, actor: Actor, own: Iterable[Parameter] | None = None
) -> list[Link]:
    """The chain of one visible request, empty when it is decided.

    Costs at most four queries; with its definitions, `own`, none unless it is parked, and two
    when it is and was read `with_parents`.
    """
    if request.state not in TierConfigRequest.OPEN:
        return []
    parked = request.state == State.TIERS_SETUP
    if parked and request.parent_configuration_id and "parent_opens" in vars(request):
        above = config_chains([request.parent_configuration_id], actor, full=True)
        links = above.get(request.parent_configuration_id, [])
        return [_link(_opened(request), {}, holds=not links), *links]
    if own is not None and not parked:
        known = {**request.base_values(), **request.params}
        inquires = request.state == State.INQUIRING
        now = presented(own, known, request.presentation) if inquires else []
        return [_link(_opened(request), asked(now, known), holds=True)]
    found = config_chains([request.configuration_id], actor, full=True)
    return found.get(request.configuration_id, [])


def with_parents(rows: QuerySet[TierConfigRequest], actor: Actor) -> QuerySet[TierConfigRequest]:
    """Requests that know whether the actor may open the account of what they are parked on."""
    parent = TierAccount.objects.visible_to(actor).filter(
        pk=OuterRef("parent_configuration__account")
    )
    return rows.annotate(parent_opens=Exists(parent))


#: What `chains` reads of a request.
OF_CHAINS = (
    "state",
    "state_since",
    "configuration_id",
    "configuration__account__name",
    "vendor__name",
    "inquiry_email",
    "inquiry_sent_at",
    "parent_configuration__tier_level",
    "parent_configuration__account_id",
    "parent_configuration__account__name",
)


def chains(requests: Iterable[Any]) -> dict[str, list[Link]]:
    """Chains of the open ones among visible `requests` by id; at most one query.

    A request need not be a model, it must have OF_CHAINS. What it waits for opens nothing and
    names no addressee, see config_chains.
    """
    own = [_opened(request) for request in requests if request.state in TierConfigRequest.OPEN]
    parents = {each.parent for each in own if each.parent and each.state == State.TIERS_SETUP}
    above = config_chains(parents, None)
    found = {}
    for each in own:
        links = above.get(each.parent or "", []) if each.state == State.TIERS_SETUP else []
        found[each.id] = [_link(each, {}, holds=not links), *links]
    return found


def _opened(request: Any) -> Opened:
    parent = request.parent_configuration
    return Opened(
        request.pk,
        request.state,
        request.state_since,
        request.configuration_id,
        request.configuration.account.name,
        request.vendor.name,
        request.inquiry_email,
        request.inquiry_sent_at,
        parent and parent.pk,
        parent and parent.tier_level,
        parent and parent.account_id,
        parent and parent.account.name,
        # Rows of lists do not read it.
        reminders=vars(request).get("reminders", 0),
        parent_opens=vars(request).get("parent_opens", False),
        opens=True,
    )


def config_chains(
    config_ids: Iterable[str],
    actor: Actor | None,
    *,
    full: bool = False,
    own: Iterable[Parameter] | None = None,
) -> ConfigChains:
    """Chains that begin with the open request of each configuration, none for those without one.

    At most two queries for any number of them. `full` adds one for the titles of what was asked,
    none with `own`, all definitions of their products, and says whether the actor may open the
    accounts of configurations. Without an actor nothing opens, and companies are named instead of
    addressees.
    """
    opened: dict[str, Opened] = {}
    wanted = set(config_ids)
    while wanted - set(opened):
        found = _open_requests(wanted - set(opened), actor, full)
        opened.update(found)
        wanted = {
            request.parent
            for request in found.values()
            if request.state == State.TIERS_SETUP and request.parent
        }
        if not found:
            break
    names = _asked_titles(opened.values(), own) if full else {}
    return {config_id: _follow(config_id, opened, names) for config_id in opened}


def _open_requests(config_ids: Iterable[str], actor: Actor | None, full: bool) -> dict[str, Opened]:
    """Open requests by configuration, marked with what the actor may open of them."""
    rows = TierConfigRequest.objects.filter(
        configuration__in=list(config_ids), state__in=TierConfigRequest.OPEN
    )
    read: tuple[str, ...] = READ
    if actor is not None:
        visible = TierConfigRequest.objects.visible_to(actor)
        rows = rows.annotate(opens=Exists(visible.filter(pk=OuterRef("pk"))))
        read = (*read, "opens")
    if not full:
        found = (Opened(*values) for values in rows.values_list(*read))
        return {row.configuration: row for row in found}
    accounts = TierAccount.objects.visible_to(actor)
    parent = accounts.filter(pk=OuterRef("parent_configuration__account"))
    rows = rows.annotate(parent_opens=Exists(parent))
    read = (*read, "parent_opens")
    own = len(read)
    found = (
        replace(Opened(*values[:own]), said=Said(*values[own:]))
        for values in rows.values_list(*read, *SAID)
    )
    return {row.configuration: row for row in found}


def _follow(
    config_id: str, opened: dict[str, Opened], names: dict[str, dict[str, str]]
) -> list[Link]:
    links: list[Link] = []
    request = opened.get(config_id)
    while request is not None:
        parked = request.state == State.TIERS_SETUP
        above = opened.get(request.parent or "") if parked and len(links) < 2 else None
        links.append(_link(request, names.get(request.id, {}), holds=above is None))
        request = above
    return links


def _link(request: Opened, names: dict[str, str], *, holds: bool) -> Link:
    wait, party = Wait.VENDOR, request.vendor
    configuration = None
    if request.state == State.DRAFT:
        wait, party = Wait.SENDING, ""
    elif request.state == State.INQUIRING:
        wait, party = Wait.ANSWER, request.email if request.opens else request.account
    elif request.state == State.TIERS_SETUP and request.parent:
        wait, party = Wait.CONFIGURATION, ""
        configuration = Configuration(
            request.parent,
            request.parent_tier or 0,
            request.parent_account or "",
            request.parent_name or "",
            request.parent_opens,
        )
    told = wait == Wait.ANSWER and request.opens
    return Link(
        model="tierconfigrequest",
        id=request.id,
        state=request.state,
        since=request.since,
        wait=wait,
        opens=request.opens,
        party=party,
        configuration=configuration,
        asked=tuple(names.values()) if told else (),
        asked_at=request.sent_at if told else None,
        reminders=request.reminders if told else 0,
        holds=holds,
    )


def asked(own: Iterable[parameters.Definition], values: parameters.Values) -> dict[str, str]:
    """Titles, by name, of the parameters an inquiry with these values asks for."""
    own = list(own)
    lacking = {d.name for d in parameters.missing(own, values, visible_ordering_only=True)}
    names = lacking | set(parameters.complaints(values))
    return {each.name: str(each) for each in own if each.name in names}


def _asked_titles(
    opened: Iterable[Opened], own: Iterable[Parameter] | None
) -> dict[str, dict[str, str]]:
    """Titles of what each inquiring request asks for, by request and name; at most one query."""
    said = {each.id: each.said for each in opened if each.state == State.INQUIRING and each.said}
    if not said:
        return {}
    rows = list(own) if own is not None else _definitions(said.values())
    found = {}
    for pk, each in said.items():
        key = (each.product, Parameter.tier_scope(each.tier_level))
        mine = [row for row in rows if (row.product_id, row.scope) == key]
        found[pk] = asked(presented(mine, each.known, each.presentation), each.known)
    return found


def _definitions(said: Iterable[Said]) -> list[Parameter]:
    said = list(said)
    rows = Parameter.objects.filter(
        product__in={each.product for each in said},
        scope__in={Parameter.tier_scope(each.tier_level) for each in said},
    )
    return list(rows.exclude(type__in=Parameter.DISPLAY_ONLY).order_by("position", "name"))
