"""The daily mail: what a member wanted to hear of once a day, as it stands now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import DigestEntry, Event
from customers.services import notices

from .kinds import BY_KEY, KINDS
from .letters import Message, when

#: Lines of one mail; all are counted.
LISTED = 100
Candidates = Callable[[Event], list[Message]]


@dataclass
class Group:
    """The lines of one kind: (heading, address or "", when)."""

    label: Any
    lines: list[tuple[str, str, Any]] = field(default_factory=list)


def letters(event: Event, candidates: Candidates) -> Iterator[Message]:
    """At most one mail: each entry is told as it would be told now, or not at all.

    So nobody reads of what he no longer sees, of what a colleague has decided meanwhile, or of
    kinds he has switched off since.
    """
    found = _told_now(notices.entries_of(event), candidates)
    if not found:
        return
    entry = found[0][0]
    count = len(found)
    heading = ngettext(
        "%(partner)s: %(n)d piece of news", "%(partner)s: %(n)d pieces of news", count
    )
    heading %= {"n": count, "partner": entry.partner.name}
    context = {
        "heading": heading,
        "groups": _groups(found[:LISTED]),
        "more": max(count - LISTED, 0),
        "link": (settings.PUBLIC_URL + reverse("root"), _("Open the portal")),
    }
    yield Message(
        entry.user.email, "digest", heading, context, entry.partner_id, kind=notices.DIGEST
    )


def _told_now(
    entries: list[DigestEntry], candidates: Candidates
) -> list[tuple[DigestEntry, Message]]:
    if not entries:
        return []
    first = entries[0]
    own = (first.user.email, first.partner_id)
    hearer = notices.hearers([own[0]], [own[1]]).get(own)
    if hearer is None:
        return []
    found = []
    for entry in entries:
        if entry.kind not in BY_KEY or hearer.mode(entry.kind) == notices.Mode.OFF:
            continue
        for message in candidates(entry.event):
            if (message.recipient.lower(), message.partner, message.kind) == (*own, entry.kind):
                found.append((entry, message))
                break
    return found


def _groups(found: list[tuple[DigestEntry, Message]]) -> list[Group]:
    groups = {kind.key: Group(kind.label) for kind in KINDS}
    for entry, message in found:
        link = message.context.get("link") or ""
        address = link if isinstance(link, str) else link[0]
        groups[entry.kind].lines.append((message.subject, address, when(entry.at)))
    return [group for group in groups.values() if group.lines]
