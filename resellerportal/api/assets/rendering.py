"""Assets, rendered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services.payloads import item_line

from ..shaping import Rendering, ref
from .parts import Assets
from .shapes import AssetShape


class AssetRendering(Rendering[Subscription]):
    """Items and values are those in force."""

    shape = AssetShape
    optional = ("pending_request",)

    def prepare(self, objects: Sequence[Subscription]) -> None:
        self.assets = Assets(objects, self.actor, self.branches, "")
        self.wants_template = self.branches.wants("template")
        if self.wants_template:
            prefetch_related_objects(objects, "template")
        self.open: dict[str, FulfillmentRequest] = {}
        if self.branches.asked("pending_request"):
            rows = FulfillmentRequest.objects.visible_to(self.actor).select_related("template")
            rows = rows.filter(subscription__in=objects, state__in=FulfillmentRequest.OPEN)
            self.open = {each.subscription_id: each for each in rows}

    def one(self, subscription: Subscription) -> dict[str, Any]:
        found = self.assets.one(subscription)
        if self.assets.has_items:
            found["items"] = [item_line(row.item, row.quantity) for row in subscription.items.all()]
        found["params"] = self.assets.params(subscription, subscription.params)
        if self.wants_template and subscription.template is not None:
            found["template"] = ref(subscription.template)
        if subscription.pk in self.open:
            found["pending_request"] = _open(self.open[subscription.pk])
        return found


def _open(request: FulfillmentRequest) -> dict[str, Any]:
    found = {"id": request.pk, "type": request.type, "status": request.state}
    return found | ({"template": ref(request.template)} if request.template else {})
