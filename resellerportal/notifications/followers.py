"""Mail to colleagues who were mentioned and to those who watch what an event is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Event, Product, TierAccount
from customers.services.watches import Hearing, Listener, hearing, hearing_of_import
from customers.snapshots import words
from fulfillment.models import FulfillmentRequest
from tierconfig.models import TierConfig, TierConfigRequest

from .. import history, reasons, sentences
from .letters import Message

#: Accounts listed in one mail; all are counted.
LISTED = 40
#: Object type -> model part of the portal's URL names.
_PAGES = {
    "tieraccount": "account",
    "tieraccountrequest": "request",
    "tierconfig": "config",
    "tierconfigrequest": "config-request",
    "fulfillmentrequest": "order",
}


def to_followers(event: Event) -> Iterator[Message]:
    """One mail for each listener, in the names that its side may know."""
    yield from _imported(event)
    heard = hearing(event)
    if heard is None:
        return
    company = _company(heard.obj)
    told = heard.note or event
    facts = _facts(event, heard)
    for listener in heard.listeners:
        values = {
            "who": history.who(told, listener.actor),
            "did": sentences.sentence(told),
            "company": company.name,
        }
        heading = _("%(company)s: %(who)s %(did)s") % values
        context = {
            "heading": heading,
            "quote": heard.note.text if heard.note else reasons.given(event, listener.actor.role),
            "private": heard.note is not None and heard.note.kind == heard.note.Kind.PRIVATE,
            "facts": facts,
            "link": _address(listener, heard.obj._meta.model_name, heard.obj.pk, "detail"),
            "mentioned": listener.mentioned,
            "stop": _stop(listener),
        }
        user = listener.actor.user
        assert user is not None
        subject = f"{heading} ({heard.obj.pk})"
        partner = listener.actor.partner_id or ""
        if listener.mentioned:
            yield Message(user.email, "followed", subject, context, partner, "mention")
        if listener.watch:
            yield Message(user.email, "followed", subject, context, partner, "watched")


def _imported(event: Event) -> Iterator[Message]:
    """One mail for all that a listener watches and an import changed."""
    for listener, accounts in hearing_of_import(event):
        heading = ngettext(
            "%(company)s: changed by an import",
            "%(n)d accounts you watch: changed by an import",
            len(accounts),
        ) % {"company": accounts[0].name, "n": len(accounts)}
        facts = [
            (account.name, _address(listener, "tieraccount", account.pk, "detail"))
            for account in accounts[:LISTED]
        ]
        if len(accounts) > LISTED:
            facts.append((_("and more"), str(len(accounts) - LISTED)))
        context = {
            "heading": heading,
            "intro": _("You watch what is listed here."),
            "facts": facts,
            "link": (f"{settings.PUBLIC_URL}{reverse('watching')}", _("See and end what I watch")),
        }
        user = listener.actor.user
        assert user is not None
        partner = listener.actor.partner_id or ""
        yield Message(user.email, "notice", heading, context, partner, "watched")


def _company(obj: Any) -> TierAccount:
    """The account that something discussed is about."""
    if isinstance(obj, TierConfigRequest):
        obj = obj.configuration
    if isinstance(obj, FulfillmentRequest):
        return obj.subscription.customer
    return obj if isinstance(obj, TierAccount) else obj.account


def _product(obj: Any) -> Product | None:
    if isinstance(obj, TierConfigRequest):
        obj = obj.configuration
    if isinstance(obj, FulfillmentRequest):
        obj = obj.subscription
    return None if isinstance(obj, TierAccount) else obj.product


def _facts(event: Event, heard: Hearing) -> list[tuple[str, str]]:
    obj, company = heard.obj, _company(heard.obj)
    facts = [(_("Account"), f"{company.name} ({company.pk})")]
    if (product := _product(obj)) is not None:
        kind = _("Configuration") if isinstance(obj, TierConfig) else _("Request")
        facts += [(kind, obj.pk), (_("Product"), product.name)]
    if files := event.data.get("files"):
        facts.append((_("Files"), ", ".join(files)))
    if changed := event.data.get("changed"):
        facts.append((_("Changed"), ", ".join(words(changed))))
    return facts


def _stop(listener: Listener) -> str:
    watch = listener.watch
    return _address(listener, watch.object_type, watch.object_id, "unwatch") if watch else ""


def _address(listener: Listener, kind: str, pk: str, page: str) -> str:
    path = reverse(f"{listener.actor.role}:{_PAGES[kind]}-{page}", args=[pk])
    return f"{settings.PUBLIC_URL}{path}"
