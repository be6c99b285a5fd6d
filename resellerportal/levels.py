"""How long requests have been in their state: days, a word and a colour (tierconfig levels)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import VENDOR, Actor
from tierconfig.services import levels
from tierconfig.services.levels import Level, Stay, Zone, measured

from .cells import Cell, Clock, PerPage, esc, since
from .lists.listing import Column, Filter
from .parts import Fact

__all__ = ["COLUMN", "MOMENT", "badge", "fact", "mark", "measured", "zone_filter"]

#: Zone -> key in addresses, word, class and icon of its badge.
LOOKS = {
    Zone.ON_TIME: ("on-time", gettext_lazy("on time"), "done", "fa-check"),
    Zone.LATE: ("late", gettext_lazy("late"), "waiting", "fa-clock"),
    Zone.OVERDUE: ("overdue", gettext_lazy("overdue"), "stop", "fa-triangle-exclamation"),
}
CHOICES = [(key, word) for key, word, *_look in LOOKS.values()]


def badge(stay: Stay | None, clock: Clock | None = None) -> SafeString | None:
    """ "6 d late", in the colour of its zone; None for what is decided."""
    if stay is None:
        return None
    _key, word, css, icon = LOOKS[stay.zone]
    age = (clock or Clock()).age(stay.since)
    return SafeString(
        f'<span class="state sli {css}"><i class="fa-solid {icon}" aria-hidden="true"></i>{age} '
        f"{esc(word)}</span>"
    )


def _cell() -> Cell:
    clock = Clock()
    return lambda row: badge(row.stay, clock)


def fact(request: Any, entity: str) -> list[Fact]:
    """What the head of a page about a request, one of levels.measured, says of it."""
    usual = levels.defaults()
    if request.level_late is not None:
        usual[entity, request.state] = Level(request.level_late, request.level_overdue)
    stay = levels.stay(usual, entity, request.state, request.state_since)
    return [Fact(_("Time in this state"), badge(stay))] if stay else []


def mark(found: list[Any], entity: str) -> None:
    """Give the rows of a page their `stay`, as the column wants it; at most one query."""
    own = levels.levels({row.vendor_id for row in found}) if found else {}
    for row in found:
        row.stay = levels.stay(own[row.vendor_id], entity, row.state, row.state_since)


#: Stands where other lists say since when, under the name by which they are sorted.
COLUMN = Column(
    "since",
    gettext_lazy("SLI"),
    PerPage(_cell, "vendor_id", "state", "state_since"),
    "state_since",
)
MOMENT = Column("moment", gettext_lazy("Since"), since("state_since"), hidden=True, num=True)


def zone_filter(actor: Callable[[], Actor], entity: str) -> Filter:
    """A filter by zone. It looks at the clock, which only filters may."""

    def lookup(wanted: str) -> Q:
        zone = next((zone for zone, look in LOOKS.items() if look[0] == wanted), None)
        if zone is None:
            raise ValidationError("unknown zone")
        present = actor()
        own = [present.partner_id] if present.role == VENDOR and present.partner_id else None
        return levels.in_zone(entity, zone, own)

    return Filter("sli", gettext_lazy("SLI"), lookup, CHOICES)
