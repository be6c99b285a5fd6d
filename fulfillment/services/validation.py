"""Which of the vendor's services is asked about an order, and what it is told (domain 2.19)."""

from __future__ import annotations

from tierconfig.models import Webhook
from tierconfig.services.validation import DRAFT, Subject, register

from ..models import FulfillmentRequest
from . import payloads

Type = FulfillmentRequest.Type
_SWITCHES = {
    (Type.PURCHASE, True): "validates_orders",
    (Type.PURCHASE, False): "validates_order_inquiries",
    (Type.CHANGE, True): "validates_changes",
    (Type.CHANGE, False): "validates_change_inquiries",
}
_KINDS = {
    "validates_orders": Webhook.Type.PURCHASE,
    "validates_order_inquiries": Webhook.Type.PURCHASE_INQUIRY,
    "validates_changes": Webhook.Type.CHANGE,
    "validates_change_inquiries": Webhook.Type.CHANGE_INQUIRY,
}


def _switch(request: FulfillmentRequest, moment: str) -> str:
    return _SWITCHES.get((Type(request.type), moment == DRAFT), "")


def _kind(request: FulfillmentRequest, moment: str) -> str:
    return _KINDS[_switch(request, moment)]


register(FulfillmentRequest, Subject(_switch, _kind, payloads.of_request))
