"""Ways through the queue of a vendor, from the page of one of its requests."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, Subquery
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


def neighbours(view: Any) -> dict[str, str]:
    """Addresses of the requests before and after this one in the vendor's queue, if it is in it.

    One query.
    """
    states = overview.mine(view.actor).get(view.name, ())
    if view.portal != VENDOR or view.object.state not in states:
        return {}
    since = overview.KINDS[view.name].since
    rows = overview.visible(view.name, view.actor).filter(overview.where(view.name, states))
    here, pk = getattr(view.object, since), view.object.pk
    beside = {}
    for way, sign, order in (("previous", "lt", "-"), ("next", "gt", "")):
        beyond = Q(**{f"{since}__{sign}": here}) | Q(**{since: here, f"pk__{sign}": pk})
        near = rows.filter(beyond, **{f"{since}__{sign}e": here})
        beside[way] = Subquery(near.order_by(f"{order}{since}", f"{order}pk").values("pk")[:1])
    found = rows.filter(pk=pk).values(**beside).first() or {}
    return {way: view.url(f"{view.name}-detail", key) for way, key in found.items() if key}
