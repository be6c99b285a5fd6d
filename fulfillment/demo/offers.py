"""What the demo's vendors offer: every combination of the two capabilities that steer requests, one
product that is sold no more and one that is not on sale yet.
"""

from __future__ import annotations

from typing import Any, NamedTuple

YES_NO = {"choices": [{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}]}


def _choices(*labels: str) -> dict[str, Any]:
    return {"choices": [{"label": each, "value": each.lower()} for each in labels]}


#: Asked of companies only.
OF_COMPANIES = {
    "dependency": {
        "parameter": "company_type",
        "values": ["company"],
        "hidden": False,
        "required": True,
    }
}


class Param(NamedTuple):
    """scope, phase (o or f), name, title, type and flags (r required, h hidden, u unique)."""

    scope: str
    phase: str
    name: str
    title: str
    type: str = "text"
    flags: str = ""
    hint: str = ""
    constraints: dict[str, Any] = {}


class Offer(NamedTuple):
    """`validates` setups begun by hand: the vendor's service sees drafts first. `switches` are the
    capabilities about orders that are on."""

    id: str
    name: str
    vendor: str
    sync: bool
    level: int
    text: str
    items: tuple[tuple[str, str, str], ...]
    params: tuple[Param, ...]
    category: str
    state: str = "published"
    validates: bool = False
    switches: tuple[str, ...] = ()


#: What is sold for good knows all that can be asked of a subscription.
LIVING = (
    "administrative_hold",
    "editable_ordering_parameters",
    "schedules_purchases",
    "schedules_changes",
    "schedules_suspends",
    "schedules_cancels",
)

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
        "Backup and recovery",
        switches=("schedules_purchases", "schedules_changes"),
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
        "Security",
        switches=LIVING,
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
        "Backup and recovery",
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
        "Security",
        validates=True,
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
        "Collaboration",
        switches=(*LIVING, "editable_fulfillment_parameters"),
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
            Param(
                "tier1",
                "o",
                "company_type",
                "Kind of company",
                "choice",
                "r",
                "",
                _choices("Company", "Sole trader"),
            ),
            Param(
                "tier1", "o", "vat_id", "VAT ID", "text", "hu", "As on your invoices.", OF_COMPANIES
            ),
            Param("tier1", "f", "realm_prefix", "Realm prefix", "text", "r"),
            Param("tier2", "o", "legal_name", "Legal name", "text", "r"),
            Param("tier2", "o", "credit_line", "Credit line", "text", "h"),
            Param("tier2", "f", "contract_number", "Contract number", "text", "r"),
        ),
        "Identity",
    ),
    "fax": Offer(
        "PRD-610-206-902",
        "Fax Relay",
        "kestrel",
        False,
        0,
        "Turns faxes into mail. Replaced by Mail Guard.",
        (("FX-LINE", "Line", "Lines"), ("FX-PAGE", "Pages", "Pages")),
        (Param("asset", "o", "fax_number", "Number of the machine", "phone", "r"),),
        "Communication",
    ),
    "steward": Offer(
        "PRD-255-720-117",
        "Device Steward",
        "bytewerk",
        True,
        1,
        "Hands out, updates and takes back what people work with.",
        (("DS-DEV", "Device", "Devices"), ("DS-KIT", "Starter kit", "Kits")),
        (
            Param("asset", "o", "store_url", "Address of the store", "url", "r"),
            Param("tier1", "o", "repair_address", "Repair address", "address", "r"),
            Param("tier1", "f", "depot", "Depot number"),
        ),
        "Devices",
        state="draft",
    ),
}
