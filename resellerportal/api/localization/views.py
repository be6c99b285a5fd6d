"""Locales and translations, read; texts are changed where they stand, on the product itself."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from customers import spreadsheets
from customers.models import Product
from customers.service_rights import PRODUCTS
from customers.spreadsheets import CONTENT_TYPES, XLSX, Sheet

from .. import lists
from ..errors import NotFound
from ..shared.texts import LOCALE
from ..views import ApiView, DetailView, ListView
from .filters import PRODUCT, TRANSLATION, TranslationFilters, locales
from .shapes import LocaleShape, TranslationAttribute, TranslationRendering
from .texts import texts_of

HEAD = ("key", "<original>", "value", "comment", "editor")


class Locales(ApiView):
    """The one language there is."""

    module = PRODUCTS
    listing = True
    shape = LocaleShape

    def get(self, request: Request) -> Response:
        count = Product.objects.visible_to(self.actor).count()
        locale = {
            **LOCALE,
            "local_name": LOCALE["name"],
            "auto_translation": False,
            "stats": {"translations": count},
        }
        query = self.query()
        narrowing = locales()
        return lists.plain(narrowing.apply(query, [locale]), query, narrowing.unknown)


class Translations(ListView):
    """The primary translation of each product the reader sees."""

    module = PRODUCTS
    model = Product
    filters = TranslationFilters
    rendering = TranslationRendering


class TranslationDetail(DetailView):
    """A translation: the texts of one product in one language."""

    module = PRODUCTS
    model = Product
    rendering = TranslationRendering

    def object(self, **ids: str) -> Product:
        pk = ids["pk"]
        if not pk.startswith(TRANSLATION):
            raise NotFound(pk)
        try:
            return self.visible(self.rows(), pk.replace(TRANSLATION, PRODUCT, 1))
        except NotFound as error:
            raise NotFound(pk) from error


class TranslationAttributes(TranslationDetail):
    """The texts one by one: as JSON, or as a workbook for who accepts one."""

    listing = True
    shape = TranslationAttribute

    def get(self, request: Request, **ids: str) -> HttpResponse:
        product = self.object(**ids)
        texts = texts_of(product, self.actor)
        if CONTENT_TYPES[XLSX] in request.headers.get("Accept", ""):
            return self.workbook(product, texts)
        found = [
            {"key": key, "original": text, "value": text, "comment": ""} for key, text in texts
        ]
        return lists.plain(found, self.query())

    def workbook(self, product: Product, texts: list[tuple[str, str]]) -> HttpResponse:
        shown = TranslationRendering(self.actor).alone(product)
        general = [
            ("Context", f"{product.name} ({product.pk})"),
            ("Owner", f"{product.owner.name} ({product.owner.pk})"),
            ("Locale", f"{LOCALE['id']} ({LOCALE['name']})"),
            ("Primary", "Yes"),
            ("Status", shown["status"]),
            ("Auto-translation", "Disabled"),
        ]
        rows = [(key, text, text, "", "") for key, text in texts]
        sheets = [
            Sheet("General", ("Translation", shown["id"]), general),
            Sheet("Attributes", HEAD, rows),
        ]
        content = b"".join(spreadsheets.write(XLSX, sheets))
        return HttpResponse(content, content_type=CONTENT_TYPES[XLSX])
