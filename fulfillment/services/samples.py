"""Made-up orders for trying out the vendor's service; nothing of them is ever stored."""

from __future__ import annotations

from customers.models import TierAccount
from tierconfig.models import Webhook
from tierconfig.services.webhook_tries import register

from ..models import FulfillmentRequest, Subscription

Type, State = FulfillmentRequest.Type, FulfillmentRequest.State
#: Type of the webhook -> type and state of the order it is asked about.
_KINDS = {
    Webhook.Type.PURCHASE: (Type.PURCHASE, State.DRAFT),
    Webhook.Type.PURCHASE_INQUIRY: (Type.PURCHASE, State.INQUIRING),
    Webhook.Type.CHANGE: (Type.CHANGE, State.DRAFT),
    Webhook.Type.CHANGE_INQUIRY: (Type.CHANGE, State.INQUIRING),
}


def made_up_order(webhook: Webhook) -> FulfillmentRequest:
    """An order of the kind the webhook is asked about; its ids consist of zeros."""
    kind, state = _KINDS[Webhook.Type(webhook.type)]
    customer = TierAccount(pk="TA-0000-0000-0000", name="Sample")
    reseller = TierAccount(pk="TA-0000-0000-0001", name="Sample reseller")
    subscription = Subscription(
        pk="AS-0000-0000-0000",
        state=Subscription.State.DRAFT if kind == Type.PURCHASE else Subscription.State.ACTIVE,
        product=webhook.product,
        vendor=webhook.product.owner,
        customer=customer,
        tier1=reseller,
    )
    order: FulfillmentRequest = FulfillmentRequest(
        pk="PR-0000-0000-0000-000",
        type=kind,
        state=state,
        subscription=subscription,
        environment="preview",
    )
    return order


for each in _KINDS:
    register(each, made_up_order)
