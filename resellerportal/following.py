"""Ways through the queue of a vendor, from the page of one of its requests."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from customers.actors import VENDOR

from .frame import shell
from .home import overview
from .parts import Action


def following(view: Any) -> list[Action]:
    """The request of the same kind that has waited longest for the vendor, as a button.

    A page that stands in a list goes on in that.
    """
    actor = view.actor
    if view.portal != VENDOR or not actor.may_act or view.place:
        return []
    states = overview.mine(actor)[view.name]
    if view.object.state in states:
        return []
    pk = overview.longest_waiting(actor, view.name, shell.MOST)
    if not pk:
        return []
    address = view.url(f"{view.name}-detail", pk)
    return [Action(_("Next in the queue"), address, icon="fa-forward", rel="next")]
