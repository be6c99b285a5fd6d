"""Carry webhook messages to their endpoints: at least once, with the same id in every try.

Messages are rows of an outbox of their own, claimed as events are (decision 23): endpoint by
endpoint, under the lock of the endpoint's row, so that all workers together never send more than
a few at once to the same one. What hangs or fails keeps nothing else waiting: endpoints that work
come first, and those that fail get a part of a worker's hands only. One thread of a worker reads
and writes rows; the others know nothing but the network.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
import uuid
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from .outbound import Unreachable, post_bytes
from .sealing import Sealed, Unreadable
from .services.endpoints import stop_endpoint
from .webhook_signing import body_of, headers_of

logger = logging.getLogger(__name__)

State = WebhookMessage.State
#: Pause before the n-th try; a little chance is added. More than three days in all.
SCHEDULE = [
    timedelta(seconds=s) for s in (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
]
CHANCE = 0.2
#: Longer than any call takes: what is claimed longer than this was held by a worker that died.
CLAIM_FOR = timedelta(minutes=2)
#: Calls a worker makes at once; of those the ones to endpoints that fail at present.
HANDS = 8
HANDS_FOR_FAILING = 2
#: Calls of all workers at once to one endpoint, and to one that fails.
PER_ENDPOINT = 2
#: An endpoint that failed so long, without one success in between, is switched off.
STOP_AFTER = timedelta(days=5)
#: Messages deleted in one statement.
PIECE = 1000


@dataclass(frozen=True)
class Parcel:
    """A claimed message with all its call needs."""

    message_id: uuid.UUID
    endpoint_id: str
    url: str
    #: The newest first; those before it sign as long as they can be opened.
    secrets: tuple[Sealed, ...]
    body: bytes
    failing: bool


@dataclass(frozen=True)
class Outcome:
    delivered: bool
    status: int | None
    milliseconds: int
    detail: str


class Courier:
    """Carries messages for one worker. `step()` and `drain()` are for one thread."""

    def __init__(self) -> None:
        self.worker = f"{os.getpid()}-{threading.get_ident()}-{uuid.uuid4().hex[:8]}"
        self.hands = ThreadPoolExecutor(HANDS, thread_name_prefix="webhook")
        self.under_way: dict[Future[Outcome], Parcel] = {}

    def step(self, now: datetime | None = None) -> int:
        """Note what came back, send what is due; how much there was to do or to wait for."""
        done = self._collect()
        free = HANDS - len(self.under_way)
        failing = HANDS_FOR_FAILING - sum(each.failing for each in self.under_way.values())
        parcels = _claim(self.worker, free, failing, now or timezone.now()) if free else []
        for parcel in parcels:
            self.under_way[self.hands.submit(_carry, parcel)] = parcel
        if self.under_way and not done and not parcels:
            wait(self.under_way, timeout=0.2, return_when=FIRST_COMPLETED)
        return done + len(self.under_way)

    def drain(self) -> None:
        """Wait for what is under way, and note it."""
        wait(self.under_way)
        self._collect()
        self.hands.shutdown()

    def _collect(self) -> int:
        back = [future for future in self.under_way if future.done()]
        for future in back:
            settle(self.under_way.pop(future), future.result(), self.worker)
        return len(back)


def deliver_due(now: datetime | None = None) -> int:
    """Carry until nothing is due any more; how many tries that were."""
    courier, before = Courier(), WebhookAttempt.objects.count()
    while courier.step(now):
        pass
    courier.drain()
    return WebhookAttempt.objects.count() - before


def deliver_now(message: WebhookMessage) -> WebhookAttempt:
    """Carry one message at once, outside any transaction, and answer its try."""
    parcel = _parcel(message, message.endpoint, timezone.now())
    return settle(parcel, _carry(parcel), "") or WebhookAttempt(message=message, delivered=False)


def _due(now: datetime) -> QuerySet[WebhookMessage]:
    rows = WebhookMessage.objects.filter(state=State.WAITING, next_attempt_at__lte=now)
    return rows.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))


def _claim(worker: str, free: int, failing: int, now: datetime) -> list[Parcel]:
    """Up to `free` messages, of them at most `failing` for endpoints that fail."""
    if not _due(now).filter(endpoint__active=True).exists():
        return []
    parcels: list[Parcel] = []
    with transaction.atomic():
        endpoints = _endpoints(now, free)
        busy = _busy(endpoints, now)
        for endpoint in endpoints:
            fails = endpoint.failing_since is not None
            most = (1 if fails else PER_ENDPOINT) - busy.get(endpoint.pk, 0)
            most = min(most, free - len(parcels), failing if fails else free)
            found = _due(now).filter(endpoint=endpoint).order_by("next_attempt_at")
            taken = [_parcel(each, endpoint, now) for each in found[: max(most, 0)]]
            failing -= len(taken) if fails else 0
            parcels += taken
        WebhookMessage.objects.filter(pk__in=[each.message_id for each in parcels]).update(
            claimed_by=worker, claimed_until=now + CLAIM_FOR, attempts=F("attempts") + 1
        )
    return parcels


def _endpoints(now: datetime, most: int) -> list[WebhookEndpoint]:
    """Endpoints with something due, locked: those that work first, then who waits longest."""
    due = _due(now).filter(endpoint=OuterRef("pk")).order_by("next_attempt_at")
    busy = (
        WebhookMessage.objects.filter(endpoint=OuterRef("pk"), state=State.WAITING)
        .filter(claimed_until__gte=now)
        .order_by()
        .values("endpoint")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = WebhookEndpoint.objects.select_for_update(
        of=("self",), no_key=True, skip_locked=connection.vendor == "postgresql"
    )
    found = rows.filter(active=True).annotate(
        first=Subquery(due.values("next_attempt_at")[:1]), busy=Subquery(busy[:1])
    )
    room = Q(busy=None) | Q(busy__lt=PER_ENDPOINT, failing_since=None)
    found = found.filter(room, first__isnull=False)
    return list(found.order_by(F("failing_since").asc(nulls_first=True), "first", "pk")[:most])


def _busy(endpoints: list[WebhookEndpoint], now: datetime) -> dict[str, int]:
    """How many messages of the locked endpoints are under way; nobody adds any meanwhile."""
    rows = WebhookMessage.objects.filter(
        endpoint__in=endpoints, state=State.WAITING, claimed_until__gte=now
    )
    return dict(rows.order_by().values_list("endpoint").annotate(n=Count("pk")))


def _parcel(message: WebhookMessage, endpoint: WebhookEndpoint, now: datetime) -> Parcel:
    secrets = [endpoint.secret]
    if endpoint.old_secret and endpoint.old_secret_until and endpoint.old_secret_until > now:
        secrets.append(endpoint.old_secret)
    return Parcel(
        message.pk,
        endpoint.pk,
        endpoint.url,
        tuple(secrets),
        body_of(message.payload),
        endpoint.failing_since is not None,
    )


def _carry(parcel: Parcel) -> Outcome:
    """One call; whatever goes wrong with it is its outcome."""
    began = time.monotonic()
    status, said = None, ""
    try:
        keys = _opened(parcel.secrets)
        headers = headers_of(keys, str(parcel.message_id), int(time.time()), parcel.body)
        reply = post_bytes(parcel.url, parcel.body, headers=headers)
        status, said = reply.status, reply.text
    except (Unreachable, Unreadable) as error:
        said = str(error)
    except Exception:
        logger.exception("webhook message %s could not be sent", parcel.message_id)
        said = _("Something went wrong on our side; it is tried again.")
    took = int((time.monotonic() - began) * 1000)
    delivered = status is not None and 200 <= status < 300
    return Outcome(delivered, status, took, _printable(said))


def _opened(secrets: tuple[Sealed, ...]) -> list[str]:
    """Raises Unreadable for the newest only: without it the receiver believes nothing for long."""
    newest, *before = secrets
    return [newest.open(), *(each.open() for each in before if not each.problem)]


def _printable(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:500]


@transaction.atomic
def settle(parcel: Parcel, outcome: Outcome, worker: str) -> WebhookAttempt | None:
    """Write down how a try ended, and what follows; None when the endpoint is gone."""
    rows = WebhookEndpoint.objects.select_for_update(of=("self",), no_key=True)
    endpoint = rows.filter(pk=parcel.endpoint_id).first()
    message = WebhookMessage.objects.filter(pk=parcel.message_id).first()
    if endpoint is None or message is None:
        return None
    now = timezone.now()
    attempt = WebhookAttempt.objects.create(
        message=message,
        at=now,
        delivered=outcome.delivered,
        status=outcome.status,
        milliseconds=outcome.milliseconds,
        detail=outcome.detail,
    )
    changes = _following(message, outcome, worker, now)
    WebhookMessage.objects.filter(pk=message.pk).update(**changes)
    if outcome.delivered:
        _failing(endpoint, None)
        return attempt
    if endpoint.url == parcel.url:
        _failed(endpoint, outcome, now)
    return attempt


def _following(
    message: WebhookMessage, outcome: Outcome, worker: str, now: datetime
) -> dict[str, Any]:
    """What becomes of the message; one that another worker took over meanwhile is left to it."""
    free: dict[str, Any] = {"claimed_by": "", "claimed_until": None}
    if outcome.delivered:
        return {"state": State.DELIVERED, **free}
    if message.state != State.WAITING or message.claimed_by != worker:
        return {"claimed_by": message.claimed_by}
    if message.attempts >= len(SCHEDULE):
        return {"state": State.FAILED, **free}
    pause = SCHEDULE[message.attempts] * random.uniform(1, 1 + CHANCE)  # noqa: S311
    return {"next_attempt_at": now + pause, **free}


def _failed(endpoint: WebhookEndpoint, outcome: Outcome, now: datetime) -> None:
    since = endpoint.failing_since
    if since is None:
        _failing(endpoint, now)
    if outcome.status == 410:
        stop_endpoint(endpoint.pk, _("It answered 410 Gone: it wants no more messages."))
    elif since is not None and now - since >= STOP_AFTER:
        stop_endpoint(endpoint.pk, _("Nothing arrived for %(n)d days.") % {"n": STOP_AFTER.days})


def _failing(endpoint: WebhookEndpoint, since: datetime | None) -> None:
    if endpoint.failing_since != since:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=since)


def prune() -> int:
    """Delete messages older than settings.WEBHOOK_LOG_DAYS, a piece at a time; what waits stays.

    They are held from the look to the end: what somebody sends again meanwhile is left alone.
    """
    before = timezone.now() - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    with transaction.atomic():
        old = (
            WebhookMessage.objects.select_for_update(skip_locked=connection.vendor == "postgresql")
            .exclude(state=State.WAITING)
            .filter(created_at__lt=before)
        )
        keys = list(old.values_list("pk", flat=True)[:PIECE])
        WebhookMessage.objects.filter(pk__in=keys).delete()
    return len(keys)
