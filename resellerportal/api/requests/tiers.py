"""The accounts of an order: known ones, or new ones that it brings (domain 4.g, decision 16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Connection, Hub, Partner, TierAccount
from fulfillment.services.newcomers import Newcomer, Newcomers

from ..errors import ApiError
from ..shared.account_bodies import columns_of
from ..shared.accounts import Readable
from ..shared.known import absent, known, unknown

Type = TierAccount.Type
TIERS = ("customer", "tier1", "tier2")
PATH = "asset.tiers"
#: By which an account is meant, in this order.
KEYS = ("id", "external_uid", "external_id")
Sent = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where the order is placed: whose accounts are meant, and over which hub."""

    provider: Partner
    connection: Connection | None

    @property
    def hub(self) -> Hub | None:
        """The hub of accounts that the order brings; a commerce system makes its own."""
        hub = self.connection.hub if self.connection else None
        return hub if hub is not None and hub.type == Hub.Type.API else None


def sent_tiers(sent: Sent) -> dict[str, Sent]:
    """What was sent of each tier; {} where nothing was."""
    tiers = (sent.get("asset") or {}).get("tiers") or {}
    return {name: _filled(tiers.get(name)) for name in TIERS}


def by_id(tier: Sent, name: str, actor: Actor) -> TierAccount | None:
    """The account that was sent by its id, None when it was not. Raises ApiError."""
    if not tier.get("id"):
        return None
    rows = TierAccount.objects.visible_to(actor).select_related("provider", "parent__parent")
    return known(rows, tier["id"], f"{PATH}.{name}.id")


def find(tier: Sent, name: str, place: Place, actor: Actor) -> TierAccount | None:
    """The account that is meant, among those the actor sees; None when it must be a new one.

    By its id, external UUID, or external id; where several hubs have one, that of the order's hub.
    Raises ApiError for an unknown id, and for keys that mean several.
    """
    if tier.get("id"):
        return by_id(tier, name, actor)
    rows = TierAccount.objects.visible_to(actor).current().filter(provider=place.provider)
    rows = rows.select_related("provider", "parent__parent").order_by("pk")
    for key in ("external_uid", "external_id"):
        if not tier.get(key):
            continue
        found = list(rows.filter(**{key: tier[key]})[:10])
        own = [each for each in found if place.connection and each.hub == place.connection.hub]
        found = own or found
        if len(found) > 1:
            text = _("%(field)s: Several accounts have this ID; name one of them by its `id`.")
            raise ApiError(text % {"field": f"{PATH}.{name}.{key}"})
        if found:
            return found[0]
    return None


def check_above(customer: TierAccount, tiers: Mapping[str, Sent], actor: Actor) -> None:
    """Refuse tiers that are not those of the tree, as far as the actor may know them."""
    tier1 = customer.parent
    tier2 = tier1.parent if tier1 else None
    readable = Readable(actor, (tier1, tier2))
    _check(tiers["tier1"], "tier1", tier1, readable)
    _check(tiers["tier2"], "tier2", tier2, readable)


def newcomers(tiers: Mapping[str, Sent], place: Place, actor: Actor) -> Newcomers:
    """The accounts the order brings, and below which one they hang. Raises ApiError."""
    customer = _new(tiers["customer"], "customer", place)
    if not tiers["tier1"]:
        raise absent(f"{PATH}.tier1")
    reseller = above = None
    parent = find(tiers["tier1"], "tier1", place, actor)
    if parent is not None:
        _check(tiers["tier2"], "tier2", parent.parent, Readable(actor, (parent.parent,)))
    else:
        reseller = _new(tiers["tier1"], "tier1", place)
        if tiers["tier2"]:
            parent = find(tiers["tier2"], "tier2", place, actor)
            above = None if parent else _new(tiers["tier2"], "tier2", place)
    kind = place.connection.type if place.connection else TierAccount.Environment.PREVIEW
    return Newcomers(
        provider=place.provider,
        parent=parent,
        environment=kind,
        customer=customer,
        reseller=reseller,
        above=above,
    )


def _new(tier: Sent, name: str, place: Place) -> Newcomer:
    if not tier.get("name") or not tier.get("contact_info"):
        _not_found(tier, name)
    kind = Type.CUSTOMER if name == "customer" else Type.RESELLER
    return Newcomer({**columns_of(tier), "type": str(kind)}, place.hub)


def _not_found(tier: Sent, name: str) -> NoReturn:
    for key in ("external_uid", "external_id"):
        if tier.get(key):
            raise unknown(tier[key], f"{PATH}.{name}.{key}")
    raise absent(f"{PATH}.{name}.{'contact_info' if tier.get('name') else 'id'}")


def _check(tier: Sent, name: str, account: TierAccount | None, readable: Readable) -> None:
    for key in KEYS:
        if not tier.get(key):
            continue
        if not readable.knows_as(account, key, tier[key]):
            text = _("%(field)s: This is not the account at this place of the hierarchy.")
            raise ApiError(text % {"field": f"{PATH}.{name}"})
        return


def _filled(tier: Any) -> Sent:
    """{} for what names nothing: clients send empty objects for tiers that are not there."""
    given = {key: value for key, value in (tier or {}).items() if value not in (None, "", {})}
    return given if {*KEYS, "name"} & given.keys() else {}
