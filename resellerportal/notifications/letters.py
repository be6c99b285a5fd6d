"""What a mail is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from customers.actors import ADMINISTRATOR, AGENT, RESELLER
from customers.models import Event, Membership
from customers.moments import dated

#: A moment as whoever the mail goes to reads it: it becomes a text when the mail is written.
when = lazy(dated, str)


@dataclass(frozen=True)
class Message:
    """One mail to one address; `template` is emails/<template>.txt and .html.

    A member is written to for a `partner`, under a `kind` (kinds.py), by default that of the
    event; `member` and his `mode` for it are found when the mail is sorted out. Others have none.
    """

    recipient: str
    template: str
    subject: str
    context: dict[str, Any] = field(default_factory=dict)
    partner: str = ""
    kind: str = ""
    member: Membership | None = None
    mode: str = "each"

    @property
    def time_zone(self) -> str:
        """The zone of the times in it; "" for the installation's, as for all who do not sign in."""
        return self.member.user.time_zone if self.member else ""


def members(partner_id: str, event: Event) -> list[str]:
    """Addresses of a partner's agents and administrators, without the person who acted."""
    rows = Membership.objects.usable().filter(
        partner_id=partner_id, level__in=[AGENT, ADMINISTRATOR]
    )
    if event.user_id:
        rows = rows.exclude(user=event.user_id)
    return sorted(rows.values_list("user__email", flat=True))


def waiting_party(event: Event) -> str:
    """Who nudges, as the vendor reads it. A reseller may wait in another company, and operate a
    parent that is not named to the vendor."""
    if event.role == RESELLER:
        return _("A reseller")
    return event.partner.name if event.partner else event.actor_name


def administrators(partner_id: str) -> list[str]:
    """Addresses of a partner's administrators."""
    rows = Membership.objects.usable().filter(partner_id=partner_id, level=ADMINISTRATOR)
    return sorted(rows.values_list("user__email", flat=True))
