"""Parameter values as the reader may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from customers.actors import RESELLER, VENDOR, Actor
from tierconfig import parameters
from tierconfig.models import Parameter, ProcessedRequest
from tierconfig.models.processing import PENDING
from tierconfig.services.processing import known_values


@dataclass(frozen=True)
class Value:
    """A parameter with its value as the reader may see it.

    `before` is the approved value where the request asks for another one, else None. `filler`
    says which side fills it in, `origin` where the value comes from.
    """

    label: str
    name: str
    value: str
    filler: str
    before: str | None = None
    complaint: str = ""
    hidden: bool = False
    missing: bool = False
    origin: str = ""


@dataclass(frozen=True)
class Phase:
    label: str
    rows: list[Value]

    @property
    def compares(self) -> bool:
        return any(row.before is not None for row in self.rows)


def reads_passwords(actor: Actor) -> bool:
    """Passwords are masked for everybody but the vendor, administrators included."""
    return actor.role == VENDOR


def phases(
    definitions: Iterable[Parameter],
    values: parameters.Values,
    actor: Actor,
    *,
    buyer: str,
    approved: parameters.Values | None = None,
    only: Collection[str] | None = None,
    origins: Mapping[str, str] | None = None,
) -> list[Phase]:
    """What the actor reads of some values, by phase; phases without a row are left out.

    `buyer` is what the side is called that fills in what the vendor does not. With `approved`,
    values that differ from it show both. `only` keeps parameters of these names. `origins` are
    lines by name (origins.py) for those that have a value.
    """
    own = list(definitions)
    lacking = {each.name for each in parameters.missing(own, values, visible_ordering_only=False)}
    vendors = {each.name for each in parameters.offered_to_vendor(own)}
    found: dict[str, Phase] = {
        Parameter.Phase.ORDERING: Phase(_("Ordering parameters"), []),
        Parameter.Phase.FULFILLMENT: Phase(_("Fulfillment parameters"), []),
    }
    for each in parameters.readable(own, values, actor.role):
        if only is None or each.name in only:
            filler = _("Vendor") if each.name in vendors else buyer
            row = _value(each, values, actor, approved, filler, each.name in lacking)
            told = (origins or {}).get(each.name, "") if row.value else ""
            found[each.phase].rows.append(replace(row, origin=told))
    return [phase for phase in found.values() if phase.rows]


def told(request: ProcessedRequest, portal: str) -> parameters.Values:
    """What will be in force; what the vendor noted about it is told with the inquiry."""
    known = known_values(request)
    if portal != VENDOR and request.state == PENDING:
        return parameters.without_complaints(known)
    return known


def constants(definitions: Iterable[Parameter], actor: Actor) -> list[Phase]:
    """What the actor reads of the constants of a product; no phase when that is nothing."""
    own = list(definitions)
    known = {each.name: parameters.constant(each) for each in own}
    rows = [
        _value(each, known, actor, None, _("Vendor"), False)
        for each in parameters.readable(own, known, actor.role)
    ]
    return [Phase(_("Constants of the product"), rows)] if rows else []


def _value(
    parameter: Parameter,
    values: parameters.Values,
    actor: Actor,
    approved: parameters.Values | None,
    filler: str,
    missing: bool,
) -> Value:
    masked = not reads_passwords(actor)
    stored = values.get(parameter.name)
    old = (approved or {}).get(parameter.name)
    changed = approved is not None and parameters.differences(
        {parameter.name: old or {}}, {parameter.name: stored or {}}
    )
    return Value(
        label=str(parameter),
        name=parameter.name,
        value=parameters.display(parameter, stored, masked=masked),
        filler=filler,
        before=parameters.display(parameter, old, masked=masked) if changed else None,
        complaint=str((stored or {}).get("value_error") or ""),
        hidden=parameter.hidden and actor.role != RESELLER,
        missing=missing,
    )
