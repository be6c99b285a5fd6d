"""Who acts: the one type through which the domain knows its callers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import Membership, Partner, User

VENDOR = "vendor"
DISTRIBUTOR = "distributor"
RESELLER = "reseller"
ADMIN = "admin"
SYSTEM = "system"
CONTACT = "contact"

VIEWER = "viewer"
AGENT = "agent"
ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Actor:
    """A user acting for one partner in one role, for the length of one request.

    `contact` is the holder of a mailed inquiry link: no sign-in, `email` is the addressee and
    `request_id` the only object the link opens. `system` is the platform itself. A call of the API
    has the id of its key in `key` and that key's `name`; `user` is the key's owner. `memo` caches
    what visibility read about the actor, so an Actor must never outlive a request.
    """

    role: str
    user: User | None = None
    partner: Partner | None = None
    level: str = VIEWER
    email: str = ""
    request_id: str = ""
    key: str = ""
    name: str = ""
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, membership: Membership) -> Actor:
        partner = membership.partner
        return cls(role=partner.role, user=membership.user, partner=partner, level=membership.level)

    @classmethod
    def admin(cls, user: User) -> Actor:
        return cls(role=ADMIN, user=user, level=ADMINISTRATOR)

    @classmethod
    def system(cls) -> Actor:
        return cls(role=SYSTEM, level=ADMINISTRATOR)

    @classmethod
    def contact(cls, email: str, request_id: str) -> Actor:
        return cls(role=CONTACT, email=email, request_id=request_id, level=AGENT)

    @property
    def may_act(self) -> bool:
        """Whether the level allows domain steps; viewers only read."""
        return self.level in (AGENT, ADMINISTRATOR)

    @property
    def partner_id(self) -> str | None:
        return self.partner.pk if self.partner else None

    def __str__(self) -> str:
        if self.role == SYSTEM:
            return "Tierdesk"
        if self.name:
            return self.name
        return str(self.user) if self.user else self.email or self.key
