"""Which event is told to whom, and in which words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from customers.actors import DISTRIBUTOR, VENDOR
from customers.models import Event

from . import asking, changes
from .followers import to_followers
from .letters import Message, members
from .matters import Matter, matter_of

DECIDED = ("approved", "failed")


def messages(event: Event) -> list[Message]:
    """The mails an event calls for at this moment, at most one per address.

    Who has to act or to know comes before who only follows.
    """
    unique: dict[str, Message] = {}
    for message in (*_of_requests(event), *to_followers(event)):
        unique.setdefault(message.recipient.lower(), message)
    told = changes.summed_up(event) if unique else set()
    return [message for address, message in unique.items() if address not in told]


def _of_requests(event: Event) -> Iterable[Message]:
    """Read from the present state: what is no longer true (an inquiry that was answered or asked
    anew, a request that no longer waits) calls for none."""
    if event.object_type in changes.ABOUT:
        return changes.letters(event)
    of_inquiry = asking.letters_of(event)
    if of_inquiry is None and event.to_state not in ("pending", *DECIDED):
        return []
    matter = matter_of(event)
    if matter is None:
        return []
    if of_inquiry is not None:
        return of_inquiry(event, matter)
    if matter.request.state != event.to_state:
        return []
    if event.to_state == "pending":
        return _waiting(event, matter)
    return _decided(event, matter)


def _waiting(event: Event, matter: Matter) -> Iterable[Message]:
    """To the vendor's people: there is something to decide."""
    request = matter.request
    values = {"name": matter.name, "company": matter.company.name, "id": request.pk}
    answered_by: list[tuple[str, str]] = []
    if event.verb.endswith(".answer"):
        heading = _("Answered: %(name)s of %(company)s") % values
        intro = _("The questions were answered. The request waits for your decision again.")
        answered_by = [(_("Answered by"), event.actor_name)]
    elif event.verb.endswith(".pend"):
        heading = _("Back to pending: %(name)s of %(company)s") % values
        intro = _("The question to the reseller was taken back. The request waits for you again.")
    else:
        heading = _("To decide: %(name)s of %(company)s") % values
        intro = _("A request waits for your decision.")
    facts = [*matter.facts(), *answered_by]
    subject = f"{heading} ({request.pk})"
    link = (matter.address(VENDOR), _("Open the request"))
    context = {"heading": heading, "intro": intro, "facts": facts, "link": link}
    for address in members(request.vendor_id, event):
        yield Message(address, "notice", subject, context)


def _decided(event: Event, matter: Matter) -> Iterable[Message]:
    """To the distributor's people, and for configurations to the technical contact."""
    request = matter.request
    values = {
        "name": matter.name,
        "company": matter.company.name,
        "state": request.get_state_display(),
    }
    heading = _("%(state)s: %(name)s of %(company)s") % values
    subject = f"{heading} ({request.pk})"
    reason = [(_("Reason"), event.reason)] if event.reason else []
    context = {
        "heading": heading,
        "intro": _("The request was decided."),
        "facts": [*matter.facts(), (_("Decided by"), event.actor_name), *reason],
        "link": (matter.address(DISTRIBUTOR), _("Open the request")),
    }
    for address in members(request.provider_id, event):
        yield Message(address, "notice", subject, context)
    if event.object_type == "tierconfigrequest":
        yield _to_contact(event, matter, heading, subject)


def _to_contact(event: Event, matter: Matter, heading: str, subject: str) -> Message:
    """A short notice: no names of the vendor's people, no reasons about other companies."""
    facts = matter.facts()
    if event.to_state == "approved":
        intro = _("What you told the vendor was approved. There is nothing more to do.")
    elif event.verb.endswith(".cascade"):
        intro = _("The configuration of your supplier was rejected, and this one with it.")
    else:
        intro = _("The vendor could not use what it was told.")
        facts.append((_("Reason"), event.reason))
    context = {"heading": heading, "intro": intro, "facts": facts}
    return Message(matter.company.contact_email, "notice", subject, context)
