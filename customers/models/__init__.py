from .access import AccountAccess
from .accounts import AccountVersion, TierAccount
from .attachments import Attachment
from .catalog import Category, Product, ProductIcon
from .connections import Connection
from .endpoints import WebhookAttempt, WebhookEndpoint, WebhookMessage
from .events import DeliveryAttempt, Event
from .holding import Held, Holder, Holding
from .imports import ImportBatch, ImportFile, ImportMapping, ImportRow
from .jobs import Job
from .keys import ApiCall, IdempotentAnswer, ServiceUser
from .markets import Hub, Listing, Marketplace
from .notes import Note, Watch
from .participation import Participation
from .partners import Membership, Partner, User
from .preferences import DigestEntry, NotificationPreference, SavedView
from .reports import Report, ReportPart
from .requests import TierAccountRequest

__all__ = [
    "AccountAccess",
    "AccountVersion",
    "ApiCall",
    "Attachment",
    "Category",
    "Connection",
    "DeliveryAttempt",
    "DigestEntry",
    "Event",
    "Held",
    "Holder",
    "Holding",
    "Hub",
    "IdempotentAnswer",
    "ImportBatch",
    "ImportFile",
    "ImportMapping",
    "ImportRow",
    "Job",
    "Listing",
    "Marketplace",
    "Membership",
    "Note",
    "NotificationPreference",
    "Participation",
    "Partner",
    "Product",
    "ProductIcon",
    "Report",
    "ReportPart",
    "SavedView",
    "ServiceUser",
    "TierAccount",
    "TierAccountRequest",
    "User",
    "Watch",
    "WebhookAttempt",
    "WebhookEndpoint",
    "WebhookMessage",
]
