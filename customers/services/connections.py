"""Connections of products to hubs: a distributor asks for one, the product's vendor decides.

For administrators of either side, because orders travel over a connection. Every function holds
the product; all is recorded on it. Raises PermissionDenied and ValidationError by field.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import actors, identifiers
from ..actors import Actor
from ..errors import field_error
from ..events import record
from ..lifecycle import hold
from ..models import Connection, Hub, Product
from ..permissions import by_administrator_of, by_distributor

Status = Connection.Status
#: Decision -> the status it leads to, and from which ones.
DECISIONS = {
    "approve": (Status.APPROVED, (Status.PENDING, Status.REJECTED)),
    "reject": (Status.REJECTED, (Status.PENDING,)),
}


def may_request(hub: Hub, actor: Actor) -> bool:
    """Administrators of the hub's distributor."""
    return by_distributor(hub, actor) and actor.level == actors.ADMINISTRATOR


@transaction.atomic
def request_connection(product: Product, *, actor: Actor, hub: Hub, type: str) -> Connection:
    """Ask the vendor for a connection; one per hub, product and type."""
    held = hold(product)
    if not may_request(hub, actor):
        raise PermissionDenied
    if type not in Connection.Type.values:
        raise ValidationError({"type": _("Choose test or production.")})
    there = Connection.objects.filter(product=held, hub=hub, type=type).first()
    if there is not None:
        raise field_error(
            "hub",
            _("%(id)s connects this hub already: %(status)s.")
            % {"id": there.pk, "status": there.get_status_display()},
            "unique",
        )
    connection = identifiers.insert(
        Connection, "CT", product=held, hub=hub, type=type, status=Status.PENDING
    )
    _note("product.connection_requested", held, connection, actor, "")
    return connection


@transaction.atomic
def approve_connection(connection: Connection, *, actor: Actor) -> Connection:
    """Let orders travel over it from now on."""
    return _decide(connection, "approve", "product.connection_approved", actor)


@transaction.atomic
def reject_connection(connection: Connection, *, actor: Actor) -> Connection:
    """Refuse it; it may still be approved later."""
    return _decide(connection, "reject", "product.connection_rejected", actor)


def decisions_for(connection: Connection, product: Product, actor: Actor) -> list[str]:
    """What the actor may decide about it now."""
    if not by_administrator_of(product, actor):
        return []
    return [name for name, (_to, sources) in DECISIONS.items() if connection.status in sources]


def _decide(connection: Connection, name: str, verb: str, actor: Actor) -> Connection:
    held = hold(connection.product)
    if not by_administrator_of(held, actor):
        raise PermissionDenied
    fresh = Connection.objects.get(pk=connection.pk)
    status, sources = DECISIONS[name]
    if fresh.status not in sources:
        raise ValidationError(
            _("%(id)s is already decided: %(status)s.")
            % {"id": fresh.pk, "status": fresh.get_status_display()},
            code="state",
        )
    before, fresh.status = fresh.status, status
    fresh.updated_at = timezone.now()
    fresh.save()
    _note(verb, held, fresh, actor, before)
    return fresh


def _note(verb: str, product: Product, row: Connection, actor: Actor, before: str) -> None:
    changes = {"status": [before, row.status]}
    data = {"id": row.pk, "name": f"{row.hub.name} ({row.type})", "changes": changes}
    record(verb, product, actor=actor, data=data)
