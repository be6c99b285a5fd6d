"""Who looks after a configuration request."""

from __future__ import annotations

from ..processing import assigning
from .actions import ConfigRequestStep
from .queue import VendorRequestList
from .requests import ConfigRequestMixin


class ConfigRequestAssign(ConfigRequestStep, assigning.Assign):
    pass


class ConfigRequestTake(ConfigRequestStep, assigning.AssignToMe):
    pass


class ConfigRequestUnassign(ConfigRequestStep, assigning.Unassign):
    pass


class ConfigRequestBulk(ConfigRequestMixin, assigning.TakeMany):
    list_view = VendorRequestList
