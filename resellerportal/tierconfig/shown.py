"""Parts that pages of configurations and their requests share: values, tiers, links."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import NoReverseMatch
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.actors import RESELLER, VENDOR, Actor
from customers.models import TierAccount
from customers.visibility import operated_ids
from tierconfig import parameters
from tierconfig.models import Parameter, TierConfig, TierConfigRequest

from ..chains import Url
from ..states import badge_of, state_label


@dataclass(frozen=True)
class Value:
    """A parameter with its value as the reader may see it.

    `before` is the approved value where the request asks for another one, else None. `filler`
    says which side fills it in.
    """

    label: str
    name: str
    value: str
    filler: str
    before: str | None = None
    complaint: str = ""
    hidden: bool = False
    missing: bool = False


@dataclass(frozen=True)
class Phase:
    label: str
    rows: list[Value]

    @property
    def compares(self) -> bool:
        return any(row.before is not None for row in self.rows)


def may_read_passwords(actor: Actor) -> bool:
    return actor.role == VENDOR


def phases(
    definitions: Iterable[Parameter],
    values: parameters.Values,
    actor: Actor,
    *,
    approved: parameters.Values | None = None,
    only: Collection[str] | None = None,
) -> list[Phase]:
    """What the actor reads of some values, by phase; phases without a row are left out.

    With `approved`, values that differ from it show both. `only` keeps parameters of these names.
    """
    own = list(definitions)
    lacking = {each.name for each in parameters.missing(own, values, visible_ordering_only=False)}
    vendors = {each.name for each in parameters.offered_to_vendor(own)}
    readable = [
        each
        for each in parameters.readable(own, values, actor.role)
        if only is None or each.name in only
    ]
    rows = [(e.phase, _value(e, values, actor, approved, lacking, vendors)) for e in readable]
    found = (
        Phase(label, [row for phase, row in rows if phase == wanted])
        for wanted, label in (
            (Parameter.Phase.ORDERING, _("Ordering parameters")),
            (Parameter.Phase.FULFILLMENT, _("Fulfillment parameters")),
        )
    )
    return [phase for phase in found if phase.rows]


def _value(
    parameter: Parameter,
    values: parameters.Values,
    actor: Actor,
    approved: parameters.Values | None,
    lacking: Collection[str],
    vendors: Collection[str],
) -> Value:
    masked = not may_read_passwords(actor)
    stored = values.get(parameter.name)
    old = (approved or {}).get(parameter.name)
    changed = approved is not None and parameters.differences(
        {parameter.name: old or {}}, {parameter.name: stored or {}}
    )
    return Value(
        label=str(parameter),
        name=parameter.name,
        value=parameters.display(parameter, stored, masked=masked),
        filler=_("Vendor") if parameter.name in vendors else _("Reseller"),
        before=parameters.display(parameter, old, masked=masked) if changed else None,
        complaint=str((stored or {}).get("value_error") or ""),
        hidden=parameter.hidden and actor.role != RESELLER,
        missing=parameter.name in lacking,
    )


def tier_nodes(
    tiers: Iterable[tuple[int, TierAccount | None]],
    actor: Actor,
    url: Url,
    *,
    current: str,
) -> list[dict[str, Any]]:
    """Nodes for portal/_tiers.html from (tier, account), the lowest tier first; one query.

    An account the actor may not see is no link; to a vendor it has no name either (decision 4).
    `current` is the id of the account the page is about.
    """
    chain = [(tier, account) for tier, account in tiers if account is not None]
    visible = TierAccount.objects.visible_to(actor)
    seen = set(visible.filter(pk__in=[a.pk for _t, a in chain]).values_list("pk", flat=True))
    nodes: list[dict[str, Any]] = []
    for tier, account in chain:
        known = account.pk in seen
        named = known or actor.role != VENDOR
        nodes = [
            {
                "tier": _("Tier %(tier)d") % {"tier": tier},
                "name": account.name if named else _("A company you do not work with"),
                "url": address(url, "account-detail", account.pk) if known else "",
                "current": account.pk == current,
                "badge": "",
                "open": False,
                "children": nodes,
            }
        ]
    return nodes


def may_open(config: TierConfig, actor: Actor) -> bool:
    """Whether a configuration met on a page of the actor is one the actor may open.

    Vendor and distributor share their side of every configuration they meet that way.
    """
    return actor.role != RESELLER or config.account_id in operated_ids(actor)


def address(url: Url, name: str, *args: str) -> str:
    """The address of a page of this portal, nothing where the portal has no such page."""
    try:
        return url(name, *args)
    except NoReverseMatch:
        return ""


def linked(text: Any, url: str) -> Any:
    return format_html('<a href="{}">{}</a>', url, text) if url else text


def request_badge(state: str) -> SafeString:
    return badge_of(state, state_label(TierConfigRequest, state))


def open_request(actor: Actor, field: str) -> Subquery:
    """A column of the open request of each configuration, as far as the actor sees it."""
    rows = TierConfigRequest.objects.visible_to(actor).filter(
        configuration=OuterRef("pk"), state__in=TierConfigRequest.OPEN
    )
    return Subquery(rows.values(field)[:1])
