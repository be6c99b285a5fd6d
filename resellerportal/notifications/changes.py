"""Mail about account changes: one for each change and vendor, one for each verdict or bulk of them.

What many events tell together (`batch` in their data) is told by the event that sums it up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR, Actor
from customers.models import Event, TierAccountRequest
from customers.services.operators import nearest_operators
from customers.snapshots import words

from .letters import Message, members, waiting_party, when

#: Object types of the events that are told here.
ABOUT = ("tieraccountrequest", "partner", "importbatch")
#: Requests listed in one mail; all are counted.
LISTED = 40
State = TierAccountRequest.State
TARGETS = {"accept": State.ACCEPTED, "ignore": State.IGNORED}
Facts = list[tuple[str, str]]


def letters(event: Event) -> Iterable[Message]:
    """Read from the present state, like all mail: what no longer waits is not announced."""
    if event.object_type == "importbatch":
        return _imported(event)
    if event.verb == "partner.verdicts":
        return _verdicts(event, event.data.get("requests") or [])
    if event.object_type != "tieraccountrequest" or event.data.get("batch"):
        return []
    if event.verb == "tieraccountrequest.nudge":
        return _nudged(event)
    if event.to_state == State.PENDING:
        return _waiting(event)
    if event.to_state in TARGETS.values():
        return _verdicts(event, [event.object_id])
    return []


def summed_up(event: Event) -> set[str]:
    """Addresses, in small letters, that hear of `event` by the one that sums it up."""
    if not event.data.get("batch") or event.to_state not in TARGETS.values():
        return set()
    return {letter.recipient.lower() for letter in _verdicts(event, [event.object_id])}


def _requests(**where: Any) -> list[TierAccountRequest]:
    rows = TierAccountRequest.objects.visible_to(Actor.system()).filter(**where)
    related = ("account", "product", "vendor", "provider")
    return list(rows.select_related(*related).order_by("account__name", "pk"))


def _waiting(event: Event) -> Iterator[Message]:
    """To the vendor: by the first of its requests for one change, for all of them."""
    own = next(iter(_requests(pk=event.object_id)), None)
    if own is None:
        return
    change = {"account": own.account_id, "version": own.version, "vendor": own.vendor_id}
    born = [each for each in _requests(**change) if each.state != State.UNSUPPORTED]
    waiting = [each for each in born if each.state == State.PENDING]
    if not waiting or min(each.pk for each in born) != own.pk:
        return
    context = _asked(own, waiting)
    for address in members(own.vendor_id, event):
        subject = f"{context['heading']} ({waiting[0].pk})"
        yield Message(address, "notice", subject, context, partner=own.vendor_id)


def _asked(own: TierAccountRequest, waiting: list[TierAccountRequest]) -> dict[str, Any]:
    """What the vendor reads: the one request, or the change with all of them."""
    first = waiting[0]
    heading = ngettext(
        "To decide: account change of %(company)s",
        "To decide: account change of %(company)s for %(n)d products",
        len(waiting),
    ) % {"company": own.account.name, "n": len(waiting)}
    facts: Facts = [(_("Request"), first.pk), (_("Product"), first.product.name)]
    link = (_path(VENDOR, "request-detail", first.pk), _("Open the request"))
    if len(waiting) > 1:
        facts = [(each.product.name, each.pk) for each in waiting]
        link = (_path(VENDOR, "change-detail", own.account_id, own.version), _("Open the change"))
    facts += [
        (_("Company"), own.account.name),
        (_("Distributor"), own.provider.name),
        (_("Changed"), ", ".join(words(own.changed))),
    ]
    intro = _("A request waits for your decision.")
    return {"heading": heading, "intro": intro, "facts": facts, "link": link}


def _nudged(event: Event) -> Iterator[Message]:
    """To the vendor: somebody waits for it, as of all requests (deciding.py)."""
    for own in _requests(pk=event.object_id, state=State.PENDING):
        context = _asked(own, [own])
        context["heading"] = _("%(who)s waits for you: account change of %(company)s") % {
            "who": waiting_party(event),
            "company": own.account.name,
        }
        context["intro"] = _("Somebody who waits for this request asks you to look at it.")
        context["facts"].append((_("Waits since"), when(own.state_since)))
        subject = f"{context['heading']} ({own.pk})"
        for address in members(own.vendor_id, event):
            yield Message(address, "notice", subject, context, partner=own.vendor_id)


def _verdicts(event: Event, wanted: list[str]) -> Iterator[Message]:
    """To the distributor, and to the reseller in whose hands each account is."""
    verdict = TARGETS.get(event.data.get("step") or event.verb.rpartition(".")[2])
    found = [each for each in _requests(pk__in=wanted) if each.state == verdict]
    if not found:
        return
    operators = nearest_operators({each.account_id for each in found})
    sides: dict[tuple[str, str], list[TierAccountRequest]] = {}
    for each in found:
        sides.setdefault((DISTRIBUTOR, each.provider_id), []).append(each)
        if operator := operators.get(each.account_id):
            sides.setdefault((RESELLER, operator), []).append(each)
    for (portal, partner), requests in sides.items():
        context = _decided(event, portal, requests)
        subject = context["heading"]
        subject += f" ({requests[0].pk})" if len(requests) == 1 else ""
        for address in members(partner, event):
            yield Message(address, "notice", subject, context, partner=partner)


def _decided(event: Event, portal: str, requests: list[TierAccountRequest]) -> dict[str, Any]:
    """What one side reads; a reseller is told the vendor, not its people."""
    first, count = requests[0], len(requests)
    vendors = ", ".join(dict.fromkeys(each.vendor.name for each in requests))
    heading = ngettext(
        "%(state)s: account change of %(company)s", "%(state)s: %(n)d account changes", count
    ) % {"state": first.get_state_display(), "company": first.account.name, "n": count}
    facts: Facts = [(_("Request"), first.pk), (_("Product"), first.product.name)]
    facts += [(_("Company"), first.account.name), (_("Distributor"), first.provider.name)]
    if count > 1:
        facts = [
            (each.account.name, f"{each.product.name} ({each.pk})") for each in requests[:LISTED]
        ]
        if count > LISTED:
            facts.append((_("and more"), str(count - LISTED)))
    decided_by = vendors if portal == RESELLER else event.actor_name
    facts.append((_("Decided by"), decided_by))
    if event.reason:
        facts.append((_("Reason"), event.reason))
    link = (_path(portal, "request-detail", first.pk), _("Open the request"))
    if count > 1:
        link = (f"{_path(portal, 'request-list')}?tab=done", _("Open the requests"))
    intro = ngettext("The request was decided.", "The requests were decided.", count)
    return {"heading": heading, "intro": intro, "facts": facts, "link": link}


def _imported(event: Event) -> Iterator[Message]:
    """To each vendor, how many of the changes of an import wait for it."""
    counts = event.data.get("vendors")
    for vendor, count in sorted(counts.items()) if isinstance(counts, dict) else ():
        if not isinstance(count, int) or count < 1:
            continue
        heading = ngettext(
            "To decide: %(n)d account change", "To decide: %(n)d account changes", count
        ) % {"n": count}
        facts = [(_("Distributor"), event.provider.name)] if event.provider else []
        context = {
            "heading": heading,
            "intro": _("Accounts were changed by an import. The changes wait for your decision."),
            "facts": facts,
            "link": (_path(VENDOR, "request-list"), _("Open the queue")),
        }
        for address in members(vendor, event):
            yield Message(address, "notice", heading, context, partner=vendor)


def _path(portal: str, page: str, *args: Any) -> str:
    return f"{settings.PUBLIC_URL}{reverse(f'{portal}:{page}', args=args)}"
