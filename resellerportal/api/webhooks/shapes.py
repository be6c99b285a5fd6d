"""Webhooks as the API shows them (domain 2.19); never with the secret that signs the calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from tierconfig.models import Webhook
from tierconfig.services.definitions.webhooks import USES

from ..shaping import Ref, Rendering, ref, stamp
from ..shared.products import ProductRef, Products


class Outcome(TypedDict):
    """`errors` says why no usable answer came."""

    time: str
    status: str
    errors: NotRequired[str]


class WebhookShape(TypedDict):
    """`jwt_secret` is shown once: in the answer that made it."""

    id: str
    type: str
    object_class: str
    label: str
    active: bool
    external_url: str
    http_method: str
    product: ProductRef
    account: Ref
    data: dict[str, str]
    headers: dict[str, str]
    created_at: str
    modified_at: str
    last_success: Outcome | None
    last_failure: Outcome | None
    jwt_secret: NotRequired[str]


class WebhookRendering(Rendering[Webhook]):
    shape = WebhookShape
    related = ("product__owner",)

    def prepare(self, objects: Sequence[Webhook]) -> None:
        self.products = Products(each.product for each in objects)

    def one(self, webhook: Webhook) -> dict[str, Any]:
        tier, _switch = USES[webhook.type]
        return {
            "id": webhook.pk,
            "type": webhook.type,
            "object_class": "tier_config_request" if tier else "fulfillment_request",
            "label": webhook.label,
            "active": webhook.active,
            "external_url": webhook.external_url,
            "http_method": "POST",
            "product": self.products.ref(webhook.product_id),
            "account": ref(webhook.product.owner),
            "data": {},
            "headers": {},
            "created_at": stamp(webhook.created_at),
            "modified_at": stamp(webhook.updated_at),
            "last_success": _outcome(webhook.last_success, "success"),
            "last_failure": _outcome(webhook.last_failure, "failure", webhook.last_problem),
        }


def _outcome(at: datetime | None, status: str, errors: str = "") -> dict[str, str] | None:
    if at is None:
        return None
    found = {"time": stamp(at), "status": status}
    return {**found, "errors": errors} if errors else found


class VerdictShape(TypedDict):
    """What the service said of a made-up request: complaints by parameter, and about the whole."""

    status: str
    params: dict[str, str]
    errors: list[str]
