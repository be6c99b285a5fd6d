"""Where a distributor sells: its hubs and marketplaces, kept by its administrators.

What is written is recorded and locks the row. Raises PermissionDenied for everybody else, an
administrator of the platform excepted, and ValidationError by field.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.utils.translation import gettext as _

from .. import actors, identifiers
from ..actors import Actor
from ..cleaning import clean_country, clean_text
from ..errors import field_error
from ..events import record
from ..models import Connection, Hub, Marketplace, Partner, TierAccount
from ..permissions import by_distributor
from ..visibility import NOTHING, operated_ids

R = TypeVar("R", Hub, Marketplace)


def hubs_named_to(actor: Actor) -> QuerySet[Hub]:
    """The hubs the actor reads of elsewhere: its own, those its products are connected to, and
    those of the accounts it operates."""
    found = Q(pk__in=Hub.objects.visible_to(actor).values("pk"))
    if actor.role == actors.VENDOR:
        found |= Q(pk__in=Connection.objects.visible_to(actor).values("hub"))
    own = operated_ids(actor)
    found |= Q(pk__in=TierAccount.objects.filter(pk__in=own).values("hub")) if own else NOTHING
    return Hub.objects.filter(found)


@transaction.atomic
def create_hub(*, actor: Actor, name: str, type: str = Hub.Type.API) -> Hub:
    """A hub of the acting distributor; of which type it is stays as it is."""
    provider = own_partner(actor)
    if type not in Hub.Type.values:
        raise ValidationError({"type": _("Choose OA or API.")})
    hub = identifiers.insert(Hub, "HB", provider=provider, name=_name(name, 256), type=type)
    record("hub.created", hub, actor=actor, data={"name": hub.name, "type": hub.type})
    return hub


@transaction.atomic
def edit_hub(hub: Hub, *, actor: Actor, name: str) -> Hub:
    """Give it another name; the present one changes nothing."""
    held = _held(hub, actor)
    changes = _changed(held, {"name": _name(name, 256)})
    if changes:
        record("hub.edit", held, actor=actor, data={"name": held.name, "changes": changes})
    return held


@transaction.atomic
def remove_hub(hub: Hub, *, actor: Actor) -> None:
    """Remove a hub over which nothing was ever connected and that no account is of."""
    held = _held(hub, actor)
    record("hub.deleted", held, actor=actor, data={"name": held.name})
    _delete(held, _("The hub has accounts or connections."))


@transaction.atomic
def create_marketplace(
    *, actor: Actor, name: str, currency: str = "EUR", countries: Iterable[str] = ()
) -> Marketplace:
    """A marketplace of the acting distributor; nothing is listed on it yet."""
    owner = own_partner(actor)
    values = _market_values({"name": name, "currency": currency, "countries": countries})
    market = identifiers.insert(Marketplace, "MP", owner=owner, **values)
    record("marketplace.created", market, actor=actor, data={"name": market.name})
    return market


@transaction.atomic
def edit_marketplace(market: Marketplace, *, actor: Actor, **values: Any) -> Marketplace:
    """Change `name`, `currency` or `countries`, those that are given."""
    held = _held(market, actor)
    changes = _changed(held, _market_values(values))
    if changes:
        data = {"name": held.name, "changes": changes}
        record("marketplace.edit", held, actor=actor, data=data)
    return held


@transaction.atomic
def remove_marketplace(market: Marketplace, *, actor: Actor) -> None:
    """Remove a marketplace on which nothing was ever listed or sold."""
    held = _held(market, actor)
    used = _("Something was listed or sold on the marketplace.")
    if held.listings.exists():
        raise ValidationError(used, code="used")
    record("marketplace.deleted", held, actor=actor, data={"name": held.name})
    _delete(held, used)


def own_partner(actor: Actor) -> Partner:
    """Whose hubs and marketplaces the actor writes; PermissionDenied for who writes none."""
    if actor.role != actors.DISTRIBUTOR or actor.level != actors.ADMINISTRATOR:
        raise PermissionDenied
    if actor.partner is None:
        raise PermissionDenied
    return actor.partner


def _held(row: R, actor: Actor) -> R:
    """The row, locked also against new references to it."""
    held: R = type(row)._base_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if not by_distributor(held, actor) or actor.level != actors.ADMINISTRATOR:
        raise PermissionDenied
    return held


def _delete(row: models.Model, used: str) -> None:
    try:
        row.delete()
    except ProtectedError as error:
        raise ValidationError(used, code="used") from error


def _changed(row: models.Model, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Store the values; {field: [old, new]} of those that are other ones."""
    found = {n: [getattr(row, n), v] for n, v in values.items() if getattr(row, n) != v}
    for name in found:
        setattr(row, name, values[name])
    if found:
        row.save()
    return found


def _market_values(values: dict[str, Any]) -> dict[str, Any]:
    found = dict(values)
    if "name" in found:
        found["name"] = _name(found["name"], 255)
    if "currency" in found:
        try:
            found["currency"] = clean_currency(found["currency"])
        except ValidationError as error:
            raise ValidationError({"currency": error}) from error
    if "countries" in found:
        try:
            codes = [clean_country(code) for code in found["countries"]]
        except ValidationError as error:
            raise ValidationError({"countries": error}) from error
        found["countries"] = list(dict.fromkeys(codes))
    return found


def _name(value: Any, longest: int) -> str:
    try:
        text = clean_text(value, max_length=longest)
    except ValidationError as error:
        raise ValidationError({"name": error}) from error
    if not text:
        raise field_error("name", _("Enter a name."), "required")
    return text


def clean_currency(value: Any) -> str:
    """Three letters in upper case; any case is accepted."""
    code = str(value).upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        text = _("Enter a currency as three letters, such as EUR.")
        raise ValidationError(text, code="currency")
    return code
