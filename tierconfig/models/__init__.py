from .configs import TierConfig
from .parameters import Parameter
from .requests import Inquirable, TierConfigRequest
from .templates import Template

__all__ = ["Inquirable", "Parameter", "Template", "TierConfig", "TierConfigRequest"]
