"""The lists of the API without a framework: one statement each for rows, items and parameters."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import connection

LISTS = {
    "accounts": "/tier/accounts",
    "configurations": "/tier/configs",
    "configuration requests": "/tier/config-requests",
    "requests": "/requests",
    "assets": "/assets",
    "products": "/products",
}
ACCOUNT = (
    "id version name type external_id external_uid tax_id environment address_line1 address_line2 "
    "city state postal_code country contact_first_name contact_last_name contact_email "
    "phone_country_code phone_area_code phone_number phone_extension"
)
COLUMNS = {
    "account": ACCOUNT,
    "customer": ACCOUNT,
    "tier1": ACCOUNT,
    "tier2": ACCOUNT,
    "product": "id name state",
    "connection": "id type status created_at",
    "hub": "id name",
    "vendor": "id name",
    "provider": "id name",
    "owner": "id name",
    "marketplace": "id name",
    "template": "id name",
    "assignee": "id name email",
    "asset": "id state external_id external_uid created_at updated_at params",
    "config": "id state tier_level created_at updated_at params",
    "request": "id type state note reason created_at updated_at effective_date planned_date "
    "answered template_text params state_since",
    "setup": "id type state notes reason created_at updated_at effective_date template_text params "
    "environment state_since",
    "own": "id name state short_description detailed_description external_id published_at "
    "created_at updated_at tier_accounts_sync authorization_level validates_orders "
    "validates_changes administrative_hold editable_ordering_parameters",
}
SIDES = """
LEFT JOIN customers_connection connection ON connection.id = {0}.connection_id
LEFT JOIN customers_hub hub ON hub.id = connection.hub_id
LEFT JOIN customers_marketplace marketplace ON marketplace.id = {0}.marketplace_id
JOIN customers_product product ON product.id = {0}.product_id
JOIN customers_partner vendor ON vendor.id = product.owner_id
JOIN customers_partner provider ON provider.id = {0}.provider_id
"""
TIERS = """
JOIN customers_tieraccount customer ON customer.id = asset.customer_id
JOIN customers_tieraccount tier1 ON tier1.id = asset.tier1_id
LEFT JOIN customers_tieraccount tier2 ON tier2.id = asset.tier2_id
"""
ASSET = ("asset", "customer", "tier1", "tier2", "product", "connection", "hub", "vendor")
ASSET = (*ASSET, "provider", "marketplace", "template")
CONFIG = ("config", "account", "product", "connection", "hub", "vendor", "provider", "marketplace")
#: Tables whose columns are shown, the rest of the statement, and where its rows are of.
STATEMENTS = {
    "accounts": (
        ("account", "owner", "hub"),
        "FROM customers_tieraccount account JOIN customers_partner owner "
        "ON owner.id = account.owner_id LEFT JOIN customers_hub hub ON hub.id = account.hub_id",
        "account",
    ),
    "configurations": (
        (*CONFIG, "template"),
        f"FROM tierconfig_tierconfig config {SIDES.format('config')} "
        "JOIN customers_tieraccount account ON account.id = config.account_id "
        "LEFT JOIN tierconfig_template template ON template.id = config.template_id",
        "config",
    ),
    "configuration requests": (
        ("setup", *CONFIG, "tier1", "tier2", "template", "assignee"),
        "FROM tierconfig_tierconfigrequest setup JOIN tierconfig_tierconfig config "
        f"ON config.id = setup.configuration_id {SIDES.format('config')} "
        "JOIN customers_tieraccount account ON account.id = config.account_id "
        "LEFT JOIN customers_tieraccount tier1 ON tier1.id = setup.tier1_id "
        "LEFT JOIN customers_tieraccount tier2 ON tier2.id = setup.tier2_id "
        "LEFT JOIN tierconfig_template template ON template.id = setup.template_id "
        "LEFT JOIN customers_user assignee ON assignee.id = setup.assignee_id",
        "setup",
    ),
    "requests": (
        ("request", *ASSET, "assignee"),
        "FROM fulfillment_fulfillmentrequest request JOIN fulfillment_subscription asset "
        f"ON asset.id = request.subscription_id {SIDES.format('asset')} {TIERS} "
        "LEFT JOIN tierconfig_template template ON template.id = request.template_id "
        "LEFT JOIN customers_user assignee ON assignee.id = request.assignee_id",
        "request",
    ),
    "assets": (
        ASSET,
        f"FROM fulfillment_subscription asset {SIDES.format('asset')} {TIERS} "
        "LEFT JOIN tierconfig_template template ON template.id = asset.template_id",
        "asset",
    ),
    "products": (
        ("own", "owner"),
        "FROM customers_product own JOIN customers_partner owner ON owner.id = own.owner_id",
        "own",
    ),
}
ITEMS = {
    "requests": "fulfillment_requestitem line WHERE line.request_id",
    "assets": "fulfillment_subscriptionitem line WHERE line.subscription_id",
}
ITEM = "local_id id mpn name type period unit"
PARAMETER = 'name title description hint type scope phase required hidden "unique" constraints'


def plain(name: str, role: str, partner: str, rows: int) -> Callable[[], str]:
    """A function that reads the list and answers its JSON."""
    tables, rest, of = STATEMENTS[name]
    shown = [(table, column) for table in tables for column in COLUMNS[table].split()]
    columns = ", ".join(f"{table}.{column}" for table, column in shown)
    where = _whose(name, role)
    statement = f"SELECT {columns} {rest} WHERE {where} ORDER BY {of}.created_at DESC LIMIT {rows}"
    count = f"SELECT count(*) {rest} WHERE {where}"

    def read() -> str:
        connection.ensure_connection()
        cursor = connection.connection.cursor()
        cursor.execute(count, {"partner": partner})
        cursor.fetchone()
        cursor.execute(statement, {"partner": partner})
        found = [_nested(shown, row) for row in cursor.fetchall()]
        if name in ITEMS:
            _items(cursor, name, of, found)
        if of not in ("account", "own"):
            _params(cursor, of, found)
        return json.dumps(found, default=str)

    return read


def _whose(name: str, role: str) -> str:
    if role == "distributor" and name == "products":
        return (
            "own.id IN (SELECT l.product_id FROM customers_listing l JOIN customers_marketplace m "
            "ON m.id = l.marketplace_id WHERE m.owner_id = %(partner)s)"
        )
    if name in ("accounts", "products"):
        of = {"accounts": "account", "products": "own"}[name]
        if role == "vendor" and name == "accounts":
            return (
                "account.id IN (SELECT account_id FROM customers_participation "
                "WHERE vendor_id = %(partner)s)"
            )
        return f"{of}.{'owner_id' if name == 'products' else 'provider_id'} = %(partner)s"
    return f"{role if role == 'vendor' else 'provider'}.id = %(partner)s"


def _nested(shown: list[tuple[str, str]], row: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for (table, column), value in zip(shown, row, strict=True):
        found.setdefault(table, {})[column] = value
    return found


def _items(cursor: Any, name: str, of: str, found: list[dict[str, Any]]) -> None:
    names = ITEM.split()
    columns = ", ".join(f"item.{each}" for each in names)
    table, _where, key = ITEMS[name].partition(" WHERE ")
    statement = (
        f"SELECT {key}, line.quantity, {columns} FROM {table} "
        f"JOIN fulfillment_item item ON item.id = line.item_id WHERE {key} = ANY(%s)"
    )
    by_id: dict[str, list[Any]] = {}
    cursor.execute(statement, [[each[of]["id"] for each in found]])
    for owner, quantity, *values in cursor.fetchall():
        line = {"quantity": str(quantity), **dict(zip(names, values, strict=True))}
        by_id.setdefault(owner, []).append(line)
    for each in found:
        each["items"] = by_id.get(each[of]["id"], [])


def _params(cursor: Any, of: str, found: list[dict[str, Any]]) -> None:
    names = [each.strip('"') for each in PARAMETER.split()]
    columns = ", ".join(PARAMETER.split())
    cursor.execute(
        f"SELECT product_id, {columns} FROM tierconfig_parameter "
        "WHERE product_id = ANY(%s) ORDER BY position",
        [list({each["product"]["id"] for each in found})],
    )
    own: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for product, *values in cursor.fetchall():
        definition = dict(zip(names, values, strict=True))
        definition["constraints"] = _read(definition["constraints"])
        own.setdefault((product, definition["scope"]), []).append(definition)
    for each in found:
        scope = f"tier{each['config']['tier_level']}" if "config" in each else "asset"
        values = _read(each[of].pop("params"))
        each["params"] = [
            {**definition, **values.get(definition["name"], {})}
            for definition in own.get((each["product"]["id"], scope), ())
        ]


def _read(params: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(params) if isinstance(params, str) else params
    return found
