"""Who looks after an order."""

from __future__ import annotations

from ..processing import assigning
from .actions import OrderStep
from .orders import OrderMixin
from .queue import OrderList


class OrderAssign(OrderStep, assigning.Assign):
    pass


class OrderTake(OrderStep, assigning.AssignToMe):
    pass


class OrderUnassign(OrderStep, assigning.Unassign):
    pass


class OrderBulk(OrderMixin, assigning.TakeMany):
    list_view = OrderList
