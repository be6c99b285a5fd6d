"""Who gave a value, when, and through what; read from the events of requests.

Events name the parameters that were written, never their values: `set` for what came with a birth,
an edit or an approval, `answered` for the answer of an inquiry, and `given` there for what somebody
else had put into its draft before it was sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from customers.actors import CONTACT, SYSTEM, VENDOR
from customers.models import Event

from .answer_drafts import LINK, PORTAL

#: Besides those of drafts: with the order that made the request, by the vendor itself, and by a
#: system with a key.
ORDER, BY_VENDOR, BY_KEY = "order", "vendor", "key"
#: Last words of the verbs that write values.
WRITERS = ("created", "answer", "update", "approve")


@dataclass(frozen=True)
class Origin:
    """Where a value comes from.

    `event` is what wrote it. `by` is set, an address or the name of a partner, when another party
    than the event's actor gave it.
    """

    event: Event
    at: datetime
    through: str
    by: str = ""


def of(ids: Iterable[str], events: Iterable[Event] | None = None) -> dict[str, Origin]:
    """Origins by parameter name of the values of the requests with these ids; the latest counts.

    One query, none with `events`, all there are of these requests and others. For values in
    force, give the approved requests of the configuration or subscription, as a query if they
    are not known; for those of an open one, the open one too.
    """
    if events is None:
        rows = Event.objects.filter(object_id__in=ids)
        written = list(rows.select_related("partner").order_by("at"))
    else:
        wanted = set(ids)
        written = [event for event in events if event.object_id in wanted]
        written.sort(key=lambda event: event.at)
    found: dict[str, Origin] = {}
    for event in written:
        if event.verb.rpartition(".")[2] in WRITERS:
            found |= _origins(event)
    return found


def _origins(event: Event) -> dict[str, Origin]:
    given = event.data.get("given") or {}
    names = [*(event.data.get("set") or []), *(event.data.get("answered") or [])]
    own = Origin(event, event.at, _through(event))
    found = dict.fromkeys(names, own)
    for name in names:
        if entry := given.get(name):
            at = datetime.fromisoformat(entry["at"])
            found[name] = Origin(event, at, entry["through"], entry["by"])
    return found


def _through(event: Event) -> str:
    if event.role == CONTACT:
        return LINK
    if event.verb == "fulfillmentrequest.created" or event.role == SYSTEM:
        return ORDER
    if event.role == VENDOR:
        return BY_VENDOR
    return BY_KEY if event.key_id else PORTAL
