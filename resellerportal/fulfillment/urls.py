"""Addresses of orders and subscriptions in the portal of one role."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from fulfillment.models import FulfillmentRequest

from ..notes.urls import patterns as talk
from ..products.panel import SubscriptionAction
from . import (
    actions,
    changing,
    directory,
    order_drafts,
    ordering,
    orders,
    planning,
    queue,
    subscriptions,
    working,
)

Only = dict[str, tuple[str, ...]]
#: Step -> its page and whose portals have it.
STEPS = {
    "approve": (actions.OrderApprove, (VENDOR,)),
    "inquire": (actions.OrderInquire, (VENDOR,)),
    "fail": (actions.OrderFail, (VENDOR,)),
    "values": (actions.OrderValues, (VENDOR,)),
    "pend": (actions.OrderPend, (VENDOR, DISTRIBUTOR)),
    "renew": (actions.OrderRenew, (VENDOR, DISTRIBUTOR)),
    "remind": (actions.OrderRemind, (VENDOR, DISTRIBUTOR)),
    "ask-contact": (actions.OrderAskContact, (VENDOR, DISTRIBUTOR)),
    "answer": (actions.OrderAnswer, (VENDOR, DISTRIBUTOR, RESELLER)),
    "delegate": (actions.OrderDelegate, (DISTRIBUTOR, RESELLER)),
    "withdraw": (actions.OrderWithdraw, (VENDOR, DISTRIBUTOR, RESELLER)),
    "nudge": (actions.OrderNudge, (VENDOR, DISTRIBUTOR, RESELLER)),
    "schedule": (planning.OrderSchedule, (VENDOR,)),
    "revoke": (planning.OrderRevoke, (DISTRIBUTOR,)),
    "confirm": (planning.OrderConfirm, (VENDOR,)),
    "submit": (order_drafts.OrderSubmit, (VENDOR, DISTRIBUTOR, RESELLER)),
    "edit": (order_drafts.OrderEdit, (VENDOR, DISTRIBUTOR, RESELLER)),
    "validate": (order_drafts.OrderValidate, (VENDOR, DISTRIBUTOR, RESELLER)),
    "discard": (order_drafts.OrderDiscard, (VENDOR, DISTRIBUTOR, RESELLER)),
    "assign": (working.OrderAssign, (VENDOR,)),
    "take": (working.OrderTake, (VENDOR,)),
    "unassign": (working.OrderUnassign, (VENDOR,)),
}

#: The same for what is asked of a subscription; vendors ask as buyers in their previews only.
ASKS = {
    "change": (changing.SubscriptionChange, (VENDOR, DISTRIBUTOR, RESELLER)),
    "suspend": (changing.SubscriptionSuspend, (VENDOR, DISTRIBUTOR, RESELLER)),
    "resume": (changing.SubscriptionResume, (VENDOR, DISTRIBUTOR, RESELLER)),
    "cancel": (changing.SubscriptionCancel, (VENDOR, DISTRIBUTOR, RESELLER)),
    "adjust": (changing.SubscriptionAdjust, (VENDOR,)),
}


def patterns(role: str) -> list[URLPattern]:
    only = {"roles": (role,)}
    order = orders.OrderDetail.as_view(**only)
    subscription = subscriptions.SubscriptionDetail.as_view(**only)
    return [
        path("orders/", queue.OrderList.as_view(**only), name="order-list"),
        path(
            "subscriptions/",
            directory.SubscriptionList.as_view(**only),
            name="subscription-list",
        ),
        *_many(role, only),
        *_steps("orders", "order", STEPS, role, only),
        *_steps("subscriptions", "subscription", ASKS, role, only),
        *talk("orders", "order", FulfillmentRequest, **only),
        path("orders/<str:pk>/", order, name="order-detail"),
        path("orders/<str:pk>/<slug:tab>/", order, name="order-detail"),
        path(
            "subscriptions/<str:pk>/actions/<slug:key>/",
            SubscriptionAction.as_view(**only),
            name="subscription-action",
        ),
        path("subscriptions/<str:pk>/", subscription, name="subscription-detail"),
        path("subscriptions/<str:pk>/<slug:tab>/", subscription, name="subscription-detail"),
    ]


def _many(role: str, only: Only) -> list[URLPattern]:
    """Orders that are not there yet, and many of them at once."""
    add = ordering.OrderAdd.as_view(**only)
    found = [
        path("orders/add/", add, name="order-add"),
        path("orders/add/<slug:step>/", add, name="order-add"),
    ]
    if role == VENDOR:
        bulk = working.OrderBulk.as_view(**only)
        found.append(path("orders/bulk/<slug:step>/", bulk, name="order-bulk"))
    return found


def _steps(start: str, name: str, steps: dict[str, Any], role: str, only: Only) -> list[URLPattern]:
    return [
        path(f"{start}/<str:pk>/{step}/", page.as_view(**only), name=f"{name}-{step}")
        for step, (page, roles) in steps.items()
        if role in roles
    ]
