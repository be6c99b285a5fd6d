"""Choices of the filters of lists: what the actor sees, by name."""

from __future__ import annotations

from customers.actors import Actor
from customers.models import Marketplace, Product

Choices = list[tuple[str, str]]


def products(actor: Actor) -> Choices:
    rows = Product.objects.visible_to(actor).order_by("name")
    return list(rows.values_list("pk", "name"))


def vendors(actor: Actor) -> Choices:
    rows = Product.objects.visible_to(actor).order_by("owner__name")
    return list(rows.values_list("owner", "owner__name").distinct())


def distributors(actor: Actor) -> Choices:
    rows = Marketplace.objects.visible_to(actor).order_by("owner__name")
    return list(rows.values_list("owner", "owner__name").distinct())
