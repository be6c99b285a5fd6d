"""What lists of tier account requests are narrowed and ordered by."""

from __future__ import annotations

from django.db.models import Q

from customers.models import TierAccountRequest

from ..rql import RANGE, Filters, custom, field
from ..shaping import NO_HUB
from ..tier_accounts.filters import in_scopes


class AccountRequestFilters(Filters):
    """Who sees a request sees its account, so that may be asked for as it is now."""

    MODEL = TierAccountRequest
    FILTERS = [
        field("id", order=True, search=True),
        field("type"),
        field("status", "state", order=True),
        field("product.id", order=True, search=True),
        field("product.name", order=True, search=True),
        field("account.id", order=True),
        field("account.name", order=True),
        field("account.type"),
        field("account.environment"),
        field("account.external_id", order=True, search=True),
        field("account.external_uid", order=True, search=True),
        field("account.version", "version", lookups=RANGE),
        field("account.hub.id", order=True, search=True, null=(NO_HUB["id"],)),
        field("account.hub.name", order=True, search=True),
        field("vendor.id"),
        field("vendor.name"),
        field("provider.id"),
        field("provider.name"),
        field("events.created.at", "created_at", order=True, lookups=RANGE),
        field("events.updated.at", "updated_at", order=True, lookups=RANGE),
        custom("account.scopes"),
    ]
    ALIASES = {"created": "events.created.at", "updated": "events.updated.at"}

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        return in_scopes(value, lookup, self.actor, "account")
