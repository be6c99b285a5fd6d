from .items import Item
from .requests import FulfillmentRequest, RequestItem
from .subscriptions import Subscription, SubscriptionItem

__all__ = ["FulfillmentRequest", "Item", "RequestItem", "Subscription", "SubscriptionItem"]
