"""Which event is told to whom, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from customers.models import Event, Membership
from customers.services import notices
from customers.services.notices import Mode

from . import asking, changes, deciding, digest, expiring, finished, stopped, together
from .followers import to_followers
from .kinds import BY_KEY, kind_of
from .letters import Message
from .matters import matter_of


@dataclass
class Sorted:
    """The mails of an event that go out now, and who reads of it in the daily mail, as what."""

    now: list[Message] = field(default_factory=list)
    later: list[tuple[Membership, str]] = field(default_factory=list)


def messages(event: Event) -> list[Message]:
    """The mails an event calls for at this moment, at most one per address."""
    return sort_out(event).now


def sort_out(event: Event) -> Sorted:
    """Who is told of an event now, and who once a day, as each member chose.

    Who has to act or to know comes before who only follows. Of several kinds under which somebody
    would hear, one that is told at once counts.
    """
    found = _addressed(event)
    told = changes.summed_up(event) | together.summed_up(event) if found else set()
    chosen: dict[str, tuple[str, Message]] = {}
    for message in found:
        address, mode = message.recipient.lower(), _mode(message)
        first = chosen.get(address)
        if mode == Mode.OFF or address in told:
            continue
        if first is None or (first[0] == Mode.DIGEST and mode == Mode.EACH):
            chosen[address] = (mode, message)
    result = Sorted()
    for mode, message in chosen.values():
        if mode == Mode.EACH:
            result.now.append(message)
        elif message.member is not None:
            result.later.append((message.member, message.kind))
    return result


def candidates(event: Event) -> list[Message]:
    """Every mail an event could call for at this moment, each under its kind."""
    if event.verb == "user.digest":
        return list(digest.letters(event, candidates))
    kind = kind_of(event)
    found = [*_of_requests(event), *to_followers(event)]
    return [replace(each, kind=kind) if each.partner and not each.kind else each for each in found]


def _addressed(event: Event) -> list[Message]:
    """The candidates, those to members with their membership and what they chose."""
    found = candidates(event)
    members = notices.hearers(
        {each.recipient for each in found if each.partner},
        {each.partner for each in found if each.partner},
    )
    known = []
    for message in found:
        hearer = members.get((message.recipient.lower(), message.partner))
        if hearer is None:
            known.append(message)
        else:
            mode = hearer.mode(message.kind)
            known.append(replace(message, member=hearer.member, mode=mode))
    return known


def _mode(message: Message) -> str:
    """How the reader wants it; what is essential, or no news of the portal, at once."""
    kind = BY_KEY.get(message.kind)
    return Mode.EACH if kind is None or kind.essential else message.mode


def _of_requests(event: Event) -> Iterable[Message]:
    """Read from the present state: what is no longer true (an inquiry that was answered or asked
    anew, a request that no longer waits) calls for none."""
    if event.verb == together.VERB:
        return together.letters(event)
    if event.object_type in changes.ABOUT:
        return changes.letters(event)
    if event.verb == "webhookendpoint.stopped":
        return stopped.letters(event)
    if event.verb == "serviceuser.expiring":
        return expiring.letters(event)
    if event.verb == "job.end":
        return finished.letters(event)
    letters = asking.letters_of(event) or deciding.letters_of(event)
    matter = matter_of(event) if letters else None
    return letters(event, matter) if letters and matter else []
