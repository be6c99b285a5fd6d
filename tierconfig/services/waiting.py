"""Who holds a request, and on what it waits: the chain from a request to the one who must act.

A link carries names and plain values, never a row, so that a page cannot show more of it than the
actor may read. To a reseller the links of configurations it does not operate carry id, name and
state only (decision 4): no addressee, no asked parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef

from customers.actors import Actor
from customers.models import TierAccount

from .. import parameters
from ..models import Parameter, TierConfigRequest

State = TierConfigRequest.State


class Wait(StrEnum):
    """What a link waits for."""

    CONFIGURATION = "configuration"
    ANSWER = "answer"
    VENDOR = "vendor"
    SENDING = "sending"


@dataclass(frozen=True)
class Configuration:
    """A configuration that something waits for; `opens` when the actor may see its account."""

    id: str
    tier_level: int
    account_id: str
    account_name: str
    opens: bool


@dataclass(frozen=True)
class Link:
    """A request and what it waits for.

    `model` is the lower-case model name, `opens` says whether the actor may open the request.
    `party` is who must act: an address where the actor may read it, else the company's name;
    empty when the request waits for `configuration`. `asked` are titles of parameters, `asked_at`
    is when the present inquiry (or its renewed link) was sent. The last link `holds`.
    """

    model: str
    id: str
    state: str
    since: datetime
    wait: Wait
    opens: bool
    party: str = ""
    configuration: Configuration | None = None
    asked: tuple[str, ...] = ()
    asked_at: datetime | None = None
    holds: bool = False


#: Links by configuration id.
ConfigChains = dict[str, list[Link]]


def chain(request: TierConfigRequest, actor: Actor) -> list[Link]:
    """The chain of one visible request, empty when it is decided.

    `request.configuration` should be loaded; costs at most four queries.
    """
    if request.state not in TierConfigRequest.OPEN:
        return []
    found = config_chains([request.configuration_id], actor, titles=True)
    return found.get(request.configuration_id, [])


def config_chains(config_ids: Iterable[str], actor: Actor, *, titles: bool = False) -> ConfigChains:
    """Chains that begin with the open request of each configuration, none for those without one.

    At most two queries for any number of them, one more with the `titles` of what was asked.
    """
    opened: dict[str, TierConfigRequest] = {}
    wanted = set(config_ids)
    while wanted - set(opened):
        found = _open_requests(wanted - set(opened), actor)
        opened.update(found)
        wanted = {
            parent
            for request in found.values()
            if request.state == State.TIERS_SETUP and (parent := request.parent_configuration_id)
        }
        if not found:
            break
    names = _asked_titles(opened.values()) if titles else {}
    return {config_id: _follow(config_id, opened, names) for config_id in opened}


def _open_requests(config_ids: Iterable[str], actor: Actor) -> dict[str, TierConfigRequest]:
    """Open requests by configuration, marked with what the actor may open of them."""
    visible = TierConfigRequest.objects.visible_to(actor)
    accounts = TierAccount.objects.visible_to(actor)
    rows = (
        TierConfigRequest.objects.filter(
            configuration__in=list(config_ids), state__in=TierConfigRequest.OPEN
        )
        .select_related("configuration__account", "parent_configuration__account", "vendor")
        .annotate(
            opens=Exists(visible.filter(pk=OuterRef("pk"))),
            parent_opens=Exists(accounts.filter(pk=OuterRef("parent_configuration__account"))),
        )
    )
    return {row.configuration_id: row for row in rows}


def _follow(
    config_id: str, opened: dict[str, TierConfigRequest], names: dict[str, dict[str, str]]
) -> list[Link]:
    links: list[Link] = []
    request = opened.get(config_id)
    while request is not None and len(links) < 3:
        links.append(_link(request, names.get(request.pk, {})))
        parked = request.state == State.TIERS_SETUP
        request = opened.get(request.parent_configuration_id or "") if parked else None
    links[-1] = replace(links[-1], holds=True)
    return links


def _link(request: TierConfigRequest, names: dict[str, str]) -> Link:
    opens: bool = request.opens  # type: ignore[attr-defined]
    link = Link(
        model="tierconfigrequest",
        id=request.pk,
        state=request.state,
        since=request.state_since,
        wait=Wait.VENDOR,
        opens=opens,
        party=request.vendor.name,
    )
    account = request.configuration.account
    if request.state == State.DRAFT:
        return replace(link, wait=Wait.SENDING, party="")
    if request.state == State.INQUIRING:
        return replace(
            link,
            wait=Wait.ANSWER,
            party=request.inquiry_email if opens else account.name,
            asked=tuple(names.values()) if opens else (),
            asked_at=request.inquiry_sent_at if opens else None,
        )
    parent = request.parent_configuration
    if request.state == State.TIERS_SETUP and parent is not None:
        waited = Configuration(
            parent.pk,
            parent.tier_level,
            parent.account_id,
            parent.account.name,
            request.parent_opens,  # type: ignore[attr-defined]
        )
        return replace(link, wait=Wait.CONFIGURATION, party="", configuration=waited)
    return link


def asked(own: Iterable[Parameter], values: parameters.Values) -> dict[str, str]:
    """Titles, by name, of the parameters an inquiry with these values asks for."""
    own = list(own)
    lacking = {d.name for d in parameters.missing(own, values, visible_ordering_only=True)}
    names = lacking | set(parameters.complaints(values))
    return {each.name: str(each) for each in own if each.name in names}


def _asked_titles(requests: Iterable[TierConfigRequest]) -> dict[str, dict[str, str]]:
    inquiring = [r for r in requests if r.state == State.INQUIRING]
    if not inquiring:
        return {}
    rows = list(
        Parameter.objects.filter(
            product__in={r.configuration.product_id for r in inquiring},
            scope__in={r.configuration.scope for r in inquiring},
        )
        .exclude(type__in=Parameter.DISPLAY_ONLY)
        .order_by("position", "name")
    )
    found = {}
    for request in inquiring:
        key = (request.configuration.product_id, request.configuration.scope)
        own = [row for row in rows if (row.product_id, row.scope) == key]
        found[request.pk] = asked(own, {**request.configuration.params, **request.params})
    return found
