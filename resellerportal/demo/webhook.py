"""Where the webhook of the demo's vendor leads: keeps what it receives, and lists it.

Listed as a public page, and only in demo mode (404 otherwise). It does what a partner's system
would do: it checks the signature with the secret it was given before it believes anything.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from customers.webhook_verifying import verify
from fulfillment.demo.receiver import SECRET

from .mail import DemoMailView

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
LONGEST = 64 * 1024
NEWEST = 100


@method_decorator(csrf_exempt, name="dispatch")
class DemoWebhook(DemoMailView):
    """POST keeps a message, GET shows the newest ones."""

    template_name = "demo/webhook.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        size = request.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size[:9]) > LONGEST:
            return HttpResponse(status=413)
        headers = {name: request.headers.get(name, "")[:500] for name in HEADERS}
        keep(headers, request.body)
        return HttpResponse(status=204)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(received=kept(), **kwargs)


def keep(headers: dict[str, str], body: bytes) -> None:
    """Write a message down, and drop what is older than the newest hundred."""
    folder = Path(settings.DEMO_WEBHOOK_PATH)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(UTC)
    row = {
        "at": now.isoformat(),
        "id": headers["webhook-id"],
        "fits": verify(SECRET, headers, body),
        "body": body.decode("utf-8", "replace"),
    }
    name = f"{now:%Y%m%d-%H%M%S-%f}-{get_random_string(6)}.json"
    (folder / name).write_text(json.dumps(row), encoding="utf-8")
    for old in _files()[NEWEST:]:
        old.unlink(missing_ok=True)


def _files() -> list[Path]:
    found = Path(settings.DEMO_WEBHOOK_PATH).glob("*.json")
    return sorted(found, key=lambda path: path.name, reverse=True)


def kept() -> list[dict[str, Any]]:
    """The newest messages first; `again` tells a try of one that was there before."""
    rows, seen = [], set()
    for path in reversed(_files()[:NEWEST]):
        with suppress(OSError, ValueError):
            row = json.loads(path.read_text(encoding="utf-8"))
            said = _payload(row["body"])
            data = said.get("data")
            rows.append(
                {
                    **row,
                    "at": datetime.fromisoformat(row["at"]),
                    "type": str(said.get("type", ""))[:64],
                    "about": str(data.get("id", ""))[:64] if isinstance(data, dict) else "",
                    "pretty": json.dumps(said, indent=2, ensure_ascii=False) if said else "",
                    "again": row["fits"] and row["id"] in seen,
                }
            )
            seen.add(row["id"])
    return rows[::-1]


def _payload(body: str) -> dict[str, Any]:
    with suppress(ValueError, RecursionError):
        found = json.loads(body)
        if isinstance(found, dict):
            return found
    return {}
