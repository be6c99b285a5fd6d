"""Filters by how long requests have been in their state: `sli.days` and `sli.zone`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tierconfig.services import levels

from ..rql import EQ, NE, NOTHING, NULL, RANGE, RQL_NULL, FilterLookups, Filters, custom

GT, GE = FilterLookups.GT, FilterLookups.GE
LT, LE = FilterLookups.LT, FilterLookups.LE
DAYS, ZONE = "sli.days", "sli.zone"
SLI = (
    custom(DAYS, lookups={EQ, NE, GT, GE, LT, LE}, order=True),
    custom(ZONE, lookups={*RANGE, NULL}, order=True),
)


class StayFilters(Filters):
    """Answers the filters of SLI for requests of one kind, `ENTITY` of the service levels."""

    ENTITY: ClassVar[str]

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        if name == DAYS:
            return self._by_days(lookup, _number(value))
        return self._by_zone(lookup, value) if name == ZONE else super().narrow(name, lookup, value)

    def order_name(self, name: str) -> str:
        return "state_since"

    def _apply_ordering(self, qs: QuerySet[Any], properties: list[Any]) -> QuerySet[Any]:
        """More days in a state are an earlier beginning."""
        turned = [tuple(_turned(prop) for prop in props) for props in properties]
        return super()._apply_ordering(qs, turned)

    def _measured(self) -> Q:
        states = {state for entity, state in levels.defaults() if entity == self.ENTITY}
        return Q(state__in=states)

    def _by_days(self, lookup: str, days: int) -> Q:
        """Whole days in the present state, of requests in states that have a service level."""
        if not 0 <= days <= levels.MOST:
            raise ValueError(_("no more than %(most)d days are counted.") % {"most": levels.MOST})
        now = timezone.now()
        from_then = Q(state_since__lte=now - timedelta(days=days))
        longer = Q(state_since__lte=now - timedelta(days=days + 1))
        found = {
            EQ: from_then & ~longer,
            GE: from_then,
            GT: longer,
            LT: ~from_then,
            LE: ~longer,
        }[lookup]
        return self._measured() & found

    def _by_zone(self, lookup: str, value: str) -> Q:
        """null() for what is decided, which has no zone."""
        if value == RQL_NULL:
            return ~self._measured()
        wanted = _number(value)
        kept = {
            EQ: lambda zone: zone == wanted,
            GE: lambda zone: zone >= wanted,
            GT: lambda zone: zone > wanted,
            LT: lambda zone: zone < wanted,
            LE: lambda zone: zone <= wanted,
        }[lookup]
        found = NOTHING
        for zone in levels.Zone:
            if kept(zone):
                found |= levels.in_zone(self.ENTITY, zone)
        return found


def _number(value: str) -> int:
    if not value.isascii() or not value.isdecimal() or len(value) > 9:
        raise ValueError(_("a whole number from 0 on is expected."))
    return int(value)


def _turned(prop: str) -> str:
    if prop.lstrip("-") not in (DAYS, ZONE):
        return prop
    return prop.removeprefix("-") if prop.startswith("-") else f"-{prop}"
