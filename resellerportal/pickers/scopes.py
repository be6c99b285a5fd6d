"""Which accounts may be chosen, by what for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from customers.actors import ADMIN, Actor
from customers.models import TierAccount
from customers.visibility import seen_ids, within_subtree

PREVIEW = TierAccount.Environment.PREVIEW


def parents(actor: Actor) -> Any:
    """Resellers below which the actor may create or hang accounts, unless they are previews."""
    return _own(actor).resellers().exclude(environment=PREVIEW)


def previews(actor: Actor) -> Any:
    """Preview resellers below which the actor may create or hang preview accounts: its own."""
    rows = TierAccount.objects.visible_to(actor).current().resellers().filter(environment=PREVIEW)
    return rows if actor.role == ADMIN else rows.filter(owner=actor.partner)


def customers(actor: Actor) -> Any:
    """Accounts the actor may order for: whatever has a parent, which becomes tier 1."""
    return _own(actor).filter(parent__isnull=False).exclude(environment=PREVIEW)


def preview_customers(actor: Actor) -> Any:
    """Preview accounts of its own that the actor may order previews for."""
    rows = TierAccount.objects.visible_to(actor).current().filter(environment=PREVIEW)
    rows = rows.filter(parent__isnull=False)
    return rows if actor.role == ADMIN else rows.filter(owner=actor.partner)


def _own(actor: Actor) -> Any:
    """Accounts in use on which the actor has the rights of its role, not those it only sees."""
    rows = TierAccount.objects.visible_to(actor).current()
    return rows.filter(within_subtree(actor)) if seen_ids(actor) else rows


#: What may be chosen, by name: the typed search asks for it by this name too.
SCOPES: dict[str, Callable[[Actor], Any]] = {
    "parents": parents,
    "previews": previews,
    "customers": customers,
    "preview_customers": preview_customers,
}
#: Those that a vendor may search.
OF_VENDORS = ("previews", "preview_customers")


def offered(scope: str, actor: Actor, but: TierAccount | None = None, provider: str = "") -> Any:
    if scope == "parents" and but is not None and but.environment == PREVIEW:
        scope = "previews"
    rows = SCOPES[scope](actor)
    if provider:
        rows = rows.filter(provider=provider)
    if but is None:
        return rows
    return rows.exclude(tree_id=but.tree_id, lft__gte=but.lft, rght__lte=but.rght)
