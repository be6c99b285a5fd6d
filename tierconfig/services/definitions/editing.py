"""What the services of definitions share: the lock, the right, what was changed, the order.

All of them hold the product, so changes of one product's definitions follow each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.cleaning import clean_text
from customers.errors import field_error
from customers.events import record
from customers.lifecycle import StaleForm, check_revision, hold
from customers.models import Product
from customers.permissions import by_administrator_of, by_vendor
from customers.standstill import keep_still

#: Between two positions, as the field numbers them.
STEP = 10_000
MAX_ADDRESS = 1024
#: Machines on which a vendor tries things out; everything else is reached by https only.
_LOCAL = ("localhost", "127.0.0.1", "::1")
_check_url = URLValidator(schemes=["http", "https"])


def hold_own(
    product: Product, actor: Actor, *, revision: int | None = None, administrator: bool = False
) -> Product:
    """The product, held, for its vendor's agents, or only for administrators of it.

    Waits until nobody works by its definitions, and lets nobody begin to. Raises PermissionDenied
    and StaleForm. Needs an atomic block.
    """
    held = hold(product)
    allowed = by_administrator_of if administrator else by_vendor
    if not allowed(held, actor):
        raise PermissionDenied
    check_revision(held, revision)
    keep_still([held.pk], changing=True)
    return held


def seen(row: Any) -> str:
    """What a form about `row` carries, to notice that somebody else changed the row."""
    return str(row.updated_at.isoformat())


def check_seen(row: Any, given: str) -> None:
    """Raise StaleForm when `given` is from an older form; "" is not checked."""
    if given and given != seen(row):
        raise StaleForm


def changed(row: Any, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Put `values` into `row`; {field: [old, new]} of those that are other ones."""
    found = {}
    for name, value in values.items():
        old = getattr(row, name)
        if old != value:
            found[name] = [old, value]
            setattr(row, name, value)
    return found


def save(row: Any) -> None:
    row.updated_at = timezone.now()
    row.save()


def note(
    verb: str,
    product: Product,
    row: Any,
    *,
    actor: Actor,
    changes: Mapping[str, list[Any]] | None = None,
) -> None:
    """Record on the product what was done to one of its definitions."""
    data = {"id": str(row.pk), "name": str(row)[:255], "changes": dict(changes or {})}
    if verb.endswith("_removed") and hasattr(row, "scope"):
        data["scope"] = row.scope
    record(verb, product, actor=actor, data=data)


def last_position(rows: models.QuerySet[Any]) -> int:
    """The position after the last of `rows`."""
    highest = rows.aggregate(top=models.Max("position"))["top"]
    return int(highest or 0) + STEP


def move(rows: Iterable[Any], row: Any, *, up: bool) -> bool:
    """Let `row` change places with its neighbour; whether there was one.

    `rows` in their order; all get positions in even steps, because imported ones may share one.
    """
    order = list(rows)
    keys = [each.pk for each in order]
    here = keys.index(row.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(order):
        return False
    order[here], order[there] = order[there], order[here]
    for number, each in enumerate(order, 1):
        if each.position != number * STEP:
            each.position = number * STEP
            save(each)
    return True


def next_number(rows: models.QuerySet[Any]) -> int:
    """One more than the last group of digits in the ids of a held product's rows."""
    taken = (str(pk).rsplit("-", 1)[1] for pk in rows.values_list("pk", flat=True))
    return max((int(each) for each in taken if each.isdigit()), default=0) + 1


def clean_line(name: str, value: Any, longest: int, *, lines: bool = False) -> str:
    """A text that must not be blank; the error stands on field `name`."""
    text = clean_optional(name, value, longest, lines=lines)
    if not text:
        raise field_error(name, _("Enter a text."), "required")
    return text


def clean_optional(name: str, value: Any, longest: int, *, lines: bool = False) -> str:
    if lines and isinstance(value, str):
        value = value.replace("\r\n", "\n")  # as browsers send them
    try:
        return clean_text(value, max_length=longest, lines=lines)
    except ValidationError as error:
        raise ValidationError({name: error}) from error


def clean_address(name: str, value: Any) -> str:
    """An https address without a user in it, or ""; http only of the vendor's own machine."""
    text = clean_optional(name, value, MAX_ADDRESS)
    if not text:
        return ""
    try:
        _check_url(text)
        parts = urlsplit(text)
        local = parts.hostname in _LOCAL
        if "@" in parts.netloc or (parts.scheme.lower() != "https" and not local):
            raise ValueError
    except (ValidationError, ValueError):
        raise field_error(
            name, _("Enter an address that begins with https:// and names no user."), "url"
        ) from None
    return text
