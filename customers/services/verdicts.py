"""Many tier account requests decided in one go."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ..actors import Actor
from ..events import record
from ..lifecycle import StaleState, check, hold_all, write
from ..models import Partner, TierAccountRequest
from .requests import clean_reason

#: Requests decided in one transaction, which holds all their rows.
MOST = 1000
STEPS = ("accept", "ignore")


@dataclass
class Verdicts:
    """What came of a bulk decision: the fresh decided requests, and who was first elsewhere."""

    decided: list[TierAccountRequest] = field(default_factory=list)
    refused: list[StaleState] = field(default_factory=list)


@transaction.atomic
def decide_requests(
    requests: Iterable[TierAccountRequest], *, actor: Actor, step: str, reason: str = ""
) -> Verdicts:
    """Accept or ignore up to MOST requests, all with the same reason.

    Each is judged under its own row lock, taken in the lock order and held until the end; one
    that somebody else decided meanwhile is refused and keeps nobody from the others. Each
    decision is an event as if it stood alone; its `batch` says that it is told together with the
    others, by one event `partner.verdicts` for each distributor. Raises PermissionDenied when one
    of them is not the actor's to decide (then none is), and ValidationError on field `reason`,
    or without a field when there are too many.
    """
    wanted = list(requests)
    if len(wanted) > MOST:
        raise ValidationError(_("Choose at most %(n)d at a time.") % {"n": MOST}, code="many")
    if step not in STEPS:
        raise PermissionDenied
    found, batch = Verdicts(), str(uuid.uuid4())
    for held in hold_all(wanted).values():
        try:
            check(held, step, actor)
        except StaleState as stale:
            found.refused.append(stale)
        else:
            found.decided.append(held)
    told = {"reason": clean_reason(reason)} if step == "ignore" and found.decided else {}
    for held in found.decided:
        write(held, step, actor=actor, data={"batch": batch}, **told)
    why = told.get("reason", "")
    tell("partner.verdicts", found.decided, actor, why, batch=batch, step=step)
    return found


def tell(verb: str, decided: Iterable[Any], actor: Actor, reason: str = "", **data: Any) -> None:
    """One event of each distributor about those of the decided requests that are its own.

    `data` goes with every one of them, beside `requests`: their ids.
    """
    by_provider: dict[str, list[str]] = {}
    for request in decided:
        by_provider.setdefault(request.provider_id, []).append(request.pk)
    for provider in Partner.objects.filter(pk__in=by_provider).order_by("pk"):
        own = {**data, "requests": by_provider[provider.pk]}
        record(verb, provider, actor=actor, reason=reason, data=own)
