"""What a change changes: the items and values that will be others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.errors import field_error
from tierconfig import judging, parameters
from tierconfig.models import Parameter

from ..models import Item, Subscription
from .births import Line
from .purchases import MAX_QUANTITY


def changed_items(subscription: Subscription, wanted: Mapping[str, int]) -> list[Line]:
    """The items whose quantity will be another one; ValidationError on field `items`.

    What is no longer on sale may stay or shrink.
    """
    present = {row.item_id: row for row in subscription.items.select_related("item")}
    known = {pk: row.item for pk, row in present.items()}
    joining = [str(pk) for pk in wanted if str(pk) not in known]
    if joining:
        known |= Item.objects.filter(product=subscription.product_id).in_bulk(joining)
    left = {pk: row.quantity for pk, row in present.items()}
    lines = []
    for pk, quantity in wanted.items():
        item, old = known.get(str(pk)), left.get(str(pk), 0)
        if item is None:
            raise _items(_("One of the items is not on sale."), "unknown")
        if not 0 <= quantity <= MAX_QUANTITY:
            raise _items(
                _("Have between 0 and %(max)d of an item.") % {"max": MAX_QUANTITY}, "quantity"
            )
        if quantity > old and item.status != Item.Status.PUBLISHED:
            text = _("%(item)s is no longer sold; it can stay or become less.")
            raise _items(text % {"item": item}, "not_on_sale")
        left[item.pk] = quantity
        if quantity != old:
            lines.append(Line(item, quantity, old))
    if lines and not any(left.values()):
        raise _items(_("Keep one item at least, or cancel the subscription."), "empty")
    return lines


def changed_values(
    subscription: Subscription, values: Mapping[str, Any]
) -> dict[str, parameters.Stored]:
    """The ordering values that will be others, where the product lets them be changed.

    ValidationError by parameter name, with code "not_editable" where it does not.
    """
    judged = judging.judge(
        held_definitions(subscription), subscription.params, values, offer=parameters.askable
    )
    changed = parameters.differences(subscription.params, judged.values)
    check_editable(subscription, changed)
    return changed


def check_changes(lines: Iterable[Line], params: Mapping[str, Any]) -> None:
    """Raise ValidationError with code "no_change" when nothing will be another one."""
    if not params and not list(lines):
        raise no_change()


def check_editable(subscription: Subscription, params: Mapping[str, Any]) -> None:
    """Raise ValidationError, by parameter name, unless the product lets values be changed."""
    if params and not subscription.product.editable_ordering_parameters:
        text = _("This value cannot be changed by a request.")
        raise ValidationError({name: ValidationError(text, code="not_editable") for name in params})


def held_definitions(subscription: Subscription) -> list[Parameter]:
    return Parameter.objects.of_scope(subscription.product_id, Parameter.Scope.ASSET)


def no_change() -> ValidationError:
    return ValidationError(_("Nothing was changed."), code="no_change")


def _items(text: str, code: str) -> ValidationError:
    return field_error("items", text, code)
