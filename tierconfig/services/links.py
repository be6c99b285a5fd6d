"""The links of waiting chains: names and plain values, never a row (see waiting.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Wait(StrEnum):
    """What a link waits for."""

    CONFIGURATION = "configuration"
    ANSWER = "answer"
    VENDOR = "vendor"
    CONFIRMATION = "confirmation"
    DATE = "date"
    SENDING = "sending"


@dataclass(frozen=True)
class Configuration:
    """A configuration that something waits for; `opens` when the actor may see its account.

    Chains of many objects at once are not asked for that: `opens` is False there.
    """

    id: str
    tier_level: int
    account_id: str
    account_name: str
    opens: bool = False


@dataclass(frozen=True)
class Link:
    """A request and what it waits for.

    `model` is the lower-case model name, `opens` says whether the actor may open the request.
    `party` is who must act: an address where the actor may read it, else the company's name;
    empty when the request waits for `configuration`. `asked` are titles of parameters, `asked_at`
    is when the present inquiry (or its renewed link) was sent, `reminders` how often its addressee
    was reminded since. `planned` is the date for which an order was accepted, `automatic` that the
    platform approves it then. The last link `holds`.
    """

    model: str
    id: str
    state: str
    since: datetime
    wait: Wait
    opens: bool
    party: str = ""
    configuration: Configuration | None = None
    asked: tuple[str, ...] = ()
    asked_at: datetime | None = None
    reminders: int = 0
    planned: datetime | None = None
    automatic: bool = False
    holds: bool = False


@dataclass(frozen=True)
class Said:
    """What an open request says and how it is asked, enough to tell what it asks for."""

    params: dict[str, Any]
    presentation: dict[str, Any]
    in_force: dict[str, Any]
    product: str
    tier_level: int

    @property
    def known(self) -> dict[str, Any]:
        return {**self.in_force, **self.params}


@dataclass(frozen=True)
class Opened:
    """What a chain tells of the open request of a configuration; values cost less than models."""

    id: str
    state: str
    since: datetime
    configuration: str
    account: str
    vendor: str
    email: str
    sent_at: datetime | None
    parent: str | None
    parent_tier: int | None
    parent_account: str | None
    parent_name: str | None
    reminders: int = 0
    opens: bool = False
    parent_opens: bool = False
    said: Said | None = None
