"""`previous_approved_request`: what was approved last before a request was made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from customers.actors import Actor


class Previous:
    """Approved requests of what some requests are about, as far as the actor sees them; one query.

    `about` is the field that leads to it: its configuration, or its subscription.
    """

    def __init__(self, requests: Sequence[Any], about: str, actor: Actor) -> None:
        self.key = f"{about}_id"
        self.approved: dict[str, list[Any]] = {}
        if not requests:
            return
        rows = type(requests[0]).objects.visible_to(actor).filter(state="approved")
        rows = rows.filter(**{f"{about}__in": [getattr(each, self.key) for each in requests]})
        columns = (self.key, "pk", "created_at")
        for key, *each in rows.order_by("created_at", "pk").values_list(*columns):
            self.approved.setdefault(key, []).append(each)

    def before(self, request: Any) -> str:
        """The id of the one before it, "" for none."""
        own = self.approved.get(getattr(request, self.key), ())
        earlier = [pk for pk, created in own if created < request.created_at]
        return earlier[-1] if earlier else ""
