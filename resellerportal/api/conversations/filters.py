"""What conversations and their messages are narrowed and ordered by."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Substr

from customers.models import TierAccount
from customers.models.notes import SUBJECTS
from customers.services.conversations import PREFIX, object_of

from ..narrowing import TEXT, TIME, Narrowing
from ..rql import EQ, NOTHING, RANGE, Filters, Query, custom, field


class ConversationFilters(Filters):
    """Of the objects of one kind, since conversations are no rows; by itself, of accounts."""

    MODEL = TierAccount
    FILTERS = [
        custom("id"),
        field("instance_id", "id"),
        field("created", "created_at", order=True, lookups=RANGE),
    ]
    ALIASES = {"events.created.at": "created"}

    def apply(self, query: Query) -> QuerySet[Any]:
        digits = Substr("pk", len(SUBJECTS[self._name()].prefix) + 2)
        self.queryset = self.queryset.alias(conversation=Concat(Value(PREFIX), digits))
        return super().apply(query)

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        if lookup != EQ:
            return self.column("conversation", lookup, value)
        kind, pk = object_of(value) or ("", "")
        return Q(pk=pk) if kind == self._name() else NOTHING

    def _name(self) -> str:
        return str(self.MODEL._meta.model_name)


@cache
def of_subject(name: str) -> type[ConversationFilters]:
    """The same filters for another of SUBJECTS."""
    return type(f"{name}Filters", (ConversationFilters,), {"MODEL": SUBJECTS[name].model})


def of_messages() -> Narrowing:
    return Narrowing(
        {
            "id": TEXT,
            "text": TEXT,
            "type": TEXT,
            "created": TIME,
            "events.created.at": TIME,
            "events.updated.at": TIME,
            "events.created.by.id": TEXT,
        },
        ordering=("created", "events.created.at", "events.updated.at"),
        search=("text",),
    )
