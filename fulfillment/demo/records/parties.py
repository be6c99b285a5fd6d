"""Partners, users, accounts and the catalogue that recorded objects name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from customers.models import (
    AccountVersion,
    Connection,
    Hub,
    Listing,
    Marketplace,
    Partner,
    Product,
    TierAccount,
    User,
)
from customers.snapshots import snapshot

from ..forest import first_tree_id
from .reader import Record

#: When things begin whose birth nobody recorded.
UNKNOWN = datetime(2019, 1, 1, tzinfo=UTC)

#: Stand-ins for parties that a record leaves out.
NO_VENDOR = ("VA-000-001", "Vendor not recorded")
NO_PROVIDER = ("PA-000-001", "Distributor not recorded")

_ADDRESS = ("address_line1", "address_line2", "city", "state", "postal_code")
_PHONE = {
    "country_code": "phone_country_code",
    "area_code": "phone_area_code",
    "phone_number": "phone_number",
    "extension": "phone_extension",
}


def partner(pk: str, name: str, role: str) -> Partner:
    made, _new = Partner.objects.get_or_create(
        pk=pk,
        defaults={"name": name, "role": role, "created_at": UNKNOWN, "updated_at": UNKNOWN},
    )
    return made


def vendor_of(record: Record, path: str) -> Partner:
    return partner(record.take(f"{path}.id"), record.take(f"{path}.name"), "vendor")


def provider_of(record: Record, path: str) -> Partner:
    return partner(record.take(f"{path}.id"), record.take(f"{path}.name"), "distributor")


def no_vendor() -> Partner:
    return partner(*NO_VENDOR, "vendor")


def no_provider() -> Partner:
    return partner(*NO_PROVIDER, "distributor")


def user_of(record: Record, path: str) -> User | None:
    """The recorded user, who cannot sign in; None when the record names a service user."""
    pk = str(record.look(f"{path}.id"))
    if not pk.startswith("UR-"):
        return None
    record.take(f"{path}.id")
    made, _new = User.objects.get_or_create(
        pk=pk,
        defaults={
            "email": f"{pk.lower()}@recorded.example",
            "name": record.take(f"{path}.name"),
            "is_active": False,
            "password": "!",
            "date_joined": UNKNOWN,
        },
    )
    return made


def product(record: Record, path: str, owner: Partner, **fields: Any) -> Product:
    """The product a record refers to; `fields` say what the record does not."""
    pk = record.take(f"{path}.id")
    recorded = {
        field: record.take(f"{path}.{name}")
        for name, field in (("name", "name"), ("status", "state"))
        if record.has(f"{path}.{name}")
    }
    defaults = {"name": f"Product {pk}", "state": "published", **fields, **recorded}
    made, _new = Product.objects.get_or_create(
        pk=pk, defaults={**defaults, "owner": owner, "created_at": UNKNOWN, "updated_at": UNKNOWN}
    )
    return made


def marketplace(record: Record, path: str, owner: Partner, *products: Product) -> Marketplace:
    pk = record.take(f"{path}.id")
    name = record.take(f"{path}.name") if record.has(f"{path}.name") else f"Marketplace {pk}"
    made, _new = Marketplace.objects.get_or_create(pk=pk, defaults={"name": name, "owner": owner})
    for each in products:
        Listing.objects.get_or_create(product=each, marketplace=made)
    return made


def hub(pk: str, name: str, provider: Partner, kind: str = "API") -> Hub:
    made, _new = Hub.objects.get_or_create(
        pk=pk, defaults={"name": name, "provider": provider, "type": kind}
    )
    return made


def connection(pk: str, of: Product, at: Hub, created: datetime, **fields: Any) -> Connection:
    made, _new = Connection.objects.get_or_create(
        pk=pk,
        defaults={
            "product": of,
            "hub": at,
            "created_at": created,
            "updated_at": created,
            **fields,
        },
    )
    return made


def account(
    record: Record,
    path: str,
    provider: Partner,
    *,
    kind: str = TierAccount.Type.RESELLER,
    parent: TierAccount | None = None,
    version: int = 1,
    environment: str = TierAccount.Environment.PRODUCTION,
    created: datetime = UNKNOWN,
    updated: datetime | None = None,
) -> TierAccount:
    """Write a recorded account (without a contact when the record has none) with its versions.

    Earlier versions, which nobody recorded, are copies of this one.
    """
    at = f"{path}." if path else ""
    pk = record.take(f"{at}id")
    found = TierAccount.objects.filter(pk=pk).first()
    columns = _columns(record, at)
    if found is not None:
        return found
    row = TierAccount(
        pk=pk,
        type=kind,
        parent=parent,
        provider=provider,
        owner=provider,
        environment=environment,
        version=version,
        created_at=created,
        updated_at=updated or created,
        **columns,
    )
    _place(row)
    TierAccount._base_manager.bulk_create([row])
    data = snapshot(row)
    AccountVersion.objects.bulk_create(
        AccountVersion(
            account=row,
            number=number,
            data=data,
            created_at=row.updated_at if number == version else created,
        )
        for number in range(1, version + 1)
    )
    return row


def _columns(record: Record, at: str) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "name": record.take(f"{at}name"),
        "external_id": record.take(f"{at}external_id"),
        "external_uid": record.take(f"{at}external_uid")
        if record.has(f"{at}external_uid")
        else None,
    }
    info = f"{at}contact_info"
    if not record.has(f"{info}.city"):
        return {
            **columns,
            "address_line1": "-",
            "city": "-",
            "postal_code": "-",
            "country": "US",
            "contact_first_name": "-",
            "contact_last_name": "-",
            "contact_email": "contact@recorded.example",
        }
    for name in _ADDRESS:
        columns[name] = record.take(f"{info}.{name}", "")
    columns["country"] = record.take(f"{info}.country").upper()
    person = f"{info}.contact"
    columns["contact_first_name"] = record.take(f"{person}.first_name")
    columns["contact_last_name"] = record.take(f"{person}.last_name")
    columns["contact_email"] = record.take(f"{person}.email")
    for name, column in _PHONE.items():
        part = record.take(f"{person}.phone_number.{name}", "")
        columns[column] = "" if part == "-" else part
    return columns


def _place(row: TierAccount) -> None:
    """Numbers for a leaf at the right end of its tree, or a tree of its own."""
    if row.parent is None:
        row.tree_id, row.lft, row.rght, row.level = first_tree_id(), 1, 2, 0
        return
    above = TierAccount._base_manager.get(pk=row.parent.pk)
    row.tree_id, row.level = above.tree_id, above.level + 1
    row.lft, row.rght = above.rght, above.rght + 1
    ancestor: TierAccount | None = above
    while ancestor is not None:
        # A recorded parent is the last of its tree, so only the line above grows.
        TierAccount._base_manager.filter(pk=ancestor.pk).update(rght=ancestor.rght + 2)
        ancestor = ancestor.parent
