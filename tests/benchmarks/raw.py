"""The same page without a framework: psycopg and f-strings. The yardstick of the lists.

It answers what the vendor's list of account requests answers: who is signed in and for whom they
act, the capped counts of the tabs, the rows with account, product and distributor, as HTML.
"""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from config.sessions import stored

#: The vendor's user of tests/benchmarks/stage.py.
EMAIL = "vendor@bench.example"
USER = """
SELECT u.id, u.name, p.id, p.name, p.role FROM django_session s, customers_user u
JOIN customers_membership m ON m.user_id = u.id AND m.active
JOIN customers_partner p ON p.id = m.partner_id
WHERE s.session_key = %s AND s.expire_date > now() AND u.email = %s AND u.is_active
"""
COUNTS = """
SELECT
 (SELECT count(*) FROM (SELECT 1 FROM customers_tieraccountrequest
   WHERE vendor_id = %(vendor)s AND state = 'pending' LIMIT 1001) a),
 (SELECT count(*) FROM (SELECT 1 FROM customers_tieraccountrequest
   WHERE vendor_id = %(vendor)s AND state <> 'pending' LIMIT 1001) b),
 (SELECT count(*) FROM (SELECT 1 FROM customers_tieraccountrequest
   WHERE vendor_id = %(vendor)s LIMIT 1001) c)
"""
ROWS = """
SELECT r.id, r.state, r.changed, r.created_at, r.state_since, a.id, a.name, p.name, d.name
FROM customers_tieraccountrequest r
JOIN customers_tieraccount a ON a.id = r.account_id
JOIN customers_product p ON p.id = r.product_id
JOIN customers_partner d ON d.id = r.provider_id
WHERE r.vendor_id = %s ORDER BY r.created_at DESC, r.id DESC LIMIT %s
"""


def view(request: HttpRequest) -> HttpResponse:
    """The page as a view, behind the same middleware as every other."""
    return HttpResponse(page(request.COOKIES[settings.SESSION_COOKIE_NAME]))


def page(session_key: str, email: str = EMAIL, rows: int = 50) -> str:
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    cursor.execute(USER, [stored(session_key), email])
    _user_id, user, vendor, partner, role = cursor.fetchone()
    cursor.execute(COUNTS, {"vendor": vendor})
    mine, others, everything = cursor.fetchone()
    cursor.execute(ROWS, [vendor, rows])
    now = datetime.now(UTC)
    body = "".join(_row(row, now) for row in cursor.fetchall())
    return (
        f"<!doctype html><html lang=en><head><title>Account requests</title></head><body>"
        f"<header>{escape(role)} {escape(partner)} {escape(user)}</header>"
        f"<nav><a href=?tab=mine>Waiting for me {mine}</a> <a href=?tab=done>Done {others}</a> "
        f"<a href=?tab=all>All {everything}</a></nav>"
        f"<table><thead><tr><th>Account<th>State<th>Changed<th>Product<th>Distributor<th>Waiting"
        f"</tr></thead><tbody>{body}</tbody></table></body></html>"
    )


def _row(row: tuple[Any, ...], now: datetime) -> str:
    pk, state, changed, _created, since, _account, name, product, distributor = row
    days = (now - since).days
    return (
        f'<tr><td><a class="title" href="/vendor/account-requests/{pk}/">{escape(name)}</a>'
        f'<div class="id">{pk}</div></td><td><span class="state {state}">{state}</span></td>'
        f"<td>{escape(str(changed))}</td><td>{escape(product)}</td><td>{escape(distributor)}</td>"
        f'<td><time datetime="{since.isoformat()}">{days} d</time></td></tr>'
    )
