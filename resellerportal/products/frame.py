"""The tabs of a product's page: each is declared where what it shows is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from customers.actors import ADMIN, VENDOR, Actor
from customers.permissions import by_administrator_of, by_vendor

from ..parts import Action, DetailTab

if TYPE_CHECKING:
    from .detail import ProductDetail


def _no_actions(page: ProductDetail) -> list[Action]:
    return []


@dataclass(frozen=True)
class ProductTab(DetailTab):
    """`fill` gives the context of the tab's template, `actions` the buttons of the head.

    `shared` tabs are read by distributors and resellers too, others by the roles in `readers`.
    """

    fill: Callable[[ProductDetail], dict[str, Any]]
    actions: Callable[[ProductDetail], list[Action]] = _no_actions
    shared: bool = False
    readers: tuple[str, ...] = ()


def is_vendor(actor: Actor) -> bool:
    """Whether the product's own side reads: the vendor, or an administrator in its portal."""
    return actor.role in (VENDOR, ADMIN)


def crumbs(page: Any, product: Any) -> list[tuple[Any, str]]:
    """The pages above a form about a product, or about a new one."""
    found = [(_("Products"), page.url("product-list"))]
    return [*found, (product.name, page.url("product-detail", product.pk))] if product else found


def may_edit(page: ProductDetail) -> bool:
    """Whether the definitions of the product can be changed from this page."""
    return page.portal == VENDOR and by_vendor(page.object, page.actor)


def may_administer(page: ProductDetail) -> bool:
    """Whether capabilities and secrets of the product can be changed from this page."""
    return page.portal == VENDOR and by_administrator_of(page.object, page.actor)
