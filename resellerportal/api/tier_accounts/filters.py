"""What lists of accounts are narrowed and ordered by.

Nothing may be asked for that is not shown: a parent or a creator that the reader is not told is
absent for its filters, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from customers.actors import DISTRIBUTOR, RESELLER, SYSTEM, VENDOR, Actor
from customers.models import AccountVersion, Event, TierAccount
from customers.services.participation import SCOPES, in_scope

from ..rql import EQ, NOTHING, NULL, RANGE, TEXT, Filters, Query, custom, field
from ..shaping import NO_HUB
from .shapes import CHANGES

NONE = ("null()", "empty()")
#: Characters of words that indexes of trigrams find.
SHORTEST = 3
_OF_IDS = re.compile(r"(T?A|H?B|[VP]?A|[THVP])?-?[\d-]*", re.ASCII | re.IGNORECASE)
SOME_TEXT = TEXT | {NULL}


def tellings(actor: Actor) -> Mapping[str, Q]:
    """Which accounts' parent, parent's parent and creator the actor is told (decision 4)."""
    if actor.role == DISTRIBUTOR:
        return {"parent": Q(), "parent.parent": Q(), "owner": Q()}
    seen = TierAccount.objects.visible_to(actor).order_by()
    parent = Q(Exists(seen.filter(pk=OuterRef("parent"))))
    own = Q(owner=actor.partner)
    if actor.role == RESELLER:
        # Of every account that it sees it is told the present parent.
        return {"parent": Q(), "parent.parent": parent, "owner": own | Q(owner__role=DISTRIBUTOR)}
    above = Q(Exists(seen.filter(pk=OuterRef("parent__parent"))))
    return {"parent": parent, "parent.parent": parent & above, "owner": own}


def maybe_of_id(words: str) -> bool:
    """Whether ids of accounts, hubs and companies may contain it: TA-, HB-, VA-, PA- and digits."""
    return _OF_IDS.fullmatch(words) is not None


def in_scopes(pattern: str, lookup: str, actor: Actor, path: str = "pk") -> Q:
    """Accounts at `path` that take part as what the pattern names, in the reader's eyes."""
    vendor = actor.partner if actor.role == VENDOR else None
    exact = re.escape(pattern.lower())
    wanted = exact if lookup == EQ else exact.replace(r"\*", ".*")
    found = NOTHING
    for scope in SCOPES:
        if re.fullmatch(wanted, scope):
            accounts = TierAccount.objects.visible_to(actor).filter(in_scope(scope, vendor))
            found |= Q(**{f"{path}__in": accounts.order_by().values("pk")})
    return found


class AccountFilters(Filters):
    MODEL = TierAccount
    FILTERS = [
        field("id", order=True, search=True),
        field("name", order=True, search=True),
        field("type"),
        field("version", lookups=RANGE),
        field("environment", order=True),
        field("external_id", order=True, search=True),
        field("external_uid", search=True),
        field("tax_id"),
        field("hub.id", order=True, search=True, null=(NO_HUB["id"],)),
        field("hub.name", order=True, search=True),
        field("contact_info.contact.email", "contact_email"),
        field("events.created.at", "created_at", order=True, lookups=RANGE),
        field("events.updated.at", "updated_at", order=True, lookups=RANGE),
        field("events.decommissioned.at", "decommissioned_at", lookups=RANGE | {NULL}),
        *(
            custom(name, lookups=SOME_TEXT, order=name in ("parent.name", "owner.id", "owner.name"))
            for name in ("parent.id", "parent.name", "parent.parent.id", "owner.id", "owner.name")
        ),
        custom("scopes"),
        custom("events.created.by", lookups=SOME_TEXT),
        custom("events.updated.by", lookups=SOME_TEXT),
    ]
    ALIASES = {
        "created": "events.created.at",
        "updated": "events.updated.at",
        "events.created.by.id": "events.created.by",
        "events.updated.by.id": "events.updated.by",
    }

    def apply(self, query: Query) -> QuerySet[Any]:
        self.tellings = tellings(self.actor)
        return super().apply(query)

    def _apply_ordering(self, rows: QuerySet[Any], properties: Any) -> QuerySet[Any]:
        if properties:
            rows = rows.alias(
                told_parent=self._told("parent", "parent__name"),
                told_owner=self._told("owner", "owner"),
                told_owner_name=self._told("owner", "owner__name"),
            )
        ordered: QuerySet[Any] = super()._apply_ordering(rows, properties)
        return ordered

    def _told(self, part: str, path: str) -> Any:
        condition = self.tellings[part]
        if not condition:
            return F(path)
        return Case(When(condition, then=F(path)), default=Value(""))

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        if name == "scopes":
            return in_scopes(value, lookup, self.actor)
        if name.startswith("events."):
            return self._by(lookup, value, updated=name == "events.updated.by")
        part, _dot, _column = name.rpartition(".")
        path, told = name.replace(".", "__"), self.tellings[part]
        if value in NONE:
            there = Q(**{f"{part.replace('.', '__')}__isnull": False})
            return ~(there & told if told else there)
        return self.column(path, lookup, value) & told

    def order_name(self, name: str) -> str:
        return {
            "parent.name": "told_parent",
            "owner.id": "told_owner",
            "owner.name": "told_owner_name",
        }[name]

    def searched(self, words: str) -> Q:
        """One column after the other, so that each is looked up in an index of its own."""
        columns = ["name", "external_id", "external_uid", "hub__name"]
        told = ["parent__name", "owner__name"]
        if maybe_of_id(words):
            columns += ["id", "hub__id"]
            told += ["parent__id", "owner__id"]
        parts = [Q(**{f"{column}__icontains": words}) for column in columns]
        for column in told:
            part = self.tellings[column.partition("__")[0]]
            parts.append(Q(**{f"{column}__icontains": words}) & part)
        if len(words) < SHORTEST:
            return reduce(or_, parts)
        first, *others = (self.queryset.order_by().filter(part).values("pk") for part in parts)
        return Q(pk__in=first.union(*others))

    def _by(self, lookup: str, value: str, *, updated: bool) -> Q:
        """Accounts created, or changed last, by whom the reader is told under this id."""
        events = Event.objects.about_each().exclude(role=SYSTEM)
        if updated:
            last = Event.objects.about_each("object_id").filter(verb__in=CHANGES)
            events = events.filter(pk=last.order_by("-at", "-pk").values("pk")[:1])
        else:
            events = events.filter(verb="tieraccount.create")
        found = Q(Exists(events.filter(self._named(lookup, value))))
        return ~found if value in NONE else found

    def _named(self, lookup: str, value: str) -> Q:
        """Events whose doer the reader is told, under this id: see Happenings.by."""
        own = {VENDOR: ~Q(role=RESELLER), RESELLER: Q(partner=self.actor.partner)}
        people = own.get(self.actor.role, Q())
        if value in NONE:
            return people | (~Q(role=RESELLER) if people else Q())
        person = self.column("key_id", lookup, value)
        person |= Q(key_id="") & self.column("user__id", lookup, value)
        found = person & people
        if self.actor.role == RESELLER:
            company = self.column("partner__id", lookup, value)
            found |= company & ~Q(role=RESELLER) & ~Q(partner=self.actor.partner)
        return found


class VersionFilters(Filters):
    MODEL = AccountVersion
    FILTERS = [
        field("version", "number", order=True, lookups=RANGE),
        field("events.updated.at", "created_at", order=True, lookups=RANGE),
    ]
