"""Which products stand beside each other, ten at a time."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Product

from ..lists.listing import Address

#: Products on a page; products that can be chosen from at most.
BREADTH, MOST = 10, 500


def orderable(actor: Actor) -> list[Product]:
    """Products on sale that the actor sees, first those that ask something of resellers.

    Read once per request.
    """
    if "orderable" not in actor.memo:
        actor.memo["orderable"] = _orderable(actor)
    found: list[Product] = actor.memo["orderable"]
    return found


def pairs(actor: Actor) -> list[tuple[str, str]]:
    """The same as choices of a filter."""
    return [(each.pk, each.name) for each in orderable(actor)]


def _orderable(actor: Actor) -> list[Product]:
    rows = Product.objects.visible_to(actor).orderable().select_related("owner")
    return sorted(
        rows.only("name", "state", "authorization_level", "validates_setups", "owner__name")[:MOST],
        key=lambda each: (not each.authorization_level, each.name.casefold(), each.pk),
    )


class Choice:
    """The products the address asks for: one (`product`), some (`p`), or all of them."""

    def __init__(self, offered: list[Product], params: QueryDict, only: str) -> None:
        self.offered = offered
        self.only = next((each for each in offered if each.pk == only), None)
        self.unknown = bool(only) and self.only is None
        self.wanted = {each for each in params.getlist("p") if each}
        chosen = [each for each in offered if each.pk in self.wanted] or offered
        self.chosen = [self.only] if self.only else chosen
        raw = params.get("part", "")[:4]
        last = max(0, (len(self.chosen) - 1) // BREADTH)
        self.part = min(int(raw) if raw.isdecimal() else 0, last)

    @property
    def page(self) -> list[Product]:
        start = self.part * BREADTH
        return self.chosen[start : start + BREADTH]

    def kept(self, params: QueryDict) -> list[tuple[str, str]]:
        """What a form about the rows has to keep of it."""
        part = [("part", str(self.part))] if self.part else []
        return [("p", each.pk) for each in self.offered if each.pk in self.wanted] + part

    def menu(self, address: Address) -> dict[str, Any]:
        """The form that chooses them: boxes, and what it keeps of the address."""
        keep = [
            (name, value)
            for name, values in address.values.items()
            for value in values
            if name not in ("p", "part", "product", "state")
        ]
        boxes = [
            {"pk": each.pk, "name": each.name, "checked": each in self.chosen}
            for each in self.offered
        ]
        return {"boxes": boxes, "keep": keep}

    def paging(self, params: QueryDict) -> dict[str, Any]:
        """ "Products 11–20 of 42", and the ways to the others; the rows stay where they are."""
        total, start = len(self.chosen), self.part * BREADTH
        words = {"first": start + 1, "last": start + len(self.page), "total": total}
        found: dict[str, Any] = {
            "text": _("Products %(first)d–%(last)d of %(total)d") % words if total else ""
        }
        if start + BREADTH < total:
            found["next"] = _at(params, self.part + 1)
        if self.part:
            found["previous"] = _at(params, self.part - 1)
        return found


def _at(params: QueryDict, part: int) -> str:
    changed = params.copy()
    changed["part"] = str(part)
    return "?" + changed.urlencode()
