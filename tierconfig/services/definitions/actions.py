"""Actions of a product: buttons of the control panel that lead to the vendor with a signed token.

Every function holds the product and raises PermissionDenied and ValidationError by field.
"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers import identifiers
from customers.actors import Actor
from customers.errors import field_error
from customers.models import Product

from ...models import Action
from . import editing
from .templates import scopes_of

MAX_KEY, MAX_NAME, MAX_DESCRIPTION = 100, 100, 300
_KEY = re.compile(r"[A-Za-z0-9_-]+")


@transaction.atomic
def add_action(
    product: Product, *, actor: Actor, action: str, name: str, description: str, scope: str
) -> Action:
    """A further button behind those of its scope; `action` is the vendor's own id of it."""
    held = editing.hold_own(product, actor)
    values = _cleaned(held, None, action, name, description, scope)
    rows = Action.objects.filter(product=held)
    made = identifiers.insert_as(
        Action,
        f"ACT-{identifiers.digits(held.pk)}-{editing.next_number(rows):03d}",
        product=held,
        position=editing.last_position(rows.filter(scope=scope)),
        **values,
    )
    editing.note("product.action_added", held, made, actor=actor)
    return made


@transaction.atomic
def edit_action(
    row: Action,
    *,
    actor: Actor,
    action: str,
    name: str,
    description: str,
    scope: str,
    seen: str = "",
) -> Action:
    """Change a button; tokens made from now on carry the new id."""
    held = editing.hold_own(row.product, actor)
    fresh = Action.objects.get(pk=row.pk)
    editing.check_seen(fresh, seen)
    moved = scope != fresh.scope
    changes = editing.changed(fresh, _cleaned(held, fresh, action, name, description, scope))
    if moved:
        rows = Action.objects.filter(product=held, scope=scope)
        fresh.position = editing.last_position(rows)
    if changes:
        editing.save(fresh)
        editing.note("product.action_changed", held, fresh, actor=actor, changes=changes)
    return fresh


@transaction.atomic
def remove_action(row: Action, *, actor: Actor) -> Action:
    """Remove a button; links already handed out end with their tokens."""
    held = editing.hold_own(row.product, actor)
    fresh = Action.objects.get(pk=row.pk)
    editing.note("product.action_removed", held, fresh, actor=actor)
    fresh.delete()
    return row


@transaction.atomic
def move_action(row: Action, *, actor: Actor, up: bool) -> Action:
    """One place up or down among the buttons of its scope."""
    held = editing.hold_own(row.product, actor)
    rows = Action.objects.filter(product=held, scope=row.scope).order_by("position", "pk")
    if editing.move(rows, row, up=up):
        editing.note("product.actions_reordered", held, row, actor=actor)
    return row


def _cleaned(
    product: Product, row: Action | None, action: str, name: str, description: str, scope: str
) -> dict[str, str]:
    key = editing.clean_line("action", action, MAX_KEY)
    if not _KEY.fullmatch(key):
        raise ValidationError({"action": _("Use letters, digits, hyphens and underscores only.")})
    others = Action.objects.filter(product=product, action=key)
    if others.exclude(pk=row.pk if row else "").exists():
        raise field_error("action", _("Another action has this ID."), "unique")
    if scope not in scopes_of(product) and (row is None or scope != row.scope):
        raise ValidationError(
            {"scope": _("This product asks nothing of that tier; see its capabilities.")}
        )
    return {
        "action": key,
        "name": editing.clean_line("name", name, MAX_NAME),
        "description": editing.clean_line("description", description, MAX_DESCRIPTION),
        "scope": scope,
    }
