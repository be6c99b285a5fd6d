"""The columns an import writes, in the order in which their values are given."""

from __future__ import annotations

from django.db import connection

from .. import matching
from ..models import TierAccount
from ..snapshots import COLUMNS

KEYS = tuple(matching.SOURCES)
TREE = ("tree_id", "lft", "rght", "level")
NULL = ("external_id",)
ACCOUNT = (
    "id",
    "parent_id",
    "provider_id",
    "owner_id",
    "hub_id",
    "version",
    "created_at",
    "updated_at",
    *COLUMNS,
    *KEYS,
    *TREE,
)
EVENT = (
    "id",
    "at",
    "verb",
    "object_type",
    "object_id",
    "provider_id",
    "vendor_id",
    "user_id",
    "partner_id",
    "role",
    "actor_name",
    "key_id",
    "to_state",
    "reason",
    "data",
    "told_at",
)
VERSION = ("account_id", "number", "data", "created_at")
REQUEST = (
    "id",
    "state",
    "account_id",
    "base_version",
    "version",
    "product_id",
    "vendor_id",
    "provider_id",
    "reason",
    "decided_at",
    "created_at",
    "changed",
)


def update(accounts: list[TierAccount]) -> None:
    """Store the data of changed accounts, their keys and parents, not their places."""
    columns = (*COLUMNS, *KEYS, "parent_id", "version", "updated_at")
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(name)} = %s" for name in columns)
    table = quote(TierAccount._meta.db_table)
    fields = {field.attname: field for field in TierAccount._meta.concrete_fields}
    prepare = [fields[name].get_db_prep_save for name in columns]
    rows = []
    for account in accounts:
        keys = matching.keys(vars(account))
        row = [keys[name] if name in keys else getattr(account, name) for name in columns]
        rows.append(
            [one(value, connection) for one, value in zip(prepare, row, strict=True)] + [account.pk]
        )
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", rows)  # noqa: S608
