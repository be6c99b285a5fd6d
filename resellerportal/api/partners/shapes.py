"""Accounts, partners and users as the API shows them (domain 2.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

from customers.actors import ADMINISTRATOR, VENDOR
from customers.models import Listing, Membership, Partner

from ..shaping import Happening, Rendering, stamp


class AccountShape(TypedDict):
    """`external_id` is shown of one's own account only. What the portal does not keep is null."""

    id: str
    name: str
    icon: str | None
    description: str | None
    overview: str | None
    headquarters: str | None
    type: str
    role: str
    brand: str
    external_id: str
    sourcing: bool
    countries: list[str] | None
    languages: list[str] | None
    websites: list[str] | None
    public: bool | None
    events: dict[str, Happening]


class AccountRendering(Rendering[Partner]):
    shape = AccountShape

    def one(self, partner: Partner) -> dict[str, Any]:
        own = partner.pk == self.actor.partner_id
        return {
            **described(partner),
            "brand": partner.pk,
            "external_id": partner.external_id if own else "",
            "sourcing": False,
            "events": {
                "created": {"at": stamp(partner.created_at)},
                "updated": {"at": stamp(partner.updated_at)},
            },
        }


def described(partner: Partner) -> dict[str, Any]:
    """What is said of a company on either list."""
    return {
        "id": partner.pk,
        "name": partner.name,
        "icon": None,
        "description": None,
        "overview": None,
        "headquarters": None,
        "type": "vendor" if partner.role == VENDOR else "provider",
        "role": partner.role,
        "countries": None,
        "languages": None,
        "websites": None,
        "public": None,
    }


class ContractStats(TypedDict):
    distribution: int
    program: int
    service: int
    syndication: int


class PartnerStats(TypedDict):
    contracts: ContractStats
    listings: int


class PartnerShape(TypedDict):
    """There are no contracts: they are counted as none. Whom the portal names is active."""

    id: str
    name: str
    status: str
    icon: str | None
    description: str | None
    overview: str | None
    headquarters: str | None
    type: str
    role: str
    countries: list[str] | None
    languages: list[str] | None
    websites: list[str] | None
    public: bool | None
    stats: PartnerStats
    contacts: list[str]


class PartnerRendering(Rendering[Partner]):
    shape = PartnerShape

    def prepare(self, objects: Sequence[Partner]) -> None:
        self.listings: Counter[str] = Counter()
        if self.branches.wants("stats.listings"):
            rows = Listing.objects.visible_to(self.actor).filter(active=True)
            for sides in rows.values_list("product__owner", "marketplace__owner"):
                self.listings.update(sides)

    def one(self, partner: Partner) -> dict[str, Any]:
        contracts = dict.fromkeys(("distribution", "program", "service", "syndication"), 0)
        return {
            **described(partner),
            "status": "active",
            "stats": {"contracts": contracts, "listings": self.listings[partner.pk]},
            "contacts": [],
        }


class UserShape(TypedDict):
    """Viewers read names only; `level` and members who no longer count are administrators'."""

    id: str
    name: str
    email: NotRequired[str]
    active: bool
    status: str
    level: NotRequired[str]
    events: dict[str, Happening]


class UserRendering(Rendering[Membership]):
    shape = UserShape
    related = ("user",)

    def one(self, member: Membership) -> dict[str, Any]:
        user = member.user
        active = member.active and user.is_active
        found: dict[str, Any] = {"id": user.pk, "name": str(user) if self._told else user.name}
        if self._told:
            found["email"] = user.email
        found |= {"active": active, "status": "active" if active else "inactive"}
        if self.actor.level == ADMINISTRATOR:
            found["level"] = member.level
        return {**found, "events": {"created": {"at": stamp(user.date_joined)}}}

    @property
    def _told(self) -> bool:
        """Whether the reader may know addresses: whoever writes to colleagues does."""
        return self.actor.may_act
