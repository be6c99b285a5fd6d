"""How a configuration stands, in the words that resellers know (domain 5.4).

What counts is the open request when there is one, else the configuration. A request that was not
sent yet is nobody's turn and is not counted.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Q, SmallIntegerField, Value, When
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tierconfig.models import TierConfigRequest

from ..states import badge_of

State = TierConfigRequest.State
#: States of open requests that were sent.
SENT = (State.TIERS_SETUP, State.INQUIRING, State.PENDING)
INQUIRING, UPDATING, PROCESSING, READY, NOTHING = (
    "inquiring",
    "updating",
    "processing",
    "ready",
    "none",
)
#: Value -> (label, state whose badge looks so); what waits for the reader first.
LABELS = {
    INQUIRING: (_("Inquiring"), "inquiring"),
    UPDATING: (_("Updating"), "pending"),
    PROCESSING: (_("Processing"), "processing"),
    READY: (_("Ready"), "active"),
    NOTHING: (_("Not configured"), ""),
}
#: Of rows annotated with `open_state`, the state of their open request that was sent.
CONDITIONS = {
    INQUIRING: Q(open_state=State.INQUIRING),
    UPDATING: Q(open_state=State.PENDING),
    PROCESSING: Q(open_state=State.TIERS_SETUP),
    READY: Q(open_state=None, configured_at__isnull=False),
    NOTHING: Q(open_state=None, configured_at=None),
}
BY_STATE = {State.INQUIRING: INQUIRING, State.PENDING: UPDATING, State.TIERS_SETUP: PROCESSING}


def standing(open_state: str | None, *, configured: bool) -> str:
    if open_state in BY_STATE:
        return BY_STATE[State(open_state)]
    return READY if configured else NOTHING


def badge(standing: str) -> SafeString:
    text, look = LABELS[standing]
    return badge_of(look, str(text))


def rank() -> Case:
    """The place of each row's standing in LABELS."""
    return Case(
        *(When(CONDITIONS[key], then=Value(place)) for place, key in enumerate(LABELS)),
        default=Value(len(LABELS)),
        output_field=SmallIntegerField(),
    )


def rank_field() -> SmallIntegerField[Any, Any]:
    """The field that reads `rank` from the address of a page."""
    field: SmallIntegerField[Any, Any] = SmallIntegerField()
    field.set_attributes_from_name("rank")
    return field
