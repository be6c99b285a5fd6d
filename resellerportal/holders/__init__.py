"""Who holds requests: the stays of one request, the report over all, and the nudge."""

from .about import about
from .nudging import Nudge

__all__ = ["Nudge", "about"]
