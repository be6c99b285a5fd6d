"""Tells partners' systems what an import wrote: piece by piece, after it and beside it.

An import writes its events by the thousand and tells none of them itself. One small job for each
piece of its rows makes the messages, and asks for the next piece when it is done: so other jobs
get their turn in between, and each piece can be begun again.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from customers import jobs
from customers.actors import Actor
from customers.models import (
    Event,
    ImportBatch,
    ImportRow,
    Job,
    TierAccountRequest,
    WebhookEndpoint,
)
from customers.services.endpoints import enqueue

from .event_types import type_of
from .webhooks import KINDS, payloads

KIND = "webhooks.import"
#: Rows of the import that one job tells of.
PIECE = 500
VERBS = ("importbatch.apply", "importbatch.undo")
WRITTEN = ("tieraccount", "tieraccountrequest")


def tell(event: Event) -> None:
    """Ask for the first piece, once however often it is told, if anybody listens."""
    if event.verb in VERBS and _listening().exists():
        _ask(event, 0)


def _listening() -> Any:
    rows = WebhookEndpoint.objects.visible_to(Actor.system()).filter(active=True)
    return rows.select_related("partner")


def _ask(event: Event, after: int) -> None:
    args = {"event": str(event.pk), "after": after}
    key = uuid.uuid5(event.pk, str(after))
    jobs.enqueue(KIND, actor=Actor.system(), args=args, key=key)


@jobs.register(KIND)
@transaction.atomic
def tell_piece(job: Job, actor: Actor, _progress: jobs.Progress) -> dict[str, Any]:
    """Messages about the rows that follow the line `after`, each once; then the next piece."""
    event = Event.objects.visible_to(actor).filter(pk=job.args["event"]).first()
    batch = (
        ImportBatch.objects.visible_to(actor).filter(pk=event.object_id).first() if event else None
    )
    if event is None or batch is None:
        return {}
    rows = ImportRow.objects.visible_to(actor).filter(batch=batch, number__gt=job.args["after"])
    chosen = rows.filter(chosen=True).order_by("number")
    piece = list(chosen.values_list("number", "made", "target")[:PIECE])
    if not piece:
        return {}
    news = _news(batch, event, {made or target for _line, made, target in piece}, actor)
    _ask(event, piece[-1][0])
    return {"messages": _enqueue(news)}


def _news(
    batch: ImportBatch, event: Event, accounts: set[str], actor: Actor
) -> list[tuple[Event, Any]]:
    """What this step of the import did to these accounts and asked about them, if it is there."""
    asked = TierAccountRequest.objects.visible_to(actor).filter(
        account__in=accounts, created_at__gte=batch.created_at
    )
    objects = accounts | set(asked.values_list("pk", flat=True))
    found = Event.objects.visible_to(actor).filter(object_id__in=objects, object_type__in=WRITTEN)
    since = batch.decided_at if event.verb == "importbatch.undo" else batch.created_at
    found = found.filter(at__gt=since, at__lte=event.at).order_by("at", "pk")
    own = [each for each in found if each.data.get("batch") == batch.pk and type_of(each)]
    told: list[tuple[Event, Any]] = []
    for name in WRITTEN:
        kind = KINDS[name]
        rows = kind.model._default_manager.visible_to(actor)  # type: ignore[attr-defined]
        these = [each for each in own if each.object_type == name]
        there = rows.select_related(*kind.related).in_bulk({each.object_id for each in these})
        told += [(each, there[each.object_id]) for each in these if each.object_id in there]
    return told


def _enqueue(news: Iterable[tuple[Event, Any]]) -> int:
    """Make the messages for whoever listens; how many were asked for."""
    listening = list(_listening())
    partners = {to.partner_id: to.partner for to in listening}
    wanted = list(news)
    messages = []
    for name in WRITTEN:
        own = [(event, obj) for event, obj in wanted if event.object_type == name]
        for partner in partners.values() if own else ():
            told = payloads(own, partner)
            for to in [each for each in listening if each.partner_id == partner.pk]:
                messages += [
                    (to, event, type_of(event), told[event.pk])
                    for event, obj in own
                    if event.pk in told and _wants(to, event, obj)
                ]
    enqueue(messages)
    return len(messages)


def _wants(to: WebhookEndpoint, event: Event, obj: Any) -> bool:
    if to.product_id and to.product_id != getattr(obj, "product_id", None):
        return False
    return not to.types or type_of(event) in to.types
