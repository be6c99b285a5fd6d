"""Mail about a configuration request or an order: there is something to decide, it was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext as _

from customers.actors import CONTACT, DISTRIBUTOR, RESELLER, SYSTEM, VENDOR, Actor
from customers.models import Event
from fulfillment.models import FulfillmentRequest

from .. import history
from . import wording
from .letters import Message, members, waiting_party, when
from .matters import Matter

Letters = Callable[[Event, Matter], Iterable[Message]]
Facts = list[tuple[str, str]]


def letters_of(event: Event) -> Letters | None:
    """What makes the mails of an event of a request, None for events that call for none."""
    step = event.verb.rpartition(".")[2]
    return _BY_STEP.get(step) or _BY_STATE.get(event.to_state)


def _holds(event: Event, matter: Matter) -> bool:
    return bool(matter.request.state == event.to_state)


def of_vendor(event: Event, matter: Matter) -> Iterable[Message]:
    """To the vendor's people: there is something to decide."""
    if not _holds(event, matter):
        return []
    values = {"name": matter.name, "company": matter.company.name}
    more: Facts = []
    if event.verb.endswith(".answer"):
        heading = _("Answered: %(name)s of %(company)s") % values
        intro = _("The questions were answered. The request waits for your decision again.")
        more = [(_("Answered by"), history.who(event, _vendor(matter)))]
    elif event.verb.endswith(".pend"):
        heading = _("Back to pending: %(name)s of %(company)s") % values
        intro = _("The question to the reseller was taken back. The request waits for you again.")
    else:
        heading = _("To decide: %(name)s of %(company)s") % values
        intro = wording.asked(matter.request)
    return _to_vendor(event, matter, heading, intro, more)


def _revoking(event: Event, matter: Matter) -> Iterable[Message]:
    """To the vendor's people: a scheduled order is wanted back."""
    if not _holds(event, matter):
        return []
    values = {"name": matter.name, "company": matter.company.name}
    heading = _("Wanted back: %(name)s of %(company)s") % values
    intro = _(
        "The distributor wants the scheduled order back. Confirm the revocation, or approve the "
        "order if what it asks for is done already."
    )
    return _to_vendor(event, matter, heading, intro, [*_planned(matter), *_reason(event)])


def _due(event: Event, matter: Matter) -> Iterable[Message]:
    """To the vendor's people: the day has come, and the order needs them."""
    if not (_holds(event, matter) and matter.request.due):
        return []
    values = {"name": matter.name, "company": matter.company.name}
    heading = _("The planned date has come: %(name)s of %(company)s") % values
    intro = _("The order waits for your approval.")
    problem = event.data.get("problem")
    more = [(_("Not approved by itself"), str(problem))] if problem else []
    return _to_vendor(event, matter, heading, intro, [*_planned(matter), *more])


def _vendor(matter: Matter) -> Actor:
    return Actor(role=VENDOR, partner=matter.product.owner)


def _nudged(event: Event, matter: Matter) -> Iterable[Message]:
    """To the vendor's people: somebody waits for them."""
    request = matter.request
    if request.decided_at:
        return []
    heading = _("%(who)s waits for you: %(name)s of %(company)s") % {
        "who": waiting_party(event),
        "name": matter.name,
        "company": matter.company.name,
    }
    intro = _("Somebody who waits for this request asks you to look at it.")
    since = [(_("Waits since"), when(request.state_since))]
    return _to_vendor(event, matter, heading, intro, since)


def _scheduled(event: Event, matter: Matter) -> Iterator[Message]:
    """To the buying side: it is accepted for a later date."""
    if not _holds(event, matter):
        return
    values = {"name": matter.name, "company": matter.company.name}
    heading = _("Scheduled: %(name)s of %(company)s") % values
    intro = _("The vendor accepted the order for the planned date.")
    if matter.request.automatic:
        intro = _("The vendor accepted the order. It is approved by itself on the planned date.")
    yield from _to_buyers(event, matter, heading, intro, _planned(matter), _("Scheduled by"))


def of_buyers(event: Event, matter: Matter) -> Iterator[Message]:
    """What the buying side alone is told of a decision, if it still stands."""
    if _holds(event, matter):
        heading = _heading(matter)
        outcome = wording.outcome(matter.request)
        yield from _to_buyers(event, matter, heading, outcome, _reason(event), _("Decided by"))


