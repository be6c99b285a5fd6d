"""What the steps of a request mean for its subscription, in words, by type of the request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from fulfillment.models import FulfillmentRequest

Type = FulfillmentRequest.Type
#: Types that bring neither items nor values, so that their approval needs neither.
BARE = (Type.SUSPEND, Type.RESUME, Type.CANCEL)
#: Types of which the buying side is asked for values.
ASKABLE = (Type.PURCHASE, Type.CHANGE)


@dataclass(frozen=True)
class Words:
    """`approving` and `ending` say what an approval, or an end without one, does to the
    subscription; `approved` and `ended` that it was done."""

    approving: Any
    approved: Any
    ending: Any
    ended: Any


UNCHANGED = _("The subscription stays as it is.")
WORDS: dict[str, Words] = {
    Type.PURCHASE: Words(
        _("The subscription is active from now on."),
        _("Approved. The subscription is active."),
        _("The order ends here, and its subscription is terminated."),
        _("The subscription is terminated."),
    ),
    Type.CHANGE: Words(
        _("The subscription has the new items and values from now on."),
        _("Approved. The subscription has the new items and values."),
        _("The request ends here. The subscription keeps its items and values."),
        UNCHANGED,
    ),
    Type.SUSPEND: Words(
        _("The subscription is suspended from now on."),
        _("Approved. The subscription is suspended."),
        _("The request ends here. The subscription stays active."),
        _("The subscription stays active."),
    ),
    Type.RESUME: Words(
        _("The subscription is active again from now on."),
        _("Approved. The subscription is active again."),
        _("The request ends here. The subscription stays suspended."),
        _("The subscription stays suspended."),
    ),
    Type.CANCEL: Words(
        _("The subscription is terminated from now on. This cannot be taken back."),
        _("Approved. The subscription is terminated."),
        _("The request ends here. The subscription goes on as it was before."),
        _("The subscription goes on as before."),
    ),
    Type.ADJUSTMENT: Words(
        _("The subscription has the corrected values from now on; its items stay."),
        _("Approved. The subscription has the corrected values."),
        _("The adjustment ends here. The subscription keeps its values."),
        UNCHANGED,
    ),
}


def words(request: Any) -> Words:
    return WORDS[request.type]


def offered(kind: str) -> str:
    """The name of the button that leads to a request of that type: what a press does."""
    return str(OFFERED.get(Type(kind), Type(kind).label))


OFFERED: dict[str, Any] = {
    # "Cancel" alone is the word for leaving a page.
    Type.CANCEL: _("Cancel subscription"),
    Type.ADJUSTMENT: _("Adjust"),
}


@dataclass(frozen=True)
class Asked:
    """How a request is asked for: `effects` are (colour, sentence with %(vendor)s and %(state)s),
    `hindered` is the title of the page that says why it cannot be."""

    title: Any
    hindered: Any
    button: Any = ""
    effects: tuple[tuple[str, Any], ...] = ()


ASKED: dict[str, Asked] = {
    Type.CHANGE: Asked(_("Change the subscription"), _("The subscription cannot be changed now")),
    Type.SUSPEND: Asked(
        _("Suspend the subscription"),
        _("The subscription cannot be suspended now"),
        _("Ask for the suspension"),
        (
            ("waiting", _("%(vendor)s decides. Until then the subscription stays active.")),
            ("parked", _("Once approved it is suspended: nothing is deleted, the items stay.")),
            ("done", _("It can be resumed at any time, by another request.")),
        ),
    ),
    Type.RESUME: Asked(
        _("Resume the subscription"),
        _("The subscription cannot be resumed now"),
        _("Ask for the resumption"),
        (
            ("waiting", _("%(vendor)s decides. Until then the subscription stays suspended.")),
            ("done", _("Once approved it is active again, with the items and values it has.")),
        ),
    ),
    Type.CANCEL: Asked(
        _("Cancel the subscription"),
        _("The subscription cannot be cancelled now"),
        _("Ask for the cancellation"),
        (
            ("waiting", _("It is terminating at once; nothing else can be asked of it then.")),
            (
                "stop",
                _("When %(vendor)s approves, it is terminated for good and its items end."),
            ),
            ("parked", _("If the vendor rejects the request, it is “%(state)s” again.")),
        ),
    ),
    Type.ADJUSTMENT: Asked(
        _("Adjust the subscription"), _("The subscription cannot be adjusted now")
    ),
}
