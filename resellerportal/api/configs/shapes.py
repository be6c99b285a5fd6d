"""Tier configurations as the API shows them (domain 2.14)."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from ..shaping import Events, Ref
from ..shared.accounts import AccountSnapshot
from ..shared.connections import ConnectionShape
from ..shared.params import ParamShape
from ..shared.products import ProductRef
from ..shared.templates import TemplateShape


class OpenRequest(TypedDict):
    id: str


class Constants(TypedDict):
    params: list[ParamShape]


class TiersShape(TypedDict):
    """From the configuration's account upward, as far as the reader may know them."""

    tier1: NotRequired[AccountSnapshot | None]
    tier2: NotRequired[AccountSnapshot | None]


class TierConfigShape(TypedDict):
    """`params` are the values last approved, `configuration` the constants of the product.

    `template` is there once a request was approved, `open_request` while one is open that the
    reader sees.
    """

    id: str
    name: str
    status: Literal["processing", "active"]
    tier_level: int
    account: AccountSnapshot
    product: ProductRef
    connection: ConnectionShape
    marketplace: Ref
    contract: Ref
    params: list[ParamShape]
    configuration: Constants
    tiers: TiersShape
    template: NotRequired[TemplateShape]
    open_request: NotRequired[OpenRequest]
    events: Events
