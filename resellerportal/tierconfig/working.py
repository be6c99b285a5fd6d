"""Who looks after a configuration request."""

from __future__ import annotations

from fulfillment.services.many import decide_configurations

from ..processing import assigning
from ..queue.deciding import WorkMany
from .actions import ConfigRequestStep
from .queue import VendorRequestList
from .requests import ConfigRequestMixin


class ConfigRequestAssign(ConfigRequestStep, assigning.Assign):
    pass


class ConfigRequestTake(ConfigRequestStep, assigning.AssignToMe):
    pass


class ConfigRequestUnassign(ConfigRequestStep, assigning.Unassign):
    pass


class ConfigRequestBulk(ConfigRequestMixin, WorkMany):
    list_view = VendorRequestList
    decide = staticmethod(decide_configurations)
