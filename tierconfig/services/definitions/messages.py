"""Messages of a product: complaints ready for use when its vendor inquires.

Functions that write hold the product and raise PermissionDenied and ValidationError by field.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers import identifiers
from customers.actors import Actor
from customers.errors import field_error
from customers.models import Product

from ...models import ProductMessage
from . import editing

MAX_KEY, MAX_TEXT = 100, 500


@transaction.atomic
def add_message(product: Product, *, actor: Actor, external_id: str, value: str) -> ProductMessage:
    held = editing.hold_own(product, actor)
    values = _cleaned(held, None, external_id, value)
    message = identifiers.insert(ProductMessage, "PRDMSG", product=held, **values)
    editing.note("product.message_added", held, message, actor=actor)
    return message


@transaction.atomic
def edit_message(
    message: ProductMessage, *, actor: Actor, external_id: str, value: str, seen: str = ""
) -> ProductMessage:
    """Change a message; complaints that were made with it stay as they were written."""
    held = editing.hold_own(message.product, actor)
    fresh = ProductMessage.objects.get(pk=message.pk)
    editing.check_seen(fresh, seen)
    changes = editing.changed(fresh, _cleaned(held, fresh, external_id, value))
    if changes:
        editing.save(fresh)
        editing.note("product.message_changed", held, fresh, actor=actor, changes=changes)
    return fresh


@transaction.atomic
def remove_message(message: ProductMessage, *, actor: Actor) -> ProductMessage:
    held = editing.hold_own(message.product, actor)
    fresh = ProductMessage.objects.get(pk=message.pk)
    editing.note("product.message_removed", held, fresh, actor=actor)
    fresh.delete()
    return message


def messages_for(product_id: str) -> list[ProductMessage]:
    """All messages of a product by external ID; for pages of its vendor."""
    return list(ProductMessage.objects.filter(product=product_id).order_by("external_id"))


def structured_error(messages: list[ProductMessage], text: str) -> dict[str, Any]:
    """What is stored beside a complaint that is one of the messages (domain 2.7), else {}."""
    found = next((each for each in messages if each.value == text), None)
    if found is None:
        return {}
    return {
        "structured_error": {
            "message": {"id": found.pk, "external_id": found.external_id, "value": found.value}
        }
    }


def _cleaned(
    product: Product, row: ProductMessage | None, external_id: str, value: str
) -> dict[str, str]:
    key = editing.clean_line("external_id", external_id, MAX_KEY)
    others = ProductMessage.objects.filter(product=product, external_id=key)
    if others.exclude(pk=row.pk if row else "").exists():
        raise field_error("external_id", _("Another message has this ID."), "unique")
    return {"external_id": key, "value": editing.clean_line("value", value, MAX_TEXT)}
