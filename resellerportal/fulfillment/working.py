"""Who looks after an order."""

from __future__ import annotations

from fulfillment.services.many import decide_orders

from ..processing import assigning
from ..queue.deciding import WorkMany
from .actions import OrderStep
from .orders import OrderMixin
from .queue import OrderList


class OrderAssign(OrderStep, assigning.Assign):
    pass


class OrderTake(OrderStep, assigning.AssignToMe):
    pass


class OrderUnassign(OrderStep, assigning.Unassign):
    pass


class OrderBulk(OrderMixin, WorkMany):
    list_view = OrderList
    decide = staticmethod(decide_orders)
