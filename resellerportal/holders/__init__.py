"""Who holds requests: the stays of one request, the report over all, and the nudge."""

from .about import about, stays_of
from .nudging import Nudge

__all__ = ["Nudge", "about", "stays_of"]
