"""Where the buttons of the demo's products lead: what a vendor's service would read of the link.

Listed as a public page, and only in demo mode (404 otherwise). A real service checks the signature
with the product's secret before it believes anything; this page only shows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import jwt

from .mail import DemoMailView

LONGEST = 4096
TIMES = ("iat", "exp")


class DemoAction(DemoMailView):
    template_name = "demo/action.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        claims = read(self.request.GET.get("jwt", ""))
        return super().get_context_data(claims=claims, **kwargs)


def read(token: str) -> list[tuple[str, str]]:
    """(name, value) of each claim, unchecked; none of what is no token."""
    try:
        unchecked = {"verify_signature": False}
        claims = jwt.decode(token[:LONGEST], options=unchecked)  # type: ignore[arg-type]
        return [(str(name)[:100], _shown(name, value)) for name, value in claims.items()]
    except (jwt.PyJWTError, ValueError, RecursionError):
        return []


def _shown(name: str, value: Any) -> str:
    if name in TIMES and isinstance(value, int) and 0 <= value < 2**32:
        return f"{value} ({datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC)"
    return str(value)[:500]
