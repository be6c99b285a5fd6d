"""The partners of the demo, the people who sign in, and where they trade."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from customers.models import Hub, Marketplace, Membership, Partner, User

PASSWORD = "demo"  # noqa: S105
DOMAIN = "demo.example"


class Company(NamedTuple):
    id: str
    name: str
    role: str


#: Short name -> partner; the short names are used all over this package.
PARTNERS = {
    "kestrel": Company("VA-310-442", "Kestrel Cloudworks", "vendor"),
    "harbourline": Company("VA-598-336", "Harbourline Security", "vendor"),
    "bytewerk": Company("VA-772-061", "Bytewerk Collaboration", "vendor"),
    "hanse": Company("PA-205-118", "Hanse Distribution", "distributor"),
    "meridian": Company("PA-530-877", "Meridian Channel Services", "distributor"),
    "umbrella": Company("PA-664-250", "Umbrella", "reseller"),
    "nordlicht": Company("PA-417-903", "Nordlicht", "reseller"),
    "bogazici": Company("PA-881-372", "Boğaziçi Bilişim", "reseller"),
    "weserland": Company("PA-139-745", "Weserland IT-Service", "reseller"),
    "levant": Company("PA-926-084", "Comptoir du Levant Informatique", "reseller"),
}


class Person(NamedTuple):
    id: str
    name: str
    #: (partner, level) pairs.
    memberships: tuple[tuple[str, str], ...]


#: Those who may sign in, by the part of their address before the @.
SIGN_INS = {
    "vendor": Person("UR-310-442-001", "Vera Lindqvist", (("kestrel", "administrator"),)),
    "distributor": Person("UR-205-118-001", "Dirk Hansen", (("hanse", "administrator"),)),
    "reseller": Person("UR-417-903-001", "Rieke Petersen", (("nordlicht", "administrator"),)),
    "parent": Person("UR-664-250-001", "Paul Umbrecht", (("umbrella", "administrator"),)),
    "multi": Person(
        "UR-772-061-001", "Mina Okafor", (("bytewerk", "agent"), ("meridian", "agent"))
    ),
    "admin": Person("UR-100-000-001", "Ada Admin", ()),
    "vendor2": Person("UR-598-336-001", "Noel Whitfield", (("harbourline", "administrator"),)),
    "distributor2": Person("UR-530-877-001", "Inés Carballo", (("meridian", "administrator"),)),
    "reseller2": Person("UR-881-372-001", "İpek Yıldırım", (("bogazici", "administrator"),)),
}
#: Colleagues who appear in the history and cannot sign in.
COLLEAGUES = {
    "tomas": Person("UR-310-442-002", "Tomáš Nový", (("kestrel", "agent"),)),
    "sanne": Person("UR-205-118-002", "Sanne de Vries", (("hanse", "agent"),)),
    "bjorn": Person("UR-772-061-002", "Björn Åkesson", (("bytewerk", "administrator"),)),
    "greta": Person("UR-139-745-001", "Greta Oltmanns", (("weserland", "administrator"),)),
    "hugo": Person("UR-926-084-001", "Hugo Lefèvre", (("levant", "administrator"),)),
}

#: Distributor -> its marketplace and its hub.
MARKETS = {
    "hanse": (
        ("MP-40213", "Northern Europe", "EUR", ["DE", "SE", "NL", "PL", "GB"]),
        ("HB-2051-1807", "Hanse order system"),
    ),
    "meridian": (
        ("MP-58760", "Mediterranean and overseas", "EUR", ["FR", "ES", "TR", "US", "JP"]),
        ("HB-5308-7716", "Meridian storefront"),
    ),
}


def make_partners(now: datetime) -> dict[str, Partner]:
    born = now - timedelta(days=120)
    rows = {
        key: Partner(pk=pk, name=name, role=role, created_at=born, updated_at=born)
        for key, (pk, name, role) in PARTNERS.items()
    }
    Partner.objects.bulk_create(rows.values())
    return rows


def make_users(partners: dict[str, Partner], now: datetime) -> dict[str, User]:
    """Everybody of SIGN_INS and COLLEAGUES; the password is hashed once, for all."""
    encoded = make_password(PASSWORD)
    unusable = make_password(None)
    rows = {}
    for key, (pk, name, _memberships) in {**SIGN_INS, **COLLEAGUES}.items():
        rows[key] = User(
            pk=pk,
            email=f"{key}@{DOMAIN}",
            name=name,
            password=encoded if key in SIGN_INS else unusable,
            is_staff=key == "admin",
            is_superuser=key == "admin",
            date_joined=now - timedelta(days=120),
        )
    User.objects.bulk_create(rows.values())
    Membership.objects.bulk_create(
        Membership(user=rows[key], partner=partners[partner], level=level)
        for key, person in {**SIGN_INS, **COLLEAGUES}.items()
        for partner, level in person.memberships
    )
    return rows


def make_markets(partners: dict[str, Partner]) -> dict[str, tuple[Marketplace, Hub]]:
    made = {}
    for key, ((market_id, name, currency, countries), (hub_id, hub_name)) in MARKETS.items():
        owner = partners[key]
        market = Marketplace(
            pk=market_id, name=name, owner=owner, currency=currency, countries=countries
        )
        hub = Hub(pk=hub_id, name=hub_name, type=Hub.Type.API, provider=owner)
        market.save(force_insert=True)
        hub.save(force_insert=True)
        made[key] = (market, hub)
    return made
