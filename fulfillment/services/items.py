"""What of a product can be bought, as its vendor keeps it.

Functions hold the product and raise PermissionDenied, StaleForm and ValidationError by field.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.errors import field_error
from customers.models import Product
from tierconfig.services.definitions import editing

from ..models import Item, RequestItem, SubscriptionItem

MAX_KEY, MAX_NAME, MAX_TEXT, MAX_UNIT = 128, 255, 512, 64
PERIODS = tuple(Item.Period.values)


@transaction.atomic
def add_item(
    product: Product,
    *,
    actor: Actor,
    name: str,
    mpn: str,
    local_id: str = "",
    description: str = "",
    type: str = Item.Type.RESERVATION,
    period: str = PERIODS[0],
    unit: str = "Licenses",
) -> Item:
    """A published item; without a `local_id` the MPN stands for it."""
    held = editing.hold_own(product, actor)
    mpn = editing.clean_line("mpn", mpn, MAX_KEY)
    values = {
        "mpn": mpn,
        "local_id": editing.clean_optional("local_id", local_id, MAX_KEY) or mpn,
        "unit": editing.clean_line("unit", unit, MAX_UNIT),
        "type": _one_of("type", type, Item.Type.values),
        "period": _one_of("period", period, PERIODS),
        **_described(name, description),
    }
    rows = Item.objects.filter(product=held)
    if rows.filter(local_id=values["local_id"]).exists():
        raise field_error("local_id", _("Another item has this ID."), "unique")
    number = editing.next_number(rows)
    item = Item.objects.create(pk=f"{held.pk}-{number:04d}", product=held, **values)
    editing.note("product.item_added", held, item, actor=actor)
    return item


@transaction.atomic
def edit_item(
    item: Item,
    *,
    actor: Actor,
    name: str,
    mpn: str,
    description: str = "",
    status: str = Item.Status.PUBLISHED,
    seen: str = "",
) -> Item:
    """What is billed, and in which unit, stays: orders and subscriptions were made with it."""
    held = editing.hold_own(item.product, actor)
    fresh = Item.objects.get(pk=item.pk)
    editing.check_seen(fresh, seen)
    values = {
        "mpn": editing.clean_line("mpn", mpn, MAX_KEY),
        "status": _one_of("status", status, Item.Status.values),
        **_described(name, description),
    }
    changes = editing.changed(fresh, values)
    if "status" in changes:
        _check_rest(held, fresh)
    if changes:
        editing.save(fresh)
        editing.note("product.item_changed", held, fresh, actor=actor, changes=changes)
    return fresh


def end_item_sale(item: Item, *, actor: Actor) -> Item:
    """Nobody can order it from now on; doing what is done already changes nothing."""
    return _with_status(item, Item.Status.END_OF_SALE, actor)


def resume_item_sale(item: Item, *, actor: Actor) -> Item:
    """It can be ordered again."""
    return _with_status(item, Item.Status.PUBLISHED, actor)


@transaction.atomic
def remove_item(item: Item, *, actor: Actor) -> Item:
    """Delete an item that nobody ever ordered; others are taken from sale instead."""
    held = editing.hold_own(item.product, actor)
    fresh = Item.objects.get(pk=item.pk)
    if _is_ordered(fresh):
        raise ValidationError(_("It was ordered already. End its sale instead."), code="used")
    if fresh.status == Item.Status.PUBLISHED:
        fresh.status = Item.Status.END_OF_SALE
        _check_rest(held, fresh)
    editing.note("product.item_removed", held, fresh, actor=actor)
    fresh.delete()
    return item


def _is_ordered(item: Item) -> bool:
    lines = (RequestItem, SubscriptionItem)
    return any(rows.objects.filter(item=item).exists() for rows in lines)


def _with_status(item: Item, status: str, actor: Actor) -> Item:
    return edit_item(
        item,
        actor=actor,
        name=item.name,
        mpn=item.mpn,
        description=item.description,
        status=status,
    )


def _described(name: str, description: str) -> dict[str, str]:
    return {
        "name": editing.clean_line("name", name, MAX_NAME),
        "description": editing.clean_optional("description", description, MAX_TEXT),
    }


def _one_of(name: str, value: str, known: tuple[str, ...] | list[str]) -> str:
    if value not in known:
        raise field_error(name, _("Pick one."), "unknown")
    return str(value)


def _check_rest(product: Product, item: Item) -> None:
    """A product on sale keeps an item that can be ordered."""
    others = Item.objects.filter(product=product, status=Item.Status.PUBLISHED)
    if (
        product.state == Product.State.PUBLISHED
        and item.status != Item.Status.PUBLISHED
        and not others.exclude(pk=item.pk).exists()
    ):
        text = _("It is the last item on sale. End the sale of the product instead.")
        raise field_error("status", text, "last")
