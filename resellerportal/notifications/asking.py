"""Mail about an inquiry while it is open: the question, reminders, colleagues, the distributor.

All is read from the present state: what was answered, asked anew or taken back meanwhile calls for
no mail any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actors import CONTACT, DISTRIBUTOR
from customers.models import Event
from fulfillment.models import FulfillmentRequest
from tierconfig import inquiries, parameters
from tierconfig.models import Delegation
from tierconfig.rendering import FORM_ADDRESS, fill_address
from tierconfig.services import delegations

from ..texts import rendered
from .letters import Message, members
from .matters import Matter
from .plain import plain

#: The placeholder of the form's address where it is neither a link's target nor in brackets.
_BARE = re.compile(r"(?<![(<])\{\{\s*" + FORM_ADDRESS + r"\s*\}\}")
Letters = Callable[[Event, Matter], Iterable[Message]]
INQUIRING = "inquiring"
#: Templates of mails to people who are asked, without a sign-in.
TO_ASKED = ("inquiry", "delegation")


def letters_of(event: Event) -> Letters | None:
    """What makes the mails of an event that belongs to an inquiry, None for other events."""
    if event.to_state == INQUIRING:
        return _inquiry
    return _BY_STEP.get(event.verb.rpartition(".")[2])


def _is_present(event: Event, matter: Matter) -> bool:
    """Whether the inquiry of the event still waits for its answer."""
    request = matter.request
    return bool(request.state == INQUIRING and request.inquiry_number == event.data.get("inquiry"))


def _inquiry(event: Event, matter: Matter) -> list[Message]:
    if not _is_present(event, matter):
        return []
    request = matter.request
    values = _names(matter)
    reminders = event.data.get("number") if event.verb.endswith(".remind") else None
    subject = _("%(product)s needs information from %(company)s (%(id)s)") % values
    if reminders:
        subject = _("Reminder: %(subject)s") % {"subject": subject}
    context = {
        **values,
        "contact": _contact(matter),
        "vendor": matter.product.owner.name,
        "message": request.inquiry_message,
        "asked": _asked(matter),
        **_letter(request),
        "link": question_address(request),
        "until": request.inquiry_sent_at + inquiries.VALID_FOR,
        "reminder": bool(reminders),
        "asked_at": request.inquiry_sent_at,
    }
    return [Message(request.inquiry_email, "inquiry", subject, context)]


def _letter(request: Any) -> dict[str, str]:
    """What the vendor's template for questions says, as HTML and as text; only orders have one."""
    text = request.template_text if isinstance(request, FulfillmentRequest) else ""
    address = question_address(request)
    text = fill_address(_BARE.sub(f"<{address}>", text), address)
    return {"letter": rendered(text) if text else "", "plain_letter": plain(text)}


def _contact(matter: Matter) -> str:
    """How the addressee is called; the account's contact may be another one by now."""
    company = matter.company
    same = company.contact_email.lower() == matter.request.inquiry_email.lower()
    return str(company.contact_name if same else matter.request.inquiry_email)


def _asked(matter: Matter) -> list[tuple[str, str]]:
    """(title, complaint) of what is asked, in display order."""
    request = matter.request
    known = {**request.base_values(), **request.params}
    complaints = parameters.complaints(request.params)
    own = request.presented(known)
    lacking = {each.name for each in parameters.missing(own, known, visible_ordering_only=True)}
    return [
        (str(each), complaints.get(each.name, ""))
        for each in own
        if each.name in lacking or each.name in complaints
    ]


def _delegated(event: Event, matter: Matter) -> Iterator[Message]:
    """To the colleague: the single questions, with a link of its own."""
    delegation = _open_delegation(event, matter)
    if delegation is None:
        return
    request = matter.request
    values = _names(matter)
    names = delegations.asked_of(delegation, request)
    own = {each.name: str(each) for each in delegations.delegable(request)}
    complaints = parameters.complaints(request.params)
    who = event.partner.name if event.partner else event.actor_name
    code = inquiries.delegation_code(delegation)
    path = reverse("inquiry-delegation", args=[request.pk, delegation.pk, code])
    context = {
        **values,
        "who": who,
        "vendor": matter.product.owner.name,
        "message": delegation.message,
        "asked": [(own[name], complaints.get(name, "")) for name in names],
        "link": f"{settings.PUBLIC_URL}{path}",
        "until": request.inquiry_sent_at + inquiries.VALID_FOR,
    }
    subject = _("%(company)s asks you for information: %(product)s (%(id)s)") % values
    yield Message(delegation.email, "delegation", subject, context)


