from .items import Item
from .lines import RequestItem
from .requests import FulfillmentRequest
from .subscriptions import Subscription, SubscriptionItem

__all__ = ["FulfillmentRequest", "Item", "RequestItem", "Subscription", "SubscriptionItem"]
