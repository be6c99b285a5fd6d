"""Kinds of news: what a member may choose to hear at once, once a day, or not at all.

Mail that leaves the portal, to technical contacts and to the colleagues they ask, has no kind: it
is the only way to reach them, and nobody can switch it off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from customers.models import Event

BUYERS = (DISTRIBUTOR, RESELLER)
EVERY_SIDE = (VENDOR, *BUYERS)
#: Objects a vendor processes, and what their kinds are called.
_PROCESSED = {"tierconfigrequest": "config", "fulfillmentrequest": "order"}


@dataclass(frozen=True)
class Kind:
    """`key` is kept in preferences, at most 32 characters; `roles` are those who hear of it.

    `essential` says why it cannot be switched off, and is empty for all others. `administrators`:
    only they are told.
    """

    key: str
    label: Any
    help: Any
    roles: tuple[str, ...]
    essential: Any = ""
    administrators: bool = False


KINDS = (
    Kind(
        "account-decide",
        _("Account changes to decide"),
        _("An account of one of your customers was changed, and waits for your verdict."),
        (VENDOR,),
    ),
    Kind(
        "config-decide",
        _("Configuration requests to decide"),
        _("A request was opened, released or taken back to pending."),
        (VENDOR,),
    ),
    Kind(
        "config-answered",
        _("Configuration requests answered"),
        _("The questions of an inquiry were answered; the request waits for you again."),
        (VENDOR,),
    ),
    Kind(
        "order-decide",
        _("Orders to decide"),
        _("A purchase, change, suspension, resumption, cancellation or adjustment."),
        (VENDOR,),
    ),
    Kind(
        "order-answered",
        _("Orders answered"),
        _("The questions of an inquiry were answered; the order waits for you again."),
        (VENDOR,),
    ),
    Kind(
        "order-revoke",
        _("Revocations to confirm"),
        _("A distributor wants a scheduled order back."),
        (VENDOR,),
    ),
    Kind(
        "order-due",
        _("Planned dates"),
        _("The planned date of an order has come: it was approved by itself, or waits for you."),
        (VENDOR,),
    ),
    Kind(
        "ended-by-time",
        _("Requests ended by time"),
        _("Your service levels ended an order or a configuration request."),
        (VENDOR,),
    ),
    Kind(
        "account-decided",
        _("Account changes decided"),
        _("A vendor accepted or ignored the change of an account."),
        BUYERS,
    ),
    Kind(
        "config-decided",
        _("Configuration requests decided"),
        _("Approved, rejected or ended by time."),
        (DISTRIBUTOR,),
    ),
    Kind(
        "order-decided",
        _("Orders decided"),
        _("Approved, rejected, withdrawn, revoked or ended by time. Resellers hear of their own."),
        BUYERS,
    ),
    Kind(
        "order-scheduled",
        _("Orders scheduled"),
        _("A vendor accepted an order for a later date. Resellers hear of their own."),
        BUYERS,
    ),
    Kind(
        "inquiry-escalated",
        _("Questions that nobody answers"),
        _("A technical contact left a question of a vendor unanswered for too long."),
        (DISTRIBUTOR,),
    ),
    Kind(
        "nudge",
        _("Nudges"),
        _("Somebody who waits for you says so."),
        EVERY_SIDE,
    ),
    Kind(
        "mention",
        _("Mentions"),
        _("A colleague names you in a note."),
        EVERY_SIDE,
    ),
    Kind(
        "watched",
        _("What I watch"),
        _("Anything that happens to what you watch, notes too."),
        EVERY_SIDE,
    ),
    Kind(
        "file-finished",
        _("Imports and reports"),
        _("What took longer than a minute, or a scheduled report, is ready or has failed."),
        EVERY_SIDE,
    ),
    Kind(
        "answer-passed-on",
        _("Answers of colleagues"),
        _("Somebody answered what you passed on to them."),
        BUYERS,
        essential=_("The answer waits in your form until you send it."),
    ),
    Kind(
        "webhook-stopped",
        _("Webhooks switched off"),
        _("An endpoint took no messages for days and was switched off."),
        EVERY_SIDE,
        essential=_("Your systems hear of nothing until somebody switches it on again."),
        administrators=True,
    ),
    Kind(
        "key-expiring",
        _("API keys that end"),
        _("An API key stops working within two weeks."),
        EVERY_SIDE,
        essential=_("The system that calls with it stops at that moment."),
        administrators=True,
    ),
)
BY_KEY = {kind.key: kind for kind in KINDS}


def kinds_of(role: str, *, administrator: bool = True) -> list[Kind]:
    """What members of a partner in `role` may hear of, in display order."""
    return [
        kind for kind in KINDS if role in kind.roles and (administrator or not kind.administrators)
    ]


def kind_of(event: Event) -> str:
    """Key of the kind under which the side that `event` concerns hears of it.

    Empty for news that only technical contacts are told, and for what is told to nobody but those
    who watch it. Who hears of it because he watches, or is mentioned, hears under those kinds.
    """
    step = event.verb.rpartition(".")[2]
    if noun := _PROCESSED.get(event.object_type):
        return _of_processed(noun, event, step)
    if event.verb == "partner.decisions":
        released = event.data.get("step") == "release"
        return f"{_PROCESSED[event.data['about']]}-{'decide' if released else 'decided'}"
    if event.verb in _BY_VERB:
        return _BY_VERB[event.verb]
    judge = _BY_STATE.get(event.object_type)
    return judge(event.to_state) if judge else ""


def _of_processed(noun: str, event: Event, step: str) -> str:
    if step in _CARE:
        return _CARE[step]
    if step == "answer":
        return f"{noun}-answered"
    if event.to_state == "pending":
        return f"{noun}-decide"
    if event.to_state in ("approved", "failed", "revoked"):
        return f"{noun}-decided"
    return {"scheduled": "order-scheduled", "revoking": "order-revoke"}.get(event.to_state, "")


_CARE = {
    "due": "order-due",
    "nudge": "nudge",
    "escalate": "inquiry-escalated",
    "delegation_answered": "answer-passed-on",
}
_BY_VERB = {
    "partner.verdicts": "account-decided",
    "importbatch.apply": "account-decide",
    "note.created": "watched",
    "tieraccountrequest.nudge": "nudge",
    "webhookendpoint.stopped": "webhook-stopped",
    "serviceuser.expiring": "key-expiring",
    "job.end": "file-finished",
}
_BY_STATE: dict[str, Callable[[str], str]] = {
    "tieraccountrequest": lambda state: {
        "pending": "account-decide",
        "accepted": "account-decided",
        "ignored": "account-decided",
    }.get(state, ""),
}
