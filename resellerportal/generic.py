"""The four pages of the portal: list, detail, form and action. Views are declarations over them.

Order of checks everywhere: role of the URL (403), visible (404), level (403), state (409), input.
"""

from .detailview import PortalDetailView, PortalObjectView
from .formview import PortalActionView, PortalFormView
from .lists.listview import PortalListView
from .parts import Action, Bulk, DetailTab, Fact

__all__ = [
    "Action",
    "Bulk",
    "DetailTab",
    "Fact",
    "PortalActionView",
    "PortalDetailView",
    "PortalFormView",
    "PortalListView",
    "PortalObjectView",
]
