"""Parts that pages of configurations and their requests share."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery
from django.utils.safestring import SafeString

from customers.actors import RESELLER, Actor
from customers.visibility import operated_ids
from tierconfig.models import TierConfig, TierConfigRequest

from ..states import badge_of, state_label


def may_open(config: TierConfig, actor: Actor) -> bool:
    """Whether a configuration met on a page of the actor is one the actor may open.

    Vendor and distributor share their side of every configuration they meet that way.
    """
    return actor.role != RESELLER or config.account_id in operated_ids(actor)


def request_badge(state: str) -> SafeString:
    return badge_of(state, state_label(TierConfigRequest, state))


def open_request(actor: Actor, field: str) -> Subquery:
    """A column of the open request of each configuration, as far as the actor sees it."""
    rows = TierConfigRequest.objects.visible_to(actor).filter(
        configuration=OuterRef("pk"), state__in=TierConfigRequest.OPEN
    )
    return Subquery(rows.values(field)[:1])
