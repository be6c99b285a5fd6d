"""Which event is told to whom, and in which words."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.actors import DISTRIBUTOR, VENDOR
from customers.models import Event
from tierconfig import inquiries, parameters
from tierconfig.models import Parameter

from . import changes
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
    renewed = event.verb.endswith(".renew")
    if not renewed and event.to_state not in ("inquiring", "pending", *DECIDED):
        return []
    matter = matter_of(event)
    if matter is None:
        return []
    if renewed or event.to_state == "inquiring":
        return _inquiry(event, matter)
    if matter.request.state != event.to_state:
        return []
    if event.to_state == "pending":
        return _waiting(event, matter)
    return _decided(event, matter)


def _inquiry(event: Event, matter: Matter) -> list[Message]:
    request = matter.request
    if request.state != "inquiring" or request.inquiry_number != event.data.get("inquiry"):
        return []
    path = reverse("inquiry", args=[request.pk, inquiries.code(request)])
    subject = _("%(product)s needs information from %(company)s (%(id)s)") % {
        "product": matter.product.name,
        "company": matter.company.name,
        "id": request.pk,
    }
    context = {
        "contact": matter.company.contact_name,
        "company": matter.company.name,
        "product": matter.product.name,
        "vendor": matter.product.owner.name,
        "id": request.pk,
        "message": request.inquiry_message,
        "asked": _asked(event, matter),
        "link": f"{settings.PUBLIC_URL}{path}",
        "days": inquiries.VALID_FOR.days,
    }
    return [Message(request.inquiry_email, "inquiry", subject, context)]


def _asked(event: Event, matter: Matter) -> list[tuple[str, str]]:
    """(title, complaint) of what is asked, in display order."""
    complaints = parameters.complaints(matter.request.params)
    names = event.data.get("asked") or []
    titles = {
        each.name: each.title or each.name
        for each in Parameter.objects.of_scope(matter.product.pk, _scope(matter))
    }
    return [(title, complaints.get(name, "")) for name, title in titles.items() if name in names]


def _scope(matter: Matter) -> str:
    config = getattr(matter.request, "configuration", None)
    return config.scope if config is not None else Parameter.Scope.ASSET


def _waiting(event: Event, matter: Matter) -> Iterable[Message]:
    """To the vendor's people: there is something to decide."""
    request = matter.request
    values = {"name": matter.name, "company": matter.company.name, "id": request.pk}
    if event.verb.endswith(".answer"):
        heading = _("Answered: %(name)s of %(company)s") % values
        intro = _("The questions were answered. The request waits for your decision again.")
    elif event.verb.endswith(".pend"):
        heading = _("Back to pending: %(name)s of %(company)s") % values
        intro = _("The question to the reseller was taken back. The request waits for you again.")
    else:
        heading = _("To decide: %(name)s of %(company)s") % values
        intro = _("A request waits for your decision.")
    facts = _facts(matter)
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
        "facts": [*_facts(matter), (_("Decided by"), event.actor_name), *reason],
        "link": (matter.address(DISTRIBUTOR), _("Open the request")),
    }
    for address in members(request.provider_id, event):
        yield Message(address, "notice", subject, context)
    if event.object_type == "tierconfigrequest":
        yield _to_contact(event, matter, heading, subject)


def _to_contact(event: Event, matter: Matter, heading: str, subject: str) -> Message:
    """A short notice: no names of the vendor's people, no reasons about other companies."""
    facts = _facts(matter)
    if event.to_state == "approved":
        intro = _("What you told the vendor was approved. There is nothing more to do.")
    elif event.verb.endswith(".cascade"):
        intro = _("The configuration of your supplier was rejected, and this one with it.")
    else:
        intro = _("The vendor could not use what it was told.")
        facts.append((_("Reason"), event.reason))
    context = {"heading": heading, "intro": intro, "facts": facts}
    return Message(matter.company.contact_email, "notice", subject, context)


def _facts(matter: Matter) -> list[tuple[str, str]]:
    return [
        (_("Request"), matter.request.pk),
        (_("Product"), matter.product.name),
        (_("Company"), matter.company.name),
        (_("Distributor"), matter.request.provider.name),
    ]
