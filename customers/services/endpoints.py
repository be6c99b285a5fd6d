"""Addresses of a partner that are told what happens: kept by its administrators, because of the
secrets.

Every function holds the endpoint's row and then those of its messages. PermissionDenied for
everybody else, an administrator of the platform too; ValidationError by field.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import actors, identifiers, outbound
from ..actors import Actor
from ..cleaning import clean_text
from ..errors import field_error
from ..events import record
from ..lifecycle import check_revision, touch
from ..models import Event, Product, WebhookEndpoint, WebhookMessage
from ..sealing import Sealed
from ..webhook_signing import new_secret

#: Endpoints a partner may have: each event makes a message for each of them.
MOST = 20
#: How long the old secret signs beside the new one.
OLD_SECRET_FOR = timedelta(hours=24)
TEST = "webhook.test"
_check_url = URLValidator(schemes=["http", "https"])
State = WebhookMessage.State


def may_manage(actor: Actor) -> bool:
    """Whether the actor keeps the endpoints of the partner it acts for."""
    return actor.partner is not None and actor.level == actors.ADMINISTRATOR


def hold_own(endpoint: WebhookEndpoint, actor: Actor, revision: int | None = None) -> Any:
    """The endpoint, locked and fresh. Raises PermissionDenied, StaleForm, DoesNotExist."""
    if not may_manage(actor) or endpoint.partner_id != actor.partner_id:
        raise PermissionDenied
    held = _locked(endpoint.pk)
    check_revision(held, revision)
    return held


def _locked(pk: str) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=pk)


@transaction.atomic
def add_endpoint(
    *, actor: Actor, label: str, url: str, types: Iterable[str] = (), product: str = ""
) -> WebhookEndpoint:
    """An active endpoint with a secret of its own; `types` empty: every type, `product` an id."""
    if not may_manage(actor) or actor.partner is None:
        raise PermissionDenied
    if WebhookEndpoint.objects.filter(partner=actor.partner).count() >= MOST:
        raise ValidationError(
            _("There are %(n)d webhooks, which is the most. Delete one first.") % {"n": MOST}
        )
    fields = _cleaned(actor, label, url, types, product)
    endpoint = identifiers.insert(
        WebhookEndpoint, "WE", partner=actor.partner, secret=Sealed.of(new_secret()), **fields
    )
    _note("webhookendpoint.created", endpoint, actor)
    return endpoint


@transaction.atomic
def edit_endpoint(
    endpoint: WebhookEndpoint,
    *,
    actor: Actor,
    label: str,
    url: str,
    types: Iterable[str] = (),
    product: str = "",
    revision: int | None = None,
) -> WebhookEndpoint:
    """Change what is told, and where to. What waits already goes to the new address.

    Who has another address did not fail there yet.
    """
    held: WebhookEndpoint = hold_own(endpoint, actor, revision)
    changed = []
    for name, value in _cleaned(actor, label, url, types, product).items():
        if getattr(held, name) != value:
            setattr(held, name, value)
            changed.append(name)
    if "url" in changed:
        held.failing_since = None
    if changed:
        touch(held)
        # Names alone: an address may hold a password of its own.
        _note("webhookendpoint.edit", held, actor, changed=changed)
    return held


@transaction.atomic
def rotate_secret(endpoint: WebhookEndpoint, *, actor: Actor) -> str:
    """A new secret, answered now and never again; the old one signs too for 24 hours."""
    held: WebhookEndpoint = hold_own(endpoint, actor)
    secret = new_secret()
    held.old_secret, held.secret = held.secret, Sealed.of(secret)
    held.old_secret_until = timezone.now() + OLD_SECRET_FOR
    touch(held)
    _note("webhookendpoint.rotate", held, actor)
    return secret


@transaction.atomic
def switch_endpoint(endpoint: WebhookEndpoint, *, actor: Actor, on: bool) -> WebhookEndpoint:
    """Activate or deactivate; doing what is done already changes nothing.

    What waits when it is switched off counts as failed, and can be sent again later. What happens
    while it is off makes no message.
    """
    held: WebhookEndpoint = hold_own(endpoint, actor)
    if held.active == on:
        return held
    held.active, held.stopped_because = on, ""
    held.failing_since = None
    touch(held)
    if not on:
        _give_up(held)
    verb = "webhookendpoint.switch_on" if on else "webhookendpoint.switch_off"
    _note(verb, held, actor)
    return held


@transaction.atomic
def delete_endpoint(endpoint: WebhookEndpoint, *, actor: Actor) -> None:
    """With all its messages; its events stay.

    Locked for good: a message that is being made for it waits, and then finds it gone.
    """
    held: WebhookEndpoint = hold_own(endpoint, actor)
    WebhookEndpoint.objects.select_for_update(of=("self",)).get(pk=held.pk)
    _note("webhookendpoint.deleted", held, actor)
    held.delete()


@transaction.atomic
def stop_endpoint(endpoint_id: str, because: str) -> None:
    """Switched off by the platform; `webhookendpoint.stopped` tells its administrators."""
    held = _locked(endpoint_id)
    if not held.active:
        return
    held.active, held.stopped_because = False, because[:255]
    touch(held)
    _give_up(held)
    _note("webhookendpoint.stopped", held, Actor.system(), reason=because)


@transaction.atomic
def make_test(endpoint: WebhookEndpoint, *, actor: Actor, link: str = "") -> WebhookMessage:
    """A message about nothing, to see whether they arrive; an endpoint that is off gets it too.

    It is for webhooks.deliver_now: no worker takes it, because it does not wait.
    """
    held: WebhookEndpoint = hold_own(endpoint, actor)
    now = timezone.now()
    data = {"id": held.pk, "text": "Tierdesk sends this to see whether it arrives.", "link": link}
    payload = {"type": TEST, "timestamp": now.isoformat(timespec="seconds"), "data": data}
    return WebhookMessage.objects.create(
        endpoint=held,
        type=TEST,
        payload=payload,
        state=State.FAILED,
        attempts=1,
        created_at=now,
    )


@transaction.atomic
def replay_message(message: WebhookMessage, *, actor: Actor) -> WebhookMessage:
    """Send a message again, with its old id and bytes, whatever became of it. What waits already
    is due now. Raises ValidationError while the endpoint is off."""
    held = hold_own(message.endpoint, actor)
    _check_active(held)
    own = WebhookMessage.objects.filter(pk=message.pk, endpoint=held)
    if not _again(own):
        raise WebhookMessage.DoesNotExist
    _note("webhookendpoint.replay", held, actor, messages=1)
    return own.get()


def enqueue(told: Iterable[tuple[WebhookEndpoint, Event, str, dict[str, Any]]]) -> None:
    """A message about an event, of a type and with a payload, for each endpoint that has none."""
    WebhookMessage.objects.bulk_create(
        [
            WebhookMessage(endpoint=endpoint, event=event, type=type, payload=payload)
            for endpoint, event, type, payload in told
        ],
        ignore_conflicts=True,
    )


def failed_since(endpoint: WebhookEndpoint, since: datetime) -> QuerySet[WebhookMessage]:
    """Messages that were made since and never arrived, but for tests."""
    rows = WebhookMessage.objects.filter(endpoint=endpoint, state=State.FAILED)
    return rows.filter(created_at__gte=since).exclude(type=TEST)


@transaction.atomic
def replay_failed(endpoint: WebhookEndpoint, *, actor: Actor, since: datetime) -> int:
    """Send again what failed since; how many messages that are."""
    held = hold_own(endpoint, actor)
    _check_active(held)
    count = _again(failed_since(held, since))
    if count:
        _note("webhookendpoint.replay", held, actor, messages=count)
    return count


def _check_active(endpoint: WebhookEndpoint) -> None:
    if not endpoint.active:
        raise ValidationError(_("This webhook is switched off. Switch it on first."))


def _again(rows: QuerySet[WebhookMessage]) -> int:
    now = timezone.now()
    return rows.update(
        state=State.WAITING, attempts=0, next_attempt_at=now, claimed_by="", claimed_until=None
    )


def _give_up(endpoint: WebhookEndpoint) -> None:
    waiting = WebhookMessage.objects.filter(endpoint=endpoint, state=State.WAITING)
    waiting.update(state=State.FAILED, claimed_by="", claimed_until=None)


def _note(
    verb: str, endpoint: WebhookEndpoint, actor: Actor, *, reason: str = "", **data: Any
) -> None:
    record(
        verb,
        endpoint,
        actor=actor,
        reason=reason,
        data={"label": endpoint.label, "owner": endpoint.partner_id, **data},
    )


def _cleaned(
    actor: Actor, label: str, url: str, types: Iterable[str], product: str
) -> dict[str, Any]:
    try:
        text = clean_text(label, max_length=100)
    except ValidationError as error:
        raise ValidationError({"label": error}) from error
    if not text:
        raise field_error("label", _("Enter a text."), "required")
    chosen = None
    if product:
        chosen = Product.objects.visible_to(actor).filter(pk=product).first()
        if chosen is None:
            raise field_error("product", _("There is no such product."), "unknown")
    kinds = list(dict.fromkeys(str(each)[:64] for each in types))
    return {"label": text, "url": _clean_url(url), "types": kinds, "product": chosen}


def _clean_url(value: str) -> str:
    try:
        text: str = clean_text(value, max_length=1024)
        outbound.check_address(text)
        _check_url(text)
    except outbound.Unreachable as error:
        raise field_error("url", str(error), "url") from None
    except ValidationError as error:
        raise ValidationError({"url": error}) from error
    return text
