"""What of an account an actor may be told beyond the account itself (decision 4)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from customers.actors import RESELLER, VENDOR, Actor
from customers.models import TierAccount, TierAccountRequest
from customers.visibility import strangers

PENDING = Q(state=TierAccountRequest.State.PENDING)


def sees(actor: Actor, account: TierAccount) -> bool:
    return TierAccount.objects.visible_to(actor).filter(pk=account.pk).exists()


def named(actor: Actor, wanted: Collection[Any]) -> set[str]:
    """Those of the account ids `wanted` that the actor may be told the name of.

    Accounts it sees; to a reseller also the present parents of those, which orders name as tiers.
    """
    if not wanted:
        return set()
    rows = TierAccount.objects.visible_to(actor).order_by()
    found = set(rows.filter(pk__in=wanted).values_list("pk", flat=True))
    if actor.role == RESELLER:
        found |= set(rows.filter(parent__in=wanted).values_list("parent", flat=True).distinct())
    return found


def told_parent(actor: Actor, account: TierAccount) -> TierAccount | None:
    """The parent on pages that change the account; None when it has none that may be named."""
    parent = account.parent
    return None if parent and actor.role == VENDOR and not sees(actor, parent) else parent


def named_owner(actor: Actor, account: TierAccount) -> str:
    """Who created the account; a reseller is not told from whom an account came to it."""
    owner = account.owner
    others = actor.role == RESELLER and owner.role == RESELLER and owner.pk != actor.partner_id
    if others and strangers({owner.pk}, actor):
        return _("A reseller that is not named to you")
    return owner.name


def with_open(rows: Any, actor: Actor) -> Any:
    """Accounts with `open`: how many of their requests that the actor sees are pending."""
    requests = TierAccountRequest.objects.visible_to(actor).filter(PENDING, account=OuterRef("pk"))
    counted = requests.order_by().values("account").annotate(n=Count("pk")).values("n")
    return rows.annotate(open=Coalesce(Subquery(counted, output_field=IntegerField()), 0))


def with_parent(rows: Any, actor: Actor) -> Any:
    """Accounts with `parent_seen` and `parent_named`: whether the actor sees the parent, and
    whether it may be told its name (decision 4)."""
    if actor.role not in (VENDOR, RESELLER):
        return rows.annotate(parent_seen=Value(True), parent_named=Value(True))
    seen = TierAccount.objects.visible_to(actor).filter(pk=OuterRef("parent_id"))
    rows = rows.annotate(parent_seen=Exists(seen.order_by()))
    return rows.annotate(parent_named=F("parent_seen") if actor.role == VENDOR else Value(True))