def _open_delegation(event: Event, matter: Matter) -> Delegation | None:
    if not _is_present(event, matter):
        return None
    found = _delegation(event, matter)
    return found if found and delegations.is_open(found, matter.request) else None


def _delegation(event: Event, matter: Matter) -> Delegation | None:
    own = delegations.delegations_of(matter.request)
    return next((each for each in own if each.pk == event.data.get("delegation")), None)


def _colleague_answered(event: Event, matter: Matter) -> Iterator[Message]:
    """To whoever passed it on: what came back waits in the form, to be sent."""
    if not _is_present(event, matter):
        return
    delegation = _delegation(event, matter)
    if delegation is None or not delegation.asked_by:
        return
    titles = {each.name: str(each) for each in delegations.delegable(matter.request)}
    names = [titles.get(name, name) for name in delegation.parameters]
    heading = _("%(email)s answered for %(company)s") % {
        "email": delegation.email,
        "company": matter.company.name,
    }
    context = {
        "heading": heading,
        "intro": _("The answer is in the form, and is not sent yet: look at it, and send it."),
        "facts": [*matter.facts(), (_("Answered"), ", ".join(names))],
        "link": (_form_of(event, matter, delegation), _("Open the form")),
    }
    yield Message(delegation.asked_by, "notice", f"{heading} ({matter.request.pk})", context)


def _form_of(event: Event, matter: Matter, delegation: Delegation) -> str:
    """The form of who passed it on: the mailed link, or the request in his portal."""
    passed_on = Event.objects.about(matter.request).filter(
        verb__endswith=".delegate", data__delegation=delegation.pk
    )
    role = passed_on.values_list("role", flat=True).first() or CONTACT
    if role == CONTACT:
        return question_address(matter.request)
    return matter.address(DISTRIBUTOR if role == "admin" else role)


def _escalated(event: Event, matter: Matter) -> Iterator[Message]:
    """To the distributor's people: whom to call."""
    if not _is_present(event, matter):
        return
    request, company, days = matter.request, matter.company, event.data.get("days", 0)
    values = {"name": matter.name, "company": company.name, "n": days}
    heading = (
        ngettext(
            "No answer for %(n)d day: %(name)s of %(company)s",
            "No answer for %(n)d days: %(name)s of %(company)s",
            days,
        )
        % values
    )
    intro = _("The question of the vendor is not answered. Get in touch with the contact.")
    if event.data.get("expired"):
        intro = _(
            "The question of the vendor is not answered, and its link has expired. Get in touch "
            "with the contact, and send a new link."
        )
    contact = [
        (_("Asked"), request.inquiry_email),
        (_("Reminders"), str(event.data.get("number", 0))),
        (_("Contact"), company.contact_name),
        (_("E-mail"), company.contact_email),
    ]
    if company.phone:
        contact.append((_("Phone"), company.phone))
    context = {
        "heading": heading,
        "intro": intro,
        "facts": [*matter.facts(), *contact],
        "link": (matter.address(DISTRIBUTOR), _("Open the request")),
    }
    for address in members(request.provider_id, event):
        subject = f"{heading} ({request.pk})"
        yield Message(address, "notice", subject, context, partner=request.provider_id)


def question_address(request: Any) -> str:
    """The mailed link of the request's present inquiry."""
    path = reverse("inquiry", args=[request.pk, inquiries.code(request)])
    return f"{settings.PUBLIC_URL}{path}"


def _names(matter: Matter) -> dict[str, str]:
    return {
        "product": matter.product.name,
        "company": matter.company.name,
        "id": matter.request.pk,
    }


_BY_STEP: dict[str, Letters] = {
    "renew": _inquiry,
    "remind": _inquiry,
    "ask_anew": _inquiry,
    "delegate": _delegated,
    "delegation_answered": _colleague_answered,
    "escalate": _escalated,
}
