"""Ways through the queue of a vendor, from the page of one of its requests."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from customers.actors import VENDOR

from . import overview
from .parts import Action


def following(view: Any) -> list[Action]:
    """The request of the same kind that has waited longest for the vendor, as a button."""
    actor = view.actor
    if view.portal != VENDOR or not actor.may_act:
        return []
    states = overview.mine(actor)[view.name]
    if view.object.state in states:
        return []
    rows = overview.visible(view.name, actor).filter(overview.where(view.name, states))
    since = overview.KINDS[view.name].since
    pk = rows.order_by(since, "pk").values_list("pk", flat=True).first()
    if pk is None:
        return []
    address = view.url(f"{view.name}-detail", pk)
    return [Action(_("Next in the queue"), address, icon="fa-forward", rel="next")]
