"""The two forests of the demo, with the accounts that README and tests call by name."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from customers import identifiers
from customers.actors import Actor
from customers.models import AccountAccess, AccountVersion, Event, Hub, Partner, TierAccount, User
from customers.snapshots import snapshot

from .forest import Node, first_tree_id, grow, number, sizes
from .names import Names

UMBRELLA = "TA-2041-7730-5518"
NORDLICHT = "TA-3317-4429-8064"
KIRLIN = "TA-5120-9946-2731"
OSTSEE = "TA-6408-3150-9927"
WESERLAND = "TA-7754-0263-1189"
ALSTERBLICK = "TA-5533-8170-4426"
ELBKONTOR = "TA-5847-1092-6630"
REEDEREI = "TA-5261-7743-0958"
SVEA = "TA-8126-5507-3394"
SVEA_NORD = "TA-8390-2264-7715"
BOGAZICI = "TA-9045-6618-2270"
IZMIR = "TA-9158-0471-6623"
LEVANT = "TA-9471-3386-5502"

#: What README and tests rely on; the rest of these accounts is invented like any other.
KNOWN: dict[str, dict[str, str]] = {
    UMBRELLA: {
        "address_line1": "Am Sandtorkai 44",
        "address_line2": "",
        "city": "Hamburg",
        "state": "Hamburg",
        "postal_code": "20457",
        "contact_first_name": "Paul",
        "contact_last_name": "Umbrecht",
        "contact_email": "it@umbrella-hanse.example",
        "phone_country_code": "+49",
        "phone_area_code": "40",
        "phone_number": "66969201",
    },
    NORDLICHT: {
        "address_line1": "Holstenstraße 18",
        "address_line2": "",
        "city": "Kiel",
        "state": "Schleswig-Holstein",
        "postal_code": "24103",
        "contact_first_name": "Rieke",
        "contact_last_name": "Petersen",
        "contact_email": "it@nordlicht.example",
        "phone_country_code": "+49",
        "phone_area_code": "431",
        "phone_number": "5550142",
    },
    KIRLIN: {
        "address_line1": "Überseeallee 7",
        "address_line2": "",
        "city": "Hamburg",
        "state": "Hamburg",
        "postal_code": "20457",
        "contact_first_name": "Jördis",
        "contact_last_name": "Kirlin",
        "contact_email": "it@kirlin.example",
        "phone_country_code": "+49",
        "phone_area_code": "40",
        "phone_number": "66969310",
    },
}

#: Roots of the trees with names.
ROOTS = (UMBRELLA, SVEA, BOGAZICI, LEVANT)

#: Operated accounts: account id -> short name of the reseller partner.
OPERATED = {
    UMBRELLA: "umbrella",
    NORDLICHT: "nordlicht",
    WESERLAND: "weserland",
    SVEA_NORD: "nordlicht",
    BOGAZICI: "bogazici",
    LEVANT: "levant",
}


def named_trees(distributor: str) -> list[Node]:
    """The trees with fixed names and ids of a distributor."""
    if distributor == "hanse":
        umbrella = Node("reseller", "Umbrella Hanse", UMBRELLA, "DE")
        nordlicht = umbrella.add("reseller", "Nordlicht Systemhaus GmbH", NORDLICHT, "DE")
        for name, pk in (
            ("Kirlin Logistik GmbH", KIRLIN),
            ("Hotel Alsterblick GmbH", ALSTERBLICK),
            ("Elbkontor Steuerberatung PartG mbB", ELBKONTOR),
            ("Petersen & Söhne Reederei GmbH & Co. KG", REEDEREI),
        ):
            nordlicht.add("customer", name, pk, "DE")
        ostsee = umbrella.add("reseller", "Ostsee Datentechnik AG", OSTSEE, "DE")
        for name in ("Fördeklinik Kiel gGmbH", "Schifffahrtskontor Möwe OHG"):
            ostsee.add("customer", name, "", "DE")
        weserland = umbrella.add("reseller", "Weserland IT-Service KG", WESERLAND, "DE")
        weserland.add("customer", "Bremer Kaffeerösterei Überseehafen GmbH", "", "DE")
        return [umbrella]
    svea = Node("reseller", "Svea Systemhus AB", SVEA, "SE")
    nord = svea.add("reseller", "Nordlicht Sverige AB", SVEA_NORD, "SE")
    for name in ("Åkerlund & Öberg Arkitekter AB", "Fastighets AB Norrsken", "Västkustens Fisk AB"):
        nord.add("customer", name, "", "SE")
    bogazici = Node("reseller", "Boğaziçi Bilişim A.Ş.", BOGAZICI, "TR")
    izmir = bogazici.add("reseller", "İzmir Yazılım ve Danışmanlık Ltd. Şti.", IZMIR, "TR")
    izmir.add("customer", "İstanbul Çelik Döküm Sanayi ve Ticaret A.Ş.", "", "TR")
    izmir.add("customer", "Özgür Nakliyat A.Ş.", "", "TR")
    levant = Node("reseller", "Comptoir du Levant Informatique SARL", LEVANT, "FR")
    levant.add("customer", "Boulangerie Noël & Fils", "", "FR")
    levant.add("customer", "株式会社山田製作所", "", "JP")
    return [svea, bogazici, levant]


def plant(
    distributor: str, owner: Partner, hub: Hub, user: User, count: int, seed: int, now: datetime
) -> list[TierAccount]:
    """Write the forest of a distributor, about `count` accounts, all older than the history."""
    rng = random.Random(seed)  # noqa: S311
    names = Names(seed)
    roots = named_trees(distributor)
    planted = sum(1 for root in roots for _node in root.walk())
    roots += [grow(rng, max(size, 6)) for size in sizes(rng, count - planted)]
    for tree_id, root in enumerate(roots, start=first_tree_id()):
        number(root, tree_id)
    nodes = [node for root in roots for node in root.walk()]
    _give_ids(nodes)
    stamps = [now - timedelta(days=75) + timedelta(hours=6.5 * n) for n in range(len(nodes))]
    latest = now - timedelta(days=32)
    rows: dict[str, TierAccount] = {}
    for place, (node, stamp) in enumerate(zip(nodes, stamps, strict=True), start=1):
        columns = names.company(node.kind, country=node.country, name=node.name)
        columns |= KNOWN.get(node.pk, {})
        rows[node.pk] = TierAccount(
            pk=node.pk,
            parent=rows[node.parent.pk] if node.parent else None,
            provider=owner,
            owner=owner,
            hub=hub,
            external_id=str(10_000 + place),
            tree_id=node.tree_id,
            lft=node.lft,
            rght=node.rght,
            level=node.level,
            created_at=min(stamp, latest),
            updated_at=min(stamp, latest),
            **columns,
        )
    TierAccount._base_manager.bulk_create(rows.values(), batch_size=500)
    write_births(rows.values(), Actor(role="distributor", user=user, partner=owner))
    return list(rows.values())


def write_births(accounts: Iterable[TierAccount], actor: Actor) -> None:
    """First versions and creation events, already told, of accounts written in bulk."""
    accounts = list(accounts)
    AccountVersion.objects.bulk_create(
        (
            AccountVersion(account=each, number=1, data=snapshot(each), created_at=each.created_at)
            for each in accounts
        ),
        batch_size=1000,
    )
    Event.objects.bulk_create(
        (
            Event(
                at=each.created_at,
                verb="tieraccount.create",
                object_type="tieraccount",
                object_id=each.pk,
                provider_id=each.provider_id,
                user=actor.user,
                partner=actor.partner,
                role=actor.role,
                actor_name=str(actor),
                data={"version": 1},
                told_at=each.created_at,
                next_attempt_at=each.created_at,
            )
            for each in accounts
        ),
        batch_size=1000,
    )


def grant(partners: dict[str, Partner], now: datetime) -> None:
    """Let the reseller partners operate their accounts."""
    AccountAccess.objects.bulk_create(
        AccountAccess(
            partner=partners[key],
            account_id=account,
            kind=AccountAccess.Kind.OPERATES,
            granted_by="Dirk Hansen",
            started_at=now - timedelta(days=31),
        )
        for account, key in OPERATED.items()
    )


def _give_ids(nodes: list[Node]) -> None:
    nameless = [node for node in nodes if not node.pk]
    taken = {node.pk for node in nodes if node.pk}
    drawn = identifiers.free_ids(TierAccount, "TA", len(nameless) + len(taken))
    free = (pk for pk in drawn if pk not in taken)
    for node in nameless:
        node.pk = next(free)
