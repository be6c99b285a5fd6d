from .configs import TierConfig
from .parameters import Parameter
from .processing import ProcessedRequest
from .requests import TierConfigRequest
from .templates import Template

__all__ = ["Parameter", "ProcessedRequest", "Template", "TierConfig", "TierConfigRequest"]
