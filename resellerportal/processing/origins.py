"""Where values come from, in a line under each: as far as its reader may know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import RESELLER, VENDOR, Actor
from customers.models import Event
from tierconfig.services import answer_drafts, provenance
from tierconfig.services.provenance import Origin

from .. import history


def lines(
    ids: Iterable[str], actor: Actor, events: Iterable[Event] | None = None
) -> dict[str, str]:
    """A sentence by parameter name; of requests visible to the actor. At most two queries.

    `events` are all there are of these requests, when the page has read them.

    Names are those of the thread: a reseller reads none of the other sides, a vendor none of the
    resellers that handled an order.
    """
    found = provenance.of(ids, events)
    names = history.names((origin.event for origin in found.values()), actor)
    return {name: _line(each, names[each.event.pk], actor) for name, each in found.items()}


def in_force(
    holder: Any, actor: Actor, *also: str, events: Iterable[Event] | None = None
) -> dict[str, str]:
    """As `lines`, of the values of a configuration or subscription, and of its requests `also`.

    `events` are all there are of these requests.
    """
    if not holder.params:
        return lines(also, actor, events)
    rows = holder.requests.visible_to(actor).filter(Q(state="approved") | Q(pk__in=also))
    return lines(rows.order_by().values("pk"), actor)


def _line(origin: Origin, who: str, actor: Actor) -> str:
    values = {"who": _given_by(origin, actor) if origin.by else who}
    values["when"] = timezone.localtime(origin.at).date().isoformat()
    if origin.through == answer_drafts.LINK:
        return _("%(who)s, through the mailed link, %(when)s") % values
    if origin.through == answer_drafts.DELEGATION:
        return _("%(who)s, asked by the addressee, %(when)s") % values
    if origin.through == provenance.ORDER:
        return _("With the order, %(when)s") % values
    if origin.through == provenance.BY_VENDOR:
        return _("The vendor (%(who)s), %(when)s") % values
    if origin.through == provenance.BY_KEY:
        return _("%(who)s, over the API, %(when)s") % values
    return _("%(who)s, in the portal, %(when)s") % values


def _given_by(origin: Origin, actor: Actor) -> str:
    """Whoever put it into the draft: an address, or a partner by its name."""
    if origin.through == answer_drafts.PORTAL:
        own = actor.partner is not None and origin.by == actor.partner.name
        orders = origin.event.object_type == "fulfillmentrequest"
        if (actor.role == RESELLER and not own) or (actor.role == VENDOR and orders):
            return _("The buying side")
    elif actor.role == RESELLER:
        if origin.through == answer_drafts.DELEGATION:
            return _("A colleague")
        return _("The technical contact")
    return origin.by
