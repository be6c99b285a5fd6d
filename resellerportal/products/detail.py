"""One product: its head, its tabs, and what each of them shows."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from customers.models import Product

from ..generic import PortalObjectView
from . import (
    capabilities,
    connections,
    embedding,
    general,
    items,
    listings,
    messages,
    parameters,
    templates,
    webhooks,
)
from .frame import ProductTab, is_vendor


class ProductDetail(PortalObjectView):
    """Vendors read everything; the others what they can buy and what is asked for it."""

    model = Product
    name = "product"
    select_related = ("owner", "category")
    title = "name"
    every_tab: tuple[ProductTab, ...] = (
        general.TAB,
        capabilities.TAB,
        items.TAB,
        parameters.TAB,
        templates.TAB,
        embedding.TAB,
        messages.TAB,
        webhooks.TAB,
        connections.TAB,
        listings.TAB,
    )

    @cached_property
    def tabs(self) -> tuple[ProductTab, ...]:
        return tuple(
            tab
            for tab in self.every_tab
            if tab.shared or is_vendor(self.actor) or self.actor.role in tab.readers
        )

    @cached_property
    def tab(self) -> ProductTab:
        wanted = self.kwargs.get("tab", "")
        found = next((tab for tab in self.tabs if tab.name == wanted), None)
        if found is None:
            raise Http404
        return found

    def get_template_names(self) -> list[str]:
        return [self.tab.template]

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Products"), self.url("product-list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = self.object.pk
        context = super().get_context_data(**kwargs)
        tabs = [
            {
                "label": tab.label,
                "url": self.url("product-detail", pk, *filter(None, [tab.name])),
                "current": tab == self.tab,
            }
            for tab in self.tabs
        ]
        found = {"tabs": tabs, "badge": self.object, "actions": self.tab.actions(self)}
        return {**context, **found, **self.tab.fill(self)}
