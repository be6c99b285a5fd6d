"""What lists and rows of one product have in common: parameters, templates, items and so on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from rest_framework.request import Request
from rest_framework.response import Response

from customers.actors import VENDOR
from customers.lifecycle import hold
from customers.models import Product
from customers.permissions import by_vendor
from customers.service_rights import PRODUCTS

from ..errors import NotFound
from ..rql import EVERYTHING, NOTHING, Filters
from ..shaping import Events, stamp
from ..views import READS, ApiView, DetailView, ListView

Handler = Callable[..., Response]
#: Published data are edited in place, so there is one version (domain 2.4).
VERSION = 1


class OfProduct(ApiView):
    """About the product `pk`, in its only `version` where the address names one.

    `writers` are the roles that may send anything else than a question.
    """

    module = PRODUCTS
    writers: ClassVar[tuple[str, ...]] = (VENDOR,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in READS and self.actor.role not in self.writers:
            raise PermissionDenied

    @cached_property
    def product(self) -> Product:
        found = self.visible(Product, self.kwargs["pk"])
        version = self.kwargs.get("version", str(VERSION))
        if version != str(VERSION):
            raise NotFound(version)
        return found

    def own(self) -> Product:
        """The product, for its vendor's agents: asked before what was sent is judged."""
        if not by_vendor(self.product, self.actor):
            raise PermissionDenied
        return self.product


def holding(handler: Handler) -> Handler:
    """A handler that completes what was sent with what is there, while the product is held."""

    @wraps(handler)
    def handle(self: OfProduct, request: Request, **ids: str) -> Response:
        with transaction.atomic():
            self.product = hold(self.own())
            return handler(self, request, **ids)

    return handle


class Children(OfProduct, ListView, DetailView):
    """The rows of one kind; what is added is answered as it is then."""

    ordering: ClassVar[tuple[str, ...]] = ("position", "pk")

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(product=self.product)


class Child(OfProduct, DetailView):
    """The row `key`."""

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(product=self.product)

    def object(self, **ids: str) -> Any:
        return self.visible(self.rows(), ids["key"])

    def own_row(self) -> Any:
        """The row, for its vendor's agents: asked before what was sent is judged."""
        self.own()
        return self.object(**self.kwargs)


class ChildFilters(Filters):
    """Also filters of what is the same for all rows here: `CONSTANTS` are its values as texts."""

    CONSTANTS: ClassVar[dict[str, str]] = {}

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        return EVERYTHING if value.casefold() == self.CONSTANTS[name] else NOTHING


def events_of(row: Any) -> Events:
    """When it was made and changed; who did it stands in the history of its product."""
    return {"created": {"at": stamp(row.created_at)}, "updated": {"at": stamp(row.updated_at)}}


def given(data: dict[str, Any], name: str, present: Any) -> Any:
    """What was sent under `name`, null for nothing; without it what is there at present."""
    found = data.get(name, present)
    return "" if found is None else found


def removed() -> Response:
    return Response(status=204)
