"""How a configuration stands, in the words of its reader, and where it leads."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import OuterRef, Q, Subquery
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.actors import RESELLER, Actor
from customers.models import Connection
from customers.visibility import operated_ids
from tierconfig.models import TierConfig, TierConfigRequest

from ..states import badge, badge_of, label

State = TierConfig.State
RequestState = TierConfigRequest.State
#: Of rows annotated with `open_state`, the state of their open request.
IN_PROGRESS = Q(open_state__isnull=False)
NOT_CONFIGURED = Q(configured_at=None, open_state=None)
#: No row.
NOTHING = Q(pk__in=[])


def may_open(config: TierConfig, actor: Actor) -> bool:
    """Whether a configuration met on a page of the actor is one the actor may open.

    Vendor and distributor share their side of every configuration they meet that way. Nobody opens
    one whose set-up is still a draft: it says nothing that its draft does not.
    """
    if config.state == State.DRAFT:
        return False
    return actor.role != RESELLER or config.account_id in operated_ids(actor)


def open_request(
    actor: Actor, field: str, states: Iterable[str] = TierConfigRequest.OPEN
) -> Subquery:
    """A column of the open request of each configuration, as far as the actor sees it."""
    rows = TierConfigRequest.objects.visible_to(actor).filter(
        configuration=OuterRef("pk"), state__in=states
    )
    return Subquery(rows.values(field)[:1])


def environment(config: TierConfig) -> str:
    if config.connection is None:
        return _("Preview")
    return label(Connection, "type", config.connection.type)


def status(config: TierConfig, open_state: str | None) -> SafeString:
    """The state; "Not configured" where the set-up failed and nothing is under way."""
    if config.configured_at is None and open_state is None:
        return badge_of("", _("Not configured"))
    return badge(config)
