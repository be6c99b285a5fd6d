"""What lists of accounts, partners and users are narrowed and ordered by."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q

from customers.actors import VENDOR
from customers.models import Membership, Partner

from ..rql import NOTHING, RANGE, Filters, custom, field
from ..shared.matching import fits

KINDS = {"vendor": Q(role=VENDOR), "provider": ~Q(role=VENDOR)}


class AccountFilters(Filters):
    """Type and role count in any case: clients send them as they are displayed (domain 2.1).

    The ID a company has elsewhere is its own matter: others are not found by it.
    """

    MODEL = Partner
    FILTERS = [
        field("id", order=True, search=True),
        field("name", search=True, order=True),
        field("role"),
        custom("type"),
        custom("external_id", order=True),
        field("events.created.at", "created_at", order=True, lookups=RANGE),
        field("events.updated.at", "updated_at", order=True, lookups=RANGE),
    ]

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        if name == "type":
            wanted = (kind for name, kind in KINDS.items() if fits(name, lookup, value))
            return reduce(or_, wanted, NOTHING)
        return Q(pk=self.actor.partner_id) & self.column("external_id", lookup, value)

    def order_name(self, name: str) -> str:
        return "external_id_shown"


class UserFilters(Filters):
    MODEL = Membership
    FILTERS = [
        field("id", "user__id", order=True, search=True),
        field("name", "user__name", order=True, search=True),
        field("events.created.at", "user__date_joined", order=True, lookups=RANGE),
    ]


class ColleagueFilters(UserFilters):
    """For who is shown addresses."""

    FILTERS = [*UserFilters.FILTERS, field("email", "user__email", order=True, search=True)]
