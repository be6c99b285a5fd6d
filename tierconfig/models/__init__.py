from .actions import Action, Embedding
from .configs import TierConfig
from .inquiries import AnswerDraft, Delegation, ServiceLevel, UniqueValue
from .messages import ProductMessage
from .parameters import Parameter
from .processing import ProcessedRequest
from .requests import TierConfigRequest
from .templates import Template
from .webhooks import Webhook

__all__ = [
    "Action",
    "AnswerDraft",
    "Delegation",
    "Embedding",
    "Parameter",
    "ProcessedRequest",
    "ProductMessage",
    "ServiceLevel",
    "Template",
    "TierConfig",
    "TierConfigRequest",
    "UniqueValue",
    "Webhook",
]
