"""Products: listed, added, changed, put on sale and taken from it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Category, Product
from customers.services import icons
from fulfillment.services import products as sale
from tierconfig.services.definitions import products as services
from tierconfig.services.definitions.capabilities import change_capabilities
from tierconfig.services.definitions.embedding import embedding_of, save_embedding

from .. import lists
from ..errors import ApiError
from ..reading import FilesParser
from ..views import DetailView, ListView
from . import capabilities
from .bodies import NewProductBody, ProductBody
from .children import OfProduct, given, holding, removed
from .filters import ProductFilters
from .shapes import NO_CATEGORY, ProductRendering

GENERAL = ("name", "external_id", "short_description", "detailed_description")
PANEL = ("description", "getting_started")
LINKS = ("download_links", "documents")
FIELDS = {
    **capabilities.FIELDS,
    **{name: f"customer_ui_settings.{name}" for name in (*PANEL, *LINKS)},
    "action_url": "customer_ui_settings.action.url",
}


class ProductWriting(OfProduct, DetailView):
    """A product that may be written, with what belongs to it; the file `icon` is its picture."""

    parser_classes = [FilesParser]
    model = Product
    rendering = ProductRendering
    fields = FIELDS

    def object(self, **ids: str) -> Product:
        return self.product

    def write(self, product: Product, data: dict[str, Any]) -> None:
        """Everything that was sent, or nothing of it: in a transaction of the caller's."""
        if set(data) & {*GENERAL, "category"}:
            services.edit_product(
                product,
                actor=self.actor,
                category=self.category(data, product.category),
                **{name: given(data, name, getattr(product, name)) for name in GENERAL},
            )
        if data.get("capabilities"):
            self.switch(product, capabilities.wanted(data["capabilities"]))
        if panel := data.get("customer_ui_settings"):
            self.embed(product, panel)
        if icon := self.request.FILES.get("icon"):
            # One byte more than allowed is enough for the service to refuse it.
            icons.set_icon(product, actor=self.actor, content=icon.read(icons.MAX_BYTES + 1))

    def switch(self, product: Product, wanted: dict[str, Any]) -> None:
        """Only what is another one now: to send back what was read needs no administrator."""
        changed = {name: on for name, on in wanted.items() if getattr(product, name) != on}
        if changed:
            change_capabilities(product, actor=self.actor, **changed)

    def embed(self, product: Product, panel: dict[str, Any]) -> None:
        present = embedding_of(product)
        action = panel.get("action") or {}
        save_embedding(
            product,
            actor=self.actor,
            action_url=given(action, "url", present.action_url),
            **{name: given(panel, name, getattr(present, name)) for name in PANEL},
            **{name: panel.get(name, getattr(present, name)) for name in LINKS},
        )

    def category(self, data: dict[str, Any], present: Category | None = None) -> Category | None:
        if "category" not in data:
            return present
        wanted = data["category"]
        if wanted is None or wanted["id"] == NO_CATEGORY["id"]:
            return None
        found = Category.objects.visible_to(self.actor).filter(pk=wanted["id"]).first()
        if found is None:
            raise ApiError(_("category.id: there is no such category."))
        return found


class Products(ListView, ProductWriting):
    """The products the reader sees: its own, or those that are listed for it."""

    filters = ProductFilters
    body = NewProductBody

    def post(self, request: Request) -> Response:
        """Add a draft with its default templates."""
        if not self.actor.may_act:
            raise PermissionDenied
        data = self.sent()
        with transaction.atomic():
            made = services.add_product(
                actor=self.actor,
                category=self.category(data),
                **{name: given(data, name, "") for name in GENERAL},
            )
            rest = {name: part for name, part in data.items() if name not in GENERAL}
            rest.pop("category", None)
            self.write(made, rest)
        return self.shown(made, 201)


class ProductDetail(ProductWriting):
    """A product."""

    body = ProductBody

    @holding
    def put(self, request: Request, **ids: str) -> Response:
        """Change what was sent: general data, capabilities, what control panels show."""
        self.write(self.product, self.sent())
        return self.shown(self.product)

    def delete(self, request: Request, **ids: str) -> Response:
        """Delete a draft that nothing was made with."""
        sale.remove_product(self.product, actor=self.actor)
        return removed()


class EndSale(ProductWriting):
    """No new order from now on."""

    http_method_names = ["post", "options"]

    def post(self, request: Request, **ids: str) -> Response:
        return self.shown(sale.end_sale(self.product, actor=self.actor))


class ResumeSale(ProductWriting):
    """It may be ordered again."""

    http_method_names = ["post", "options"]

    def post(self, request: Request, **ids: str) -> Response:
        return self.shown(sale.resume_sale(self.product, actor=self.actor))


class Build(ProductWriting):
    """A draft is published; a version of its own is not made of it."""

    http_method_names = ["post", "options"]

    def post(self, request: Request, **ids: str) -> Response:
        return self.shown(sale.publish_product(self.product, actor=self.actor))


class Versions(ProductWriting):
    """The product as the only version of itself."""

    http_method_names = ["get", "head", "options"]
    listing = True

    def get(self, request: Request, **ids: str) -> Response:
        rendering = self.rendering(self.actor)
        rows = rendering.rows(self.rows()).filter(pk=self.product.pk)
        return lists.plain(rendering.all(rows), self.query())


class VersionDetail(ProductWriting):
    """The product, whose only version is 1."""

    http_method_names = ["get", "head", "options"]
