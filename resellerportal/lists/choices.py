"""Choices that several filters offer, as far as the actor sees them; read once per request."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from customers.actors import Actor
from customers.models import Marketplace, Product

from .. import statements

Choices = list[tuple[str, str]]


def products(actor: Actor) -> Choices:
    return [(pk, name) for pk, name, *_owner in _products(actor)]


def vendors(actor: Actor) -> Choices:
    """The vendors of the products the actor sees."""
    found = {owner: name for _pk, _name, owner, name in _products(actor)}
    return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))


def distributors(actor: Actor) -> Choices:
    """The owners of the marketplaces the actor sees."""
    rows = statements.rows("distributors", actor, lambda: _distributors(actor))
    return [(pk, name) for pk, name in rows]


def marketplaces(actor: Actor) -> Choices:
    rows = statements.rows("marketplaces", actor, lambda: _marketplaces(actor))
    return [(pk, name) for pk, name in rows]


def _marketplaces(actor: Actor) -> QuerySet[Any]:
    return Marketplace.objects.visible_to(actor).order_by("name", "pk").values_list("pk", "name")


def _distributors(actor: Actor) -> QuerySet[Any]:
    rows = Marketplace.objects.visible_to(actor).order_by("owner__name", "owner")
    return rows.values_list("owner", "owner__name").distinct()


def _products(actor: Actor) -> list[tuple[Any, ...]]:
    """(id, name, vendor's id, vendor's name) of visible products by name."""
    if "products" not in actor.memo:
        actor.memo["products"] = statements.rows("products", actor, lambda: _listed(actor))
    found: list[tuple[Any, ...]] = actor.memo["products"]
    return found


def _listed(actor: Actor) -> QuerySet[Any]:
    rows = Product.objects.visible_to(actor).order_by("name", "pk")
    return rows.values_list("pk", "name", "owner_id", "owner__name")
