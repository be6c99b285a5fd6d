"""Which of a vendor's users looks after a request."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.actors import ADMINISTRATOR, AGENT, VENDOR, Actor
from customers.errors import field_error
from customers.events import record
from customers.lifecycle import StaleState, check_revision, hold, touch
from customers.models import User
from customers.permissions import by_vendor

from ..models import ProcessedRequest

R = TypeVar("R", bound=ProcessedRequest)


def assign(request: ProcessedRequest, actor: Actor) -> None:
    """A vendor's user who acts on an unassigned request becomes its assignee."""
    if actor.role == VENDOR and request.assignee_id is None:
        request.assignee = actor.user


def assignees(request: ProcessedRequest) -> QuerySet[User]:
    """Who may look after it: active members of its vendor that may do more than read."""
    found: QuerySet[User] = User.objects.filter(
        is_active=True,
        memberships__partner=request.vendor_id,
        memberships__active=True,
        memberships__level__in=(AGENT, ADMINISTRATOR),
    )
    return found.distinct().order_by("name", "pk")


@transaction.atomic
def assign_request(
    request: R, *, actor: Actor, user: User | None, revision: int | None = None
) -> R:
    """Give the request to a user of its vendor, or to nobody; in any state that is not final.

    The vendor's to do. Nothing happens when it is so already. Raises PermissionDenied, StaleState,
    StaleForm, and ValidationError on field `user` when it is not one of `assignees`.
    """
    held = hold(request)
    if not by_vendor(held, actor):
        raise PermissionDenied
    if held.decided_at is not None:
        raise StaleState(held, "assign")
    check_revision(held, revision)
    if user is not None and not assignees(held).filter(pk=user.pk).exists():
        raise field_error("user", _("There is no such user."), "unknown")
    if held.assignee_id == (user.pk if user else None):
        return held
    held.assignee = user
    touch(held)
    verb = "assign" if user else "unassign"
    data = {"user": str(user)} if user else {}
    record(f"{held._meta.model_name}.{verb}", held, actor=actor, data=data)
    return held
