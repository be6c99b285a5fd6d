"""What to do next on the page of a request that does not wait for its reader."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from customers.actors import ADMIN, VENDOR

from . import overview
from .parts import Action


def following(view: Any) -> list[Action]:
    """The request of the same kind that has waited longest for the actor, as a button."""
    actor, states = view.actor, overview.mine(view.actor).get(view.name, ())
    if view.object.state in states or not states or not actor.may_act:
        return []
    if actor.role == ADMIN and view.portal != VENDOR:
        return []
    rows = overview.visible(view.name, actor).filter(state__in=states)
    since = overview.KINDS[view.name].since
    pk = rows.order_by(since, "pk").values_list("pk", flat=True).first()
    if pk is None:
        return []
    address = view.url(f"{view.name}-detail", pk)
    return [Action(_("Next in the queue"), address, icon="fa-forward", rel="next")]
