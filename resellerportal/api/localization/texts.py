"""The texts of a product that people read, by key, as far as the reader may know them."""

from __future__ import annotations

from collections.abc import Iterator

from customers.actors import Actor
from customers.models import Product
from fulfillment.models import Item
from tierconfig.models import Action, Parameter, ProductMessage, Template
from tierconfig.services.definitions.embedding import embedding_of

from ..products.definitions import readable

#: (key, text) of one text.
Text = tuple[str, str]


def texts_of(product: Product, actor: Actor) -> list[Text]:
    """Texts that are not empty, in the order of the product's pages."""
    parts = (_general(product), _items(product, actor), _parameters(product, actor))
    rest = (_templates(product, actor), _actions(product, actor), _messages(product, actor))
    return [(key, text) for part in (*parts, *rest) for key, text in part if text]


def _general(product: Product) -> Iterator[Text]:
    for name in ("name", "short_description", "detailed_description"):
        yield f"product.{name}", getattr(product, name)
    panel = embedding_of(product)
    for name in ("description", "getting_started"):
        yield f"product.customer_ui_settings.{name}", getattr(panel, name)


def _items(product: Product, actor: Actor) -> Iterator[Text]:
    rows = Item.objects.visible_to(actor).filter(product=product).order_by("pk")
    for row in rows:
        yield f"items.{row.pk}.name", row.name
        yield f"items.{row.pk}.description", row.description


def _parameters(product: Product, actor: Actor) -> Iterator[Text]:
    rows = readable(Parameter.objects.visible_to(actor).filter(product=product), actor)
    for row in rows.order_by("position", "name"):
        for name in ("title", "description", "hint", "placeholder"):
            yield f"parameters.{row.pk}.{name}", getattr(row, name)
        yield f"parameters.{row.pk}.display_content", row.constraints.get("display_content", "")
        for value, label in row.choices:
            yield f"parameters.{row.pk}.choices.{value}", label


def _templates(product: Product, actor: Actor) -> Iterator[Text]:
    rows = Template.objects.visible_to(actor).filter(product=product)
    for row in rows.order_by("position", "pk"):
        yield f"templates.{row.pk}.name", row.name
        yield f"templates.{row.pk}.body", row.body


def _actions(product: Product, actor: Actor) -> Iterator[Text]:
    rows = Action.objects.visible_to(actor).filter(product=product)
    for row in rows.order_by("position", "pk"):
        yield f"actions.{row.pk}.name", row.name
        yield f"actions.{row.pk}.description", row.description


def _messages(product: Product, actor: Actor) -> Iterator[Text]:
    rows = ProductMessage.objects.visible_to(actor).filter(product=product)
    for row in rows.order_by("external_id"):
        yield f"messages.{row.pk}.value", row.value
