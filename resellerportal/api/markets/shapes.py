"""Hubs and marketplaces as the API shows them (domain 2.2, 2.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypedDict

from customers.models import Connection, Hub, Marketplace

from ..shaping import Ref, Rendering, ref


class HubInstance(TypedDict):
    id: str
    type: str


class HubStats(TypedDict):
    connections: int
    marketplaces: int


class HubShape(TypedDict):
    id: str
    name: str
    company: Ref
    instance: HubInstance
    stats: HubStats


class HubRendering(Rendering[Hub]):
    shape = HubShape
    related = ("provider",)

    def prepare(self, objects: Sequence[Hub]) -> None:
        own = Connection.objects.visible_to(self.actor).filter(hub__in=objects)
        self.connections = Counter(own.values_list("hub", flat=True))
        owners = {hub.provider_id for hub in objects}
        markets = Marketplace.objects.visible_to(self.actor).filter(owner__in=owners)
        self.marketplaces = Counter(markets.values_list("owner", flat=True))

    def one(self, hub: Hub) -> dict[str, Any]:
        return {
            "id": hub.pk,
            "name": hub.name,
            "company": ref(hub.provider),
            "instance": {"id": hub.pk, "type": hub.type},
            "stats": {
                "connections": self.connections[hub.pk],
                "marketplaces": self.marketplaces[hub.provider_id],
            },
        }
