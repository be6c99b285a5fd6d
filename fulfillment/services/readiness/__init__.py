"""What ordering would do for resellers × products, read for many at once.

The rule is the one orders follow: tierconfig.services.needs says which configurations an order
needs and how each stands; `offers` which connection it would go through; `cells` reads both for
one page, `counts` counts and narrows by the same verdict in the database.
"""

from .cells import Cell, matrix
from .counts import narrowed, totals, waiting_for
from .offers import PREVIEW, PRODUCTION, TEST, Offer, Place, Refusal, offers
from .terms import Terms, terms
from .verdicts import NOT_READY, State, verdict

__all__ = [
    "NOT_READY",
    "PREVIEW",
    "PRODUCTION",
    "TEST",
    "Cell",
    "Offer",
    "Place",
    "Refusal",
    "State",
    "Terms",
    "matrix",
    "narrowed",
    "offers",
    "terms",
    "totals",
    "verdict",
    "waiting_for",
]
