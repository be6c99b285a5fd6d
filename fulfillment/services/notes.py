"""The note of an order: one remark that both sides write and read."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from customers.actors import Actor
from customers.events import record
from customers.lifecycle import StaleState, check_revision, touch
from customers.permissions import any_of, by_creator, by_distributor, by_reseller, by_vendor

from ..models import FulfillmentRequest
from .births import clean_note
from .decisions import hold_order

_by_either_side = any_of(by_vendor, by_distributor, by_reseller)


@transaction.atomic
def note_request(
    request: FulfillmentRequest, *, actor: Actor, note: str, revision: int | None = None
) -> FulfillmentRequest:
    """Put another note in place, as long as the order is not decided; that of a draft is its
    maker's. Raises PermissionDenied, StaleState, StaleForm, and ValidationError on field `note`.
    """
    held = hold_order(request)
    is_draft = held.state == FulfillmentRequest.State.DRAFT
    if not (by_creator if is_draft else _by_either_side)(held, actor):
        raise PermissionDenied
    if held.decided_at is not None:
        raise StaleState(held, "note")
    check_revision(held, revision)
    note = clean_note(note)
    if note != held.note:
        held.note = note
        touch(held)
        record("fulfillmentrequest.note", held, actor=actor)
    return held
