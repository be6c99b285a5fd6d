"""What the page of a request says about its holders, below the waiting chain."""

from __future__ import annotations

from typing import Any

from customers.actors import Actor
from customers.models import Holding
from tierconfig.services.waiting import Link

from .. import reasons
from . import nudging, stays


def stays_of(request: Any, actor: Actor) -> stays.Stays | None:
    """The stays of a request whose visibility the caller has established; one query."""
    rows = Holding.objects.about(request, actor).select_related("partner", "account")
    return stays.of(type(request), list(rows))


def about(view: Any, links: list[Link]) -> dict[str, Any]:
    """Context of processing/_holds.html: the stays, the nudge, why it ended; two queries."""
    last = links[-1].id if links else ""
    found = Holding.objects.about(view.object, view.actor, last)
    rows = list(found.select_related("partner", "account"))
    open_rows = {row.object_id: row for row in rows if row.ended_at is None}
    own = [row for row in rows if row.object_id == view.object.pk]
    return {
        "nudge": nudging.offer(view, links, open_rows.get(last)),
        "stays": stays.of(type(view.object), own),
        "why": reasons.of(view.object, view.actor) if view.object.decided_at else "",
    }
