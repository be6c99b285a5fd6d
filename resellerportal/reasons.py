"""Why something happened, as far as the reader may know it.

What a vendor says about one company's configuration ends requests of others, too. A reseller reads
it on the page of its own configuration, and nowhere else (decision 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from customers.actors import RESELLER, VENDOR, Actor
from customers.models import Event

#: Ends the verbs of what follows from the rejection of a configuration.
_CASCADE = ".cascade"
_EMAIL = re.compile(r"[^\s<>()\[\]:;,\"']+@[^\s<>()\[\]:;,\"']+")


def given(event: Any, role: str) -> str:
    """The reason of an event for readers in `role`, "" where it is about another company."""
    if role == VENDOR and event.verb.endswith(".mail_refused"):
        # It may be the address of a colleague, whom the buying side asked by itself.
        return _EMAIL.sub("…", event.reason)
    foreign = role == RESELLER and event.verb.endswith(_CASCADE)
    return "" if foreign else str(event.reason)


def of(request: Any, actor: Actor) -> str:
    """The reason a request was closed for, likewise; one query for resellers."""
    return "" if unsaid([request], actor) else str(request.reason)


def unsaid(requests: Iterable[Any], actor: Actor) -> set[str]:
    """Ids of the requests whose reasons the actor may not know; one query for resellers."""
    told = [each for each in requests if each.reason]
    if not told or actor.role != RESELLER:
        return set()
    rows = Event.objects.about(*told).filter(verb__endswith=_CASCADE)
    return set(rows.values_list("object_id", flat=True))
