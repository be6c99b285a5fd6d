from .items import Item
from .lines import RequestItem
from .requests import FulfillmentRequest
from .schedules import ReportSchedule
from .subscriptions import Subscription, SubscriptionItem

__all__ = [
    "FulfillmentRequest",
    "Item",
    "ReportSchedule",
    "RequestItem",
    "Subscription",
    "SubscriptionItem",
]
