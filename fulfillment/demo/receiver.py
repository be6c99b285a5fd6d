"""The demo's own receivers: a webhook of its vendor, and addresses that follow the running server.

Buttons and the webhook of the demo lead to pages of the demo itself. Where that is reached is
known when it runs, not when the data were loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings

from customers.models import Partner, WebhookEndpoint
from customers.sealing import Sealed
from tierconfig.models import Embedding

ACTION = "/demo/action/"
WEBHOOK = "/demo/webhook/"
ENDPOINT = "WE-360-104-729"
#: Known to the receiver as it would be to a partner's system. The demo's only: it protects nothing.
SECRET = "whsec_ZGVtby1vbmx5LXJlY2VpdmVyLW9mLXdlYmhvb2tzISE="  # noqa: S105


def add_endpoint(partners: Mapping[str, Partner], now: datetime) -> None:
    """A webhook of the vendor for everything it sees."""
    born = now - timedelta(days=20)
    WebhookEndpoint.objects.create(
        pk=ENDPOINT,
        partner=partners["kestrel"],
        label="Demo receiver",
        url=f"{settings.PUBLIC_URL}{WEBHOOK}",
        secret=Sealed.of(SECRET),
        created_at=born,
        updated_at=born,
    )


def follow_server() -> None:
    """Let what leads to the demo's pages lead to where they are reached now."""
    for rows, field, path in (
        (Embedding.objects.all(), "action_url", ACTION),
        (WebhookEndpoint.objects.filter(pk=ENDPOINT), "url", WEBHOOK),
    ):
        here = f"{settings.PUBLIC_URL}{path}"
        for row in rows.filter(**{f"{field}__endswith": path}).exclude(**{field: here}):
            if urlsplit(getattr(row, field)).path == path:
                rows.filter(pk=row.pk).update(**{field: here})
