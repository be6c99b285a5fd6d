"""Requests that stay in a state for longer than their vendor lets them are ended by the worker.

Off by default: only a service level with `terminate` ends anything. What is pending, inquiring or
revoking fails, with all that a rejection brings; drafts are discarded when nobody touched them for
so long. Each request is held and looked at again before, so any number of workers may look at
once, and a rule that was switched off meanwhile ends nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import chores
from customers.actors import Actor
from customers.lifecycle import hold
from customers.models import Partner
from tierconfig.models import ServiceLevel, TierConfigRequest
from tierconfig.services import discarding as configurations
from tierconfig.services.levels import ENDED_BY_TIME, Level
from tierconfig.services.requests import expire_request

from ..models import FulfillmentRequest
from . import discarding as orders
from .decisions import end_held, hold_order

DRAFT = "draft"
MODELS: dict[str, type[models.Model]] = {
    ServiceLevel.Entity.CONFIG_REQUEST: TierConfigRequest,
    ServiceLevel.Entity.ORDER: FulfillmentRequest,
}


def end_overdue(*, now: datetime | None = None, limit: int = 100) -> int:
    """End what stayed too long, at most `limit` requests for each level; how many. A chore."""
    now = now or timezone.now()
    rules = ServiceLevel.objects.filter(terminate__isnull=False, state__in=ENDED_BY_TIME)
    ended = 0
    for rule in rules.select_related("partner").order_by("pk"):
        rows = MODELS[rule.entity]._default_manager.filter(vendor=rule.partner)
        due = _stayed(rows, rule.state, rule.terminate or 0, now)
        ended += chores.each(due[:limit], partial(_ended, rule=rule, now=now))
    return ended


def would_end(
    partner: Partner, levels: Mapping[tuple[str, str], Level], actor: Actor
) -> dict[tuple[str, str], int]:
    """How many of the requests that `actor` sees each level would end at this moment."""
    found = {}
    now = timezone.now()
    for (entity, state), level in levels.items():
        if level.terminate is None or state not in ENDED_BY_TIME:
            continue
        rows = MODELS[entity]._default_manager.visible_to(actor).filter(vendor=partner)  # type: ignore[attr-defined]
        if count := _stayed(rows, state, level.terminate, now).count():
            found[entity, state] = count
    return found


def _stayed(rows: Any, state: str, days: int, now: datetime) -> Any:
    """Those that came to the state, or as drafts were touched, before so many days."""
    since = _since(state)
    where = {"state": state, f"{since}__lte": now - timedelta(days=days)}
    return rows.filter(**where).order_by(since)


def _since(state: str) -> str:
    return "updated_at" if state == DRAFT else "state_since"


@transaction.atomic
def _ended(request: Any, rule: ServiceLevel, now: datetime) -> bool:
    end = _end_draft if rule.state == DRAFT else _end_sent
    return end(request, rule, now)


def _end_sent(request: Any, rule: ServiceLevel, now: datetime) -> bool:
    if isinstance(request, TierConfigRequest):
        return expire_request(request, due=lambda held: _reason(held, rule, now))
    held = hold_order(request)
    if not (reason := _reason(held, rule, now)):
        return False
    end_held(held, "expire", actor=Actor.system(), reason=reason)
    return True


def _end_draft(request: Any, rule: ServiceLevel, now: datetime) -> bool:
    if isinstance(request, FulfillmentRequest):
        order = hold_order(request)
        if due := _still_due(order, rule, now):
            orders.discard_held(order, Actor.system())
        return due
    setup: TierConfigRequest = hold(request)
    if due := _still_due(setup, rule, now):
        configurations.discard_held(setup, Actor.system())
    return due


def _still_due(held: Any, rule: ServiceLevel, now: datetime) -> bool:
    since = getattr(held, _since(rule.state))
    if held.state != rule.state or since > now - timedelta(days=rule.terminate or 0):
        return False
    return ServiceLevel.objects.filter(pk=rule.pk, terminate=rule.terminate).exists()


def _reason(held: Any, rule: ServiceLevel, now: datetime) -> str:
    """The rule in words, empty when it says nothing about the held request."""
    if not _still_due(held, rule, now):
        return ""
    days = rule.terminate or 0
    sentence = ngettext(
        "Ended by time: %(vendor)s ends what is %(state)s for %(days)d day.",
        "Ended by time: %(vendor)s ends what is %(state)s for %(days)d days.",
        days,
    )
    words = {"vendor": rule.partner.name, "state": held.get_state_display(), "days": days}
    return (sentence % words)[:500]


def told(counts: Mapping[tuple[str, str], int]) -> Iterable[str]:
    """What would_end() found, in words: "3 orders: Pending"."""
    for (entity, state), count in counts.items():
        label = MODELS[entity].State(state).label  # type: ignore[attr-defined]
        kind = ServiceLevel.Entity(entity).label
        yield _("%(kind)s, %(state)s: %(count)d") % {"kind": kind, "state": label, "count": count}
