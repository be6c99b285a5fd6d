"""Six products: every combination of Tier Accounts Sync and Reseller Authorization."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from customers import identifiers
from customers.models import Connection, Hub, Listing, Marketplace, Partner, Product
from fulfillment.models import Item
from tierconfig.models import Parameter, Template

YES_NO = {"choices": [{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}]}


def _choices(*labels: str) -> dict[str, Any]:
    return {"choices": [{"label": each, "value": each.lower()} for each in labels]}


class Param(NamedTuple):
    """scope, phase (o or f), name, title, type and flags (r required, h hidden)."""

    scope: str
    phase: str
    name: str
    title: str
    type: str = "text"
    flags: str = ""
    hint: str = ""
    constraints: dict[str, Any] = {}


class Offer(NamedTuple):
    id: str
    name: str
    vendor: str
    sync: bool
    level: int
    text: str
    items: tuple[tuple[str, str, str], ...]
    params: tuple[Param, ...]


OFFERS = {
    "backup": Offer(
        "PRD-610-204-338",
        "Backup 360",
        "kestrel",
        True,
        1,
        "Backs up servers, desktops and mailboxes to two places.",
        (
            ("B360-WS", "Workstation", "Licenses"),
            ("B360-SRV", "Server", "Licenses"),
            ("B360-TB", "Storage", "TB"),
        ),
        (
            Param("asset", "o", "admin_email", "Administrator's e-mail", "email", "r"),
            Param(
                "asset",
                "o",
                "region",
                "Region of the data",
                "dropdown",
                "r",
                "Cannot be changed later.",
                _choices("Frankfurt", "Paris", "Dublin", "Virginia"),
            ),
            Param("asset", "f", "tenant_id", "Tenant", "text", "r"),
            Param("asset", "f", "console_url", "Console", "url"),
            Param("tier1", "o", "support_phone", "Support telephone", "phone", "r"),
            Param("tier1", "o", "support_email", "Support e-mail", "email", "r"),
            Param("tier1", "f", "reseller_key", "Reseller key", "text", "r"),
        ),
    ),
    "mail": Offer(
        "PRD-610-204-771",
        "Mail Guard",
        "kestrel",
        False,
        0,
        "Filters what should not arrive.",
        (("MG-BOX", "Mailbox", "Mailboxes"), ("MG-ARC", "Journal archive", "Mailboxes")),
        (
            Param("asset", "o", "mail_domain", "Mail domain", "text", "r"),
            Param(
                "asset",
                "o",
                "languages",
                "Languages of the quarantine report",
                "checkbox",
                "",
                "",
                _choices("German", "English", "French", "Turkish"),
            ),
            Param("asset", "f", "relay", "Relay host", "text"),
        ),
    ),
    "archive": Offer(
        "PRD-610-205-146",
        "Archive Vault",
        "kestrel",
        True,
        2,
        "Keeps records for ten years and proves that nobody touched them.",
        (("AV-SEAT", "User", "Licenses"), ("AV-GOV", "Legal hold add-on", "Licenses")),
        (
            Param("asset", "o", "admin_email", "Administrator's e-mail", "email", "r"),
            Param(
                "asset",
                "o",
                "retention",
                "Retention",
                "choice",
                "r",
                "",
                _choices("6 years", "10 years", "30 years"),
            ),
            Param("asset", "f", "vault_url", "Vault address", "url"),
            Param("tier1", "o", "trade_register", "Trade register number", "text", "r"),
            Param("tier1", "o", "support_phone", "Support telephone", "phone"),
            Param("tier1", "f", "reseller_number", "Reseller number"),
            Param("tier2", "o", "vat_id", "VAT ID", "text", "r", "As on your invoices."),
            Param("tier2", "o", "invoice_email", "E-mail for invoices", "email", "r"),
            Param("tier2", "f", "partner_number", "Partner number"),
        ),
    ),
    "shield": Offer(
        "PRD-482-930-015",
        "Endpoint Shield",
        "harbourline",
        False,
        1,
        "Watches what runs on desktops and telephones.",
        (("ES-DEV", "Device", "Devices"), ("ES-247", "Round-the-clock response", "Devices")),
        (
            Param("asset", "o", "company_address", "Company address", "address", "r"),
            Param(
                "asset",
                "o",
                "scan_window",
                "Scan window",
                "dropdown",
                "",
                "",
                _choices("Day", "Night"),
            ),
            Param("asset", "o", "campaign", "Campaign", "text", "h"),
            Param("asset", "f", "site_token", "Site token", "text", "r"),
            Param("tier1", "o", "website", "Website", "url", "r"),
            Param("tier1", "o", "certified", "Certified engineers", "choice", "r", "", YES_NO),
            Param("tier1", "f", "portal_user", "Portal user", "email"),
        ),
    ),
    "meeting": Offer(
        "PRD-255-718-604",
        "Meeting Rooms",
        "bytewerk",
        True,
        0,
        "Books rooms and lets those who are elsewhere take part.",
        (("MR-ROOM", "Room", "Rooms"), ("MR-HOST", "Host", "Licenses")),
        (
            Param("asset", "o", "booking_phone", "Telephone of the front desk", "phone"),
            Param("asset", "f", "workspace_url", "Workspace", "url", "r"),
        ),
    ),
    "identity": Offer(
        "PRD-255-719-380",
        "Identity Bridge",
        "bytewerk",
        False,
        2,
        "One sign-in for everything a company uses.",
        (("IB-USER", "User", "Licenses"), ("IB-ADAPT", "Directory adapter", "Adapters")),
        (
            Param("asset", "o", "directory_url", "Directory address", "url", "r"),
            Param("asset", "f", "realm", "Realm", "text", "r"),
            Param("tier1", "o", "office_address", "Office address", "address", "r"),
            Param(
                "tier1",
                "o",
                "services",
                "Services offered",
                "checkbox",
                "r",
                "",
                _choices("Consulting", "Migration", "Support", "Training"),
            ),
            Param("tier1", "f", "realm_prefix", "Realm prefix", "text", "r"),
            Param("tier2", "o", "legal_name", "Legal name", "text", "r"),
            Param("tier2", "o", "credit_line", "Credit line", "text", "h"),
            Param("tier2", "f", "contract_number", "Contract number", "text", "r"),
        ),
    ),
}

TEXTS = {
    (
        "asset",
        "fulfillment",
    ): "# {product} is ready\n\n{lines}\n\nSign in with your address.",
    ("asset", "inquire"): (
        "# We need something from you\n\nPlease complete the form so that we can set up {product}."
    ),
    ("asset", "pending"): "# {product}\n\nYour order is being set up; this takes about a day.",
    ("tier1", ""): "# You may sell {product}\n\n{lines}",
    ("tier2", ""): "# Your resellers may sell {product}\n\n{lines}",
}
NAMES = {
    ("asset", "fulfillment"): "Welcome",
    ("asset", "inquire"): "Information needed",
    ("asset", "pending"): "In progress",
    ("tier1", ""): "Reseller welcome",
    ("tier2", ""): "Parent reseller welcome",
}


def make_products(partners: dict[str, Partner], now: datetime) -> dict[str, Product]:
    """Products with items, parameters and templates."""
    born = now - timedelta(days=90)
    made = {}
    for key, offer in OFFERS.items():
        product = Product(
            pk=offer.id,
            name=offer.name,
            owner=partners[offer.vendor],
            state=Product.State.PUBLISHED,
            short_description=offer.text,
            tier_accounts_sync=offer.sync,
            authorization_level=offer.level,
            created_at=born,
            updated_at=born,
        )
        product.save(force_insert=True)
        stamps = {"created_at": born, "updated_at": born}
        Item.objects.bulk_create(_items(product, offer, stamps))
        Parameter.objects.bulk_create(_parameters(product, offer, stamps))
        Template.objects.bulk_create(_templates(product, offer, stamps))
        made[key] = product
    return made


def list_products(
    products: dict[str, Product], markets: dict[str, tuple[Marketplace, Hub]], now: datetime
) -> dict[tuple[str, str], Connection]:
    """Every product on every marketplace; (product, distributor) -> connection."""
    born = now - timedelta(days=60)
    made = {}
    for number, (key, product) in enumerate(products.items(), start=1):
        for place, (distributor, (market, hub)) in enumerate(markets.items(), start=1):
            Listing.objects.create(product=product, marketplace=market)
            connection = Connection(
                pk=f"CT-{7000 + 137 * number:04d}-{1000 + 971 * place:04d}",
                product=product,
                hub=hub,
                created_at=born,
                updated_at=born,
            )
            connection.save(force_insert=True)
            made[key, distributor] = connection
    return made


def _items(product: Product, offer: Offer, stamps: dict[str, datetime]) -> list[Item]:
    return [
        Item(
            pk=f"{product.pk}-{number:04d}",
            product=product,
            local_id=sku,
            mpn=sku,
            name=name,
            unit=unit,
            period="Yearly" if number == 2 else "Monthly",
            **stamps,
        )
        for number, (sku, name, unit) in enumerate(offer.items, start=1)
    ]


def _parameters(product: Product, offer: Offer, stamps: dict[str, datetime]) -> list[Parameter]:
    phases = {"o": Parameter.Phase.ORDERING, "f": Parameter.Phase.FULFILLMENT}
    return [
        Parameter(
            pk=f"PRM-{identifiers.digits(product.pk)}-{number:04d}",
            product=product,
            scope=each.scope,
            phase=phases[each.phase],
            name=each.name,
            title=each.title,
            type=each.type,
            hint=each.hint,
            required="r" in each.flags,
            hidden="h" in each.flags,
            constraints=dict(each.constraints),
            position=number * 10000,
            **stamps,
        )
        for number, each in enumerate(offer.params, start=1)
    ]


def _templates(product: Product, offer: Offer, stamps: dict[str, datetime]) -> list[Template]:
    found = []
    for number, ((scope, kind), text) in enumerate(TEXTS.items(), start=1):
        if scope != "asset" and int(scope[-1]) > offer.level:
            continue
        shown = [each for each in offer.params if each.scope == scope and "h" not in each.flags]
        lines = "\n".join(f"- {each.title}: **{{{{ {each.name} }}}}**" for each in shown)
        tail = identifiers.digits(product.pk)[4:]
        found.append(
            Template(
                pk=f"TL-{100 + number:03d}-{tail}",
                product=product,
                name=NAMES[scope, kind],
                body=text.format(product=offer.name, lines=lines),
                scope=scope,
                type=kind,
                position=number * 10000,
                **stamps,
            )
        )
    return found
