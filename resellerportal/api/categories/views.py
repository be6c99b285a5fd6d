"""Categories: kept by administrators of the platform, the same for everybody."""

from __future__ import annotations

from typing import Any

from customers.models import Category
from customers.service_rights import PRODUCTS

from ..rql import Filters, field
from ..shaping import Ref, Rendering, ref
from ..views import DetailView, ListView


class CategoryRendering(Rendering[Category]):
    shape = Ref

    def one(self, category: Category) -> dict[str, Any]:
        return {**ref(category)}


class CategoryFilters(Filters):
    MODEL = Category
    FILTERS = [
        field("id", order=True, search=True),
        field("name", order=True, search=True),
    ]


class Categories(ListView):
    """Kinds of products, the same for everybody."""

    module = PRODUCTS
    model = Category
    filters = CategoryFilters
    rendering = CategoryRendering
    ordering = ("name",)


class CategoryDetail(DetailView):
    """A kind of products."""

    module = PRODUCTS
    model = Category
    rendering = CategoryRendering
