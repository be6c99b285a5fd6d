"""Translations and locales as the API shows them."""

from __future__ import annotations

from typing import Any, TypedDict

from customers.models import Product

from ..products.children import events_of
from ..shaping import Events, Ref, Rendering, ref
from ..shared.texts import LOCALE
from .filters import PRODUCT, TRANSLATION


class LocaleStats(TypedDict):
    translations: int


class LocaleShape(TypedDict):
    id: str
    name: str
    local_name: str
    auto_translation: bool
    stats: LocaleStats


class TranslationContext(TypedDict):
    """What is translated: `instance_id` is the product's id, `id` the same."""

    id: str
    instance_id: str
    name: str
    type: str


class TranslationAuto(TypedDict):
    enabled: bool
    status: str


class TranslationStats(TypedDict):
    """Texts of the product's general data; all of them are there in its own language."""

    total: int
    translated: int


class TranslationShape(TypedDict):
    id: str
    context: TranslationContext
    owner: Ref
    locale: Ref
    primary: bool
    status: str
    description: str
    auto: TranslationAuto
    stats: TranslationStats
    events: Events


class TranslationAttribute(TypedDict):
    """`original` and `value` are the same in the primary translation."""

    key: str
    original: str
    value: str
    comment: str


class TranslationRendering(Rendering[Product]):
    shape = TranslationShape
    related = ("owner", "embedding")

    def one(self, product: Product) -> dict[str, Any]:
        count = sum(map(bool, _general(product)))
        return {
            "id": product.pk.replace(PRODUCT, TRANSLATION, 1),
            "context": {
                "id": product.pk,
                "instance_id": product.pk,
                "name": product.name,
                "type": "product",
            },
            "owner": ref(product.owner),
            "locale": {**LOCALE},
            "primary": True,
            "status": "active",
            "description": "",
            "auto": {"enabled": False, "status": "off"},
            "stats": {"total": count, "translated": count},
            "events": events_of(product),
        }


def _general(product: Product) -> list[str]:
    found = [product.name, product.short_description, product.detailed_description]
    if panel := getattr(product, "embedding", None):
        found += [panel.description, panel.getting_started]
    return found
