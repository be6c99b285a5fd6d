"""What conversations and their messages are narrowed and ordered by."""

from __future__ import annotations

from customers.models import Conversation

from ..narrowing import TEXT, TIME, Narrowing
from ..rql import RANGE, Filters, field


class ConversationFilters(Filters):
    MODEL = Conversation
    FILTERS = [
        field("id"),
        field("instance_id", "object_id"),
        field("created", "created_at", order=True, lookups=RANGE),
    ]
    ALIASES = {"events.created.at": "created"}


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
