"""Connections within other objects: where they are sold and bought."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from customers.actors import RESELLER, Actor
from customers.models import Connection, Partner

from ..shaping import NO_CONNECTION, NO_HUB, Ref, ref, stamp

#: Products have one version, and that is the one connections sell.
PUBLIC = "public"


class ConnectionShape(TypedDict):
    """The null object of previews has no state and no date. A reseller is told no hub."""

    id: str
    type: str
    status: NotRequired[str]
    vendor: Ref
    provider: Ref
    hub: NotRequired[Ref]
    created_at: NotRequired[str]
    product_version_type: NotRequired[str]


def connection_shape(
    connection: Connection | None, vendor: Partner, provider: Partner, actor: Actor
) -> dict[str, Any]:
    """The connection, or the null object of previews; `hub` must be loaded with it."""
    sides: dict[str, Any] = {"vendor": ref(vendor), "provider": ref(provider)}
    if actor.role != RESELLER:
        sides["hub"] = {**NO_HUB} if connection is None else ref(connection.hub)
    if connection is None:
        return {"id": NO_CONNECTION, "type": "preview", **sides}
    return {
        "id": connection.pk,
        "type": connection.type,
        "status": connection.status,
        **sides,
        "created_at": stamp(connection.created_at),
        "product_version_type": PUBLIC,
    }
