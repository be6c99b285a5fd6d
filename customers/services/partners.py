"""What a partner decides about itself, and whom it knows."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from .. import actors
from ..actors import Actor
from ..events import record
from ..models import AccountAccess, Connection, Marketplace, Partner, Product
from ..visibility import NOTHING, near, providers


def may_set(partner: Partner, actor: Actor) -> bool:
    """Its own administrators, and those of the platform (decision 5)."""
    if actor.role == actors.ADMIN:
        return True
    return actor.partner == partner and actor.level == actors.ADMINISTRATOR


@transaction.atomic
def save_settings(partner: Partner, *, actor: Actor, tells_known: bool) -> Partner:
    """Store the settings of a distributor; storing the present ones again changes nothing.

    `tells_known`: whether its resellers hear that a company they enter is known to it elsewhere.
    Locks the row. Raises PermissionDenied.
    """
    held = Partner._base_manager.select_for_update(of=("self",), no_key=True).get(pk=partner.pk)
    if held.role != Partner.Role.DISTRIBUTOR or not may_set(held, actor):
        raise PermissionDenied
    if held.tells_known != tells_known:
        held.tells_known = tells_known
        held.updated_at = timezone.now()
        held.save()
        record("partner.settings", held, actor=actor, data={"tells_known": tells_known})
    return held


def named_to(actor: Actor) -> QuerySet[Partner]:
    """The acting partner and those the portal names to it, because they work together.

    To a vendor the distributors that offer or connect its products, never resellers; to a
    distributor those vendors and the resellers it let into accounts; to a reseller its
    distributors, the vendors of what they offer, and resellers above and below its own accounts.
    """
    if actor.partner is None:
        return Partner.objects.visible_to(actor)
    found = NOTHING
    if actor.role in (actors.VENDOR, actors.DISTRIBUTOR):
        connections = Connection.objects.visible_to(actor)
        markets = Marketplace.objects.visible_to(actor)
        if actor.role == actors.VENDOR:
            found |= Q(pk__in=markets.order_by().values("owner"))
            found |= Q(pk__in=connections.values("hub__provider"))
        else:
            access = AccountAccess.objects.visible_to(actor).current()
            found |= Q(pk__in=access.values("partner"))
            found |= Q(pk__in=connections.values("product__owner"))
    if actor.role in (actors.DISTRIBUTOR, actors.RESELLER):
        products = Product.objects.visible_to(actor).order_by()
        found |= Q(pk__in=products.values("owner"))
    if actor.role == actors.RESELLER:
        found |= Q(pk__in=providers(actor)) | Q(pk__in=near(actor).values("partner"))
    return Partner.objects.filter(found | Q(pk=actor.partner.pk))