def _heading(matter: Matter) -> str:
    return _("%(state)s: %(name)s of %(company)s") % {
        "name": matter.name,
        "company": matter.company.name,
        "state": matter.request.get_state_display(),
    }


def _decided(event: Event, matter: Matter) -> Iterator[Message]:
    """To the buying side, to who answered the vendor's questions, and to a vendor whose rule
    decided."""
    if not _holds(event, matter):
        return
    heading, outcome = _heading(matter), wording.outcome(matter.request)
    yield from of_buyers(event, matter)
    if event.role == SYSTEM and event.verb.endswith((".expire", ".approve")):
        kind = "ended-by-time" if event.verb.endswith(".expire") else "order-due"
        yield from _to_vendor(event, matter, heading, outcome, _reason(event), kind)
    if address := _contact_to_tell(event, matter):
        yield _to_contact(event, matter, heading, address)


def _to_vendor(
    event: Event, matter: Matter, heading: str, intro: str, more: Facts, kind: str = ""
) -> Iterator[Message]:
    request = matter.request
    context = {
        "heading": heading,
        "intro": intro,
        "facts": [*matter.facts(), *wording.lines(request), *more],
        "link": (matter.address(VENDOR), _("Open the request")),
    }
    for address in members(request.vendor_id, event):
        subject = f"{heading} ({request.pk})"
        yield Message(address, "notice", subject, context, request.vendor_id, kind)


def _to_buyers(
    event: Event, matter: Matter, heading: str, intro: str, more: Facts, by: str
) -> Iterator[Message]:
    request = matter.request
    for reader in _buyers(matter):
        context = {
            "heading": heading,
            "intro": intro,
            "facts": [
                *matter.facts(),
                *wording.lines(request),
                (by, history.who(event, reader)),
                *([] if reader.role == RESELLER and _foreign(event) else more),
            ],
            "link": (matter.address(reader.role), _("Open the request")),
        }
        partner = reader.partner_id or ""
        for address in members(partner, event):
            yield Message(address, "notice", f"{heading} ({request.pk})", context, partner)


def _foreign(event: Event) -> bool:
    """Whether the reason is about another company's configuration."""
    return event.verb.endswith(".cascade")


def _buyers(matter: Matter) -> Iterator[Actor]:
    """The distributor; of an order that a reseller placed and still sees, the reseller too."""
    request = matter.request
    yield Actor(role=DISTRIBUTOR, partner=request.provider)
    if not isinstance(request, FulfillmentRequest) or request.creator is None:
        return
    creator = Actor(role=request.creator.role, partner=request.creator)
    if creator.role == RESELLER and (
        FulfillmentRequest.objects.visible_to(creator).filter(pk=request.pk).exists()
    ):
        yield creator


def _contact_to_tell(event: Event, matter: Matter) -> str:
    """Configurations are their company's: its contact hears. Of an order who answered for it."""
    if event.object_type == "tierconfigrequest":
        return str(matter.company.contact_email)
    answers = Event.objects.about(matter.request).filter(verb="fulfillmentrequest.answer")
    last = answers.order_by("-at").values_list("role", flat=True).first()
    return str(matter.request.inquiry_email) if last == CONTACT else ""


def _to_contact(event: Event, matter: Matter, heading: str, address: str) -> Message:
    """A short notice: no names of the vendor's people, no reasons about other companies."""
    facts = matter.facts()
    if event.to_state == "approved":
        intro = _("What you told the vendor was approved. There is nothing more to do.")
    elif event.verb.endswith(".cascade"):
        intro = _("The configuration of your supplier was rejected, and this one with it.")
    elif event.object_type == "fulfillmentrequest":
        intro = _("The order was not carried out. There is nothing more to do.")
        facts += _reason(event)
    else:
        intro = _("The vendor could not use what it was told.")
        facts += _reason(event)
    context = {"heading": heading, "intro": intro, "facts": facts}
    return Message(address, "notice", f"{heading} ({matter.request.pk})", context)


def _planned(matter: Matter) -> Facts:
    moment = matter.request.planned_date
    return [(_("Planned date"), when(moment))] if moment else []


def _reason(event: Event) -> Facts:
    return [(_("Reason"), event.reason)] if event.reason else []


_BY_STEP: dict[str, Letters] = {"due": _due, "nudge": _nudged}
_BY_STATE: dict[str, Letters] = {
    "pending": of_vendor,
    "scheduled": _scheduled,
    "revoking": _revoking,
    "approved": _decided,
    "failed": _decided,
    "revoked": _decided,
}
