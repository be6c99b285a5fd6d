from .access import AccountAccess
from .accounts import AccountVersion, TierAccount
from .catalog import Category, Product, ProductIcon
from .connections import Connection
from .events import DeliveryAttempt, Event
from .imports import ImportBatch, ImportFile, ImportMapping, ImportRow
from .jobs import Job
from .markets import Hub, Listing, Marketplace
from .notes import Note, Watch
from .participation import Participation
from .partners import Membership, Partner, User
from .requests import TierAccountRequest

__all__ = [
    "AccountAccess",
    "AccountVersion",
    "Category",
    "Connection",
    "DeliveryAttempt",
    "Event",
    "Hub",
    "ImportBatch",
    "ImportFile",
    "ImportMapping",
    "ImportRow",
    "Job",
    "Listing",
    "Marketplace",
    "Membership",
    "Note",
    "Participation",
    "Partner",
    "Product",
    "ProductIcon",
    "TierAccount",
    "TierAccountRequest",
    "User",
    "Watch",
]
