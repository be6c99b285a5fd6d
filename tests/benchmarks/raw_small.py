"""Lists of the API beside accounts and requests, without a framework; see raw_api.py."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection

LISTS = {
    "conversations": "/conversations",
    "hubs": "/hubs",
    "marketplaces": "/marketplaces",
    "partners": "/partners",
    "users": "/accounts/{partner}/users",
    "webhooks": "/notifications/webhooks",
}
#: Of which role the lists have a hundred rows; of both where they are not named.
ONLY = dict.fromkeys(("hubs", "marketplaces", "partners", "users"), "distributor")
ONLY["webhooks"] = "vendor"
_SEES = "account_id IN (SELECT id FROM customers_tieraccount WHERE provider_id = %(partner)s)"
#: Columns, and where they are read.
STATEMENTS = {
    "hubs": (
        "id name type provider_id company connections marketplaces",
        "FROM (SELECT h.*, p.name AS company, (SELECT count(*) FROM customers_connection c WHERE "
        "c.hub_id = h.id) AS connections, (SELECT count(*) FROM customers_marketplace m WHERE "
        "m.owner_id = h.provider_id) AS marketplaces FROM customers_hub h JOIN customers_partner p "
        "ON p.id = h.provider_id WHERE p.id = %(partner)s) shown",
    ),
    "marketplaces": (
        "id name currency countries",
        "FROM customers_marketplace WHERE owner_id = %(partner)s",
    ),
    "partners": (
        "id name role created_at",
        f"FROM customers_partner WHERE id IN (SELECT partner_id FROM customers_accountaccess WHERE "
        f"ended_at IS NULL AND {_SEES}) OR id IN (SELECT p.owner_id FROM customers_product p JOIN "
        "customers_connection c ON c.product_id = p.id JOIN customers_hub h ON h.id = c.hub_id "
        "WHERE h.provider_id = %(partner)s)",
    ),
    "users": (
        "id name email is_active date_joined level",
        "FROM customers_user u JOIN (SELECT user_id, level FROM customers_membership "
        "WHERE partner_id = %(partner)s) m ON m.user_id = u.id",
    ),
    "webhooks": (
        "id type label external_url active created_at updated_at last_success last_failure "
        "product_name product_state owner_id owner_name",
        "FROM (SELECT w.*, p.name AS product_name, p.state AS product_state, p.owner_id, "
        "o.name AS owner_name FROM tierconfig_webhook w JOIN customers_product p ON "
        "p.id = w.product_id JOIN customers_partner o ON o.id = p.owner_id "
        "WHERE p.owner_id = %(partner)s) shown",
    ),
}
LISTINGS = """SELECT p.owner_id, m.owner_id FROM customers_listing l
JOIN customers_product p ON p.id = l.product_id
JOIN customers_marketplace m ON m.id = l.marketplace_id WHERE l.active AND m.owner_id = %(partner)s
"""
#: Tables whose rows have a thread, and whether they have a vendor.
THREADS = {
    "customers_tieraccount": False,
    "customers_tieraccountrequest": True,
    "tierconfig_tierconfig": True,
    "tierconfig_tierconfigrequest": True,
    "fulfillment_fulfillmentrequest": True,
}
Read = Callable[[], str]


def plain(name: str, role: str, partner: str, rows: int) -> Read:
    """A function that reads the list and answers its JSON."""
    if name == "conversations":
        return _threads(role, partner, rows)
    columns, rest = STATEMENTS[name]
    names = columns.split()
    order = "name" if "name" in names else "id"
    page = f"SELECT {', '.join(names)} {rest} ORDER BY {order} LIMIT {rows}"
    given = {"partner": partner}

    def read() -> str:
        cursor = _cursor()
        cursor.execute(f"SELECT count(*) {rest}", given)
        cursor.fetchone()
        cursor.execute(page, given)
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if name in BESIDE:
            BESIDE[name](cursor, given, found)
        return json.dumps(found, default=str)

    return read


def _hubs(cursor: Any, given: dict[str, str], found: list[dict[str, Any]]) -> None:
    cursor.execute("SELECT id, name FROM customers_hub WHERE provider_id = %(partner)s", given)
    hubs = [dict(zip(("id", "name"), row, strict=True)) for row in cursor.fetchall()]
    for each in found:
        each["hubs"] = [{"hub": hub, "external_id": each["id"]} for hub in hubs]


def _listings(cursor: Any, given: dict[str, str], found: list[dict[str, Any]]) -> None:
    cursor.execute(LISTINGS, given)
    listings = Counter(side for sides in cursor.fetchall() for side in sides)
    for each in found:
        each["listings"] = listings[each["id"]]


BESIDE = {"marketplaces": _hubs, "partners": _listings}


def _threads(role: str, partner: str, rows: int) -> Read:
    parts = []
    for table, vendors in THREADS.items():
        side = "vendor_id" if role == "vendor" else "provider_id"
        where = f"{side} = %(partner)s"
        if role == "vendor" and not vendors:
            where = "id IN (SELECT account_id FROM customers_participation WHERE vendor_id = "
            where += "%(partner)s)"
        seller = "vendor_id" if vendors else "NULL"
        parts.append(
            f"SELECT id, created_at, updated_at, provider_id, {seller} FROM {table} WHERE {where}"
        )
    counts = ", ".join(f"(SELECT count(*) FROM ({part}) part)" for part in parts)
    cut = [f"({part} ORDER BY created_at DESC, id LIMIT {rows})" for part in parts]
    page = f"{' UNION ALL '.join(cut)} ORDER BY created_at DESC, id LIMIT {rows}"
    names = ("id", "created_at", "updated_at", "provider", "vendor")
    event = ("object_id", "at", "verb", "role", "user_id", "actor_name", "partner_id")

    def read() -> str:
        cursor = _cursor()
        cursor.execute(f"SELECT {counts}", {"partner": partner})
        cursor.fetchone()
        cursor.execute(page, {"partner": partner})
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT id, name FROM customers_partner WHERE id = ANY(%s)",
            [list({each[side] for each in found for side in ("provider", "vendor")})],
        )
        sides: dict[Any, Any] = dict(cursor.fetchall())
        cursor.execute(
            f"SELECT {', '.join(event)} FROM customers_event WHERE object_id = ANY(%s) ORDER BY at",
            [[each["id"] for each in found]],
        )
        first: dict[str, Any] = {}
        for row in cursor.fetchall():
            first.setdefault(row[0], dict(zip(event, row, strict=True)))
        for each in found:
            each["accounts"] = [
                {"id": each[side], "name": sides.get(each[side])} for side in ("provider", "vendor")
            ]
            each["creator"] = first.get(each["id"])
        return json.dumps(found, default=str)

    return read


def _cursor() -> Any:
    connection.ensure_connection()
    return connection.connection.cursor()
