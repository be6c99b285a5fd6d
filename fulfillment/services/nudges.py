"""Whoever waits for a request may say so, by mail, to who holds it.

The holder is the last of the waiting chain: the vendor of the request or of the one it is parked
on, or the technical contact who is asked. The change of an account waits for its vendor alone. A
contact is reminded by the rules of reminders. At most once a day for each stay with a holder, and
settings.NUDGES_PER_DAY times for each user.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR, Actor
from customers.events import record
from customers.lifecycle import StaleState, hold
from customers.models import Event, Holder, Holding, TierAccountRequest
from tierconfig.models import TierConfigRequest
from tierconfig.services import inquiry_care
from tierconfig.services import waiting as setups
from tierconfig.services.waiting import Link, Wait

from ..models import FulfillmentRequest
from . import waiting

DAY = timedelta(days=1)
MODELS: dict[str, Any] = {
    "tieraccountrequest": TierAccountRequest,
    "fulfillmentrequest": FulfillmentRequest,
    "tierconfigrequest": TierConfigRequest,
}
_STEPS = ("nudge", "remind")
_VERBS = [f"{model}.{step}" for model in MODELS for step in _STEPS]


def may_nudge(links: list[Link], actor: Actor) -> bool:
    """Whether the actor waits for who holds the last of `links`, the chain of a request it sees,
    and is none of its side; viewers may not."""
    return bool(links) and _waits(links[-1], actor)


def chain_of(request: Any, actor: Actor) -> list[Link]:
    """The waiting chain of a visible request of any kind."""
    if isinstance(request, TierAccountRequest):
        return _of_change(request)
    if isinstance(request, TierConfigRequest):
        return setups.chain(request, actor)
    return waiting.chain(request, actor)


@transaction.atomic
def nudge_request(request: Any, *, actor: Actor) -> Link:
    """Tell the holder at the end of the request's chain that the actor waits.

    Holds the request at the end of the chain. Raises PermissionDenied, StaleState when nobody
    holds it any more, and ValidationError with code "early" or "often".
    """
    links = chain_of(request, actor)
    if not links:
        raise StaleState(request, "nudge")
    link = links[-1]
    if not _waits(link, actor):
        raise PermissionDenied
    held = hold(MODELS[link.model].objects.get(pk=link.id))
    if held.state != link.state:
        raise StaleState(request, "nudge")
    _claim(held, actor)
    if link.wait == Wait.ANSWER:
        inquiry_care.remind_held(held, timezone.now(), actor)
    else:
        record(f"{link.model}.nudge", held, actor=actor, data={"for": request.pk})
    return link


def _of_change(request: TierAccountRequest) -> list[Link]:
    if request.state != TierAccountRequest.State.PENDING:
        return []
    link = Link(
        "tieraccountrequest",
        request.pk,
        request.state,
        request.state_since,
        Wait.VENDOR,
        opens=True,
        party=request.vendor.name,
        holds=True,
    )
    return [link]


def _waits(link: Link, actor: Actor) -> bool:
    """Whether the actor may act and waits for the holder of the link, being none of its side.

    A reseller sees a request that asks for values only when it may answer it itself.
    """
    if not actor.may_act or actor.role not in (VENDOR, DISTRIBUTOR, RESELLER):
        return False
    if link.wait == Wait.ANSWER:
        return actor.role != RESELLER or not link.opens
    by_vendor = link.wait in (Wait.VENDOR, Wait.CONFIRMATION)
    return by_vendor and actor.role != VENDOR


def _claim(held: Any, actor: Actor) -> None:
    """Note the nudge; of several at once one is first."""
    now = timezone.now()
    if _told_today(held, actor, now) >= settings.NUDGES_PER_DAY:
        raise ValidationError(_("You sent as many reminders today as one may."), code="often")
    if _written_lately(held, now):
        raise _early()
    free = Q(nudged_at=None) | Q(nudged_at__lte=now - DAY)
    rows = Holding.objects.filter(free, object_id=held.pk, ended_at=None)
    if not rows.update(nudged_at=now, nudges=F("nudges") + 1):
        raise _early()


def _told_today(held: Any, actor: Actor, now: datetime) -> int:
    """What the user sent in the last day; found by the side of its events, which is indexed."""
    sides = {VENDOR: {"vendor": actor.partner}, DISTRIBUTOR: {"provider": actor.partner}}
    own = sides.get(actor.role, {"provider": held.provider_id})
    rows = Event.objects.filter(**own, at__gt=now - DAY, user=actor.user, verb__in=_VERBS)
    return rows.count()


def _written_lately(held: Any, now: datetime) -> bool:
    """Whether the technical contact who is asked got a mail less than an hour ago."""
    if held.held_by().holder != Holder.CONTACT:
        return False
    stamps = [at for at in (held.inquiry_sent_at, held.reminded_at) if at]
    return bool(stamps) and max(stamps) > now - inquiry_care.PAUSE


def _early() -> ValidationError:
    return ValidationError(_("A reminder was sent only lately; wait a day."), code="early")
