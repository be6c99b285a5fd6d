"""One mail about all that a vendor decided in one go (fulfillment/services/many.py)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from customers.models import Event

from . import deciding
from .kinds import kind_of
from .letters import Message
from .matters import Matter, matter_of

VERB = "partner.decisions"
#: Requests listed in one mail; all are counted.
LISTED = 40
KINDS = {"fulfillmentrequest", "tierconfigrequest"}
RELEASE = "release"
#: Step -> the state it led to.
STEPS = {"approve": "approved", "fail": "failed", "cascade": "failed", RELEASE: "pending"}


_INTROS = {
    RELEASE: gettext_lazy("What these requests waited for is approved. They wait for you now."),
    "cascade": gettext_lazy("A configuration that these requests waited for was rejected."),
}


def letters(event: Event) -> Iterable[Message]:
    """To each member of the buying side, what was decided for it, as long as it stands; to each of
    the vendor's, what came back to it."""
    about = str(event.data.get("about"))
    state = STEPS.get(str(event.data.get("step")), "")
    told: dict[tuple[str, str], list[tuple[Message, Matter]]] = {}
    for pk in event.data.get("requests") or []:
        one = _alone(event, about, str(pk), state)
        matter = matter_of(one)
        if matter is None:
            continue
        for message in _singly(one, matter):
            told.setdefault((message.recipient, message.partner), []).append((message, matter))
    for found in told.values():
        yield replace(_together(event, found, about), kind=kind_of(event))


def summed_up(event: Event) -> set[str]:
    """Addresses, in small letters, that hear of `event` by the one that sums it up."""
    step = event.verb.rpartition(".")[2]
    if not event.data.get("batch") or event.object_type not in KINDS or step not in STEPS:
        return set()
    matter = matter_of(event)
    return {each.recipient.lower() for each in _singly(event, matter)} if matter else set()


def _singly(event: Event, matter: Matter) -> Iterable[Message]:
    """What those who hear of it together with others would hear of it alone."""
    released = event.verb.endswith(f".{RELEASE}")
    return (deciding.of_vendor if released else deciding.of_buyers)(event, matter)


def _alone(event: Event, about: str, pk: str, state: str) -> Event:
    """The decision of one request as if it stood alone; never saved."""
    step = event.data.get("step")
    return Event(
        verb=f"{about}.{step}",
        object_type=about,
        object_id=pk,
        to_state=state,
        at=event.at,
        user=event.user,
        partner=event.partner,
        role=event.role,
        actor_name=event.actor_name,
        reason=event.reason,
    )


def _together(event: Event, found: list[tuple[Message, Matter]], about: str) -> Message:
    first, matter = found[0]
    if len(found) == 1:
        return first
    count = len(found)
    values = {"state": matter.request.get_state_display(), "n": count}
    orders = ngettext("%(state)s: %(n)d order", "%(state)s: %(n)d orders", count)
    configurations = ngettext(
        "%(state)s: %(n)d configuration request",
        "%(state)s: %(n)d configuration requests",
        count,
    )
    heading = (orders if about == "fulfillmentrequest" else configurations) % values
    facts = [
        (each.company.name, f"{each.product.name} ({each.request.pk})")
        for _message, each in found[:LISTED]
    ]
    if count > LISTED:
        facts.append((_("and more"), str(count - LISTED)))
    if event.reason:
        facts.append((_("Reason"), event.reason))
    sides = {matter.request.provider_id: DISTRIBUTOR, matter.request.vendor_id: VENDOR}
    role = sides.get(first.partner, RESELLER)
    context = {
        "heading": heading,
        "intro": _INTROS.get(str(event.data.get("step")), _("The requests were decided.")),
        "facts": facts,
        "link": (_list(role, matter.page), _("Open the requests")),
    }
    return replace(first, subject=heading, context=context)


def _list(role: str, page: str) -> str:
    try:
        path = reverse(f"{role}:{page}-list")
    except NoReverseMatch:
        return f"{settings.PUBLIC_URL}/"
    return f"{settings.PUBLIC_URL}{path}?tab={'mine' if role == VENDOR else 'done'}"
