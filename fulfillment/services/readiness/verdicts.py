"""How a reseller stands for a product, from how its configurations stand. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from tierconfig.models import TierConfigRequest

#: How one configuration stands, besides the state of its open request: nobody ever asked; asked,
#: and rejected; approved once.
NONE, AGAIN, CONFIGURED = "none", "again", "configured"
STATUSES = (NONE, AGAIN, CONFIGURED, *(str(state) for state in TierConfigRequest.OPEN))


class State(StrEnum):
    """What an order placed now would meet.

    NEVER and REJECTED: it begins at least one set-up, the first one or one after a rejection.
    MISSING: it joins set-ups that are under way, and one of them waits for an answer. WAITING:
    they are under way, and nothing but the vendor's decision (or a draft) is waited for.
    """

    READY = "ready"
    WAITING = "waiting"
    MISSING = "missing"
    NEVER = "never"
    REJECTED = "rejected"
    NOT_NEEDED = "not_needed"
    NOT_OFFERED = "not_offered"


#: States in which an order would be parked.
NOT_READY = (State.WAITING, State.MISSING, State.NEVER, State.REJECTED)
#: What stands in the way most decides: an order begins a set-up, somebody has to answer.
_WORST = (
    (NONE, State.NEVER),
    (AGAIN, State.REJECTED),
    (str(TierConfigRequest.State.INQUIRING), State.MISSING),
)


def verdict(statuses: Iterable[str]) -> State:
    """The state, from the statuses of all needed configurations."""
    found = set(statuses)
    if not found:
        return State.NOT_NEEDED
    if found == {CONFIGURED}:
        return State.READY
    return next((state for status, state in _WORST if status in found), State.WAITING)


def status(need: Any) -> str:
    """How the configuration of a needs.Need stands."""
    if need.ready:
        return CONFIGURED
    if need.open_request is not None:
        return str(need.open_request.state)
    return NONE if need.config is None else AGAIN
