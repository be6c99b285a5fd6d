"""Assets as the API shows them, by themselves and within requests (domain 2.5, 2.16)."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from ..shaping import Events, Ref
from ..shared.accounts import AccountSnapshot
from ..shared.connections import ConnectionShape
from ..shared.params import ParamShape
from ..shared.products import ProductRef


class ItemLine(TypedDict):
    """`id` is the vendor's own name of the item. Quantities are numbers as texts."""

    id: str
    global_id: str
    mpn: str
    display_name: str
    quantity: str
    old_quantity: str
    item_type: str
    period: str
    type: str
    params: list[Any]


class HeldItem(TypedDict):
    """As ItemLine, but only what the customer has now."""

    id: str
    global_id: str
    mpn: str
    display_name: str
    quantity: str
    item_type: str
    period: str
    type: str
    params: list[Any]


class NoAccount(TypedDict):
    """{}: there is no account, or none that the reader may know."""


class Tiers(TypedDict):
    customer: AccountSnapshot | NoAccount
    tier1: AccountSnapshot | NoAccount
    tier2: AccountSnapshot | NoAccount


class Configuration(TypedDict):
    """Constants of the product."""

    params: list[ParamShape]


class TemplateRef(TypedDict):
    id: str
    name: str


class AssetBase(TypedDict):
    id: str
    status: str
    external_id: str
    external_uid: str
    product: ProductRef
    connection: ConnectionShape
    events: Events
    params: list[ParamShape]
    tiers: Tiers
    marketplace: Ref
    contract: Ref
    configuration: Configuration


class RequestedAsset(AssetBase):
    """Within a request: items with what there was before, values as the request has them."""

    items: list[ItemLine]


class OpenRequest(TypedDict):
    id: str
    type: str
    status: str
    template: NotRequired[TemplateRef]


class AssetShape(AssetBase):
    items: list[HeldItem]
    template: NotRequired[TemplateRef]
    #: Only when select() names it.
    pending_request: NotRequired[OpenRequest]
