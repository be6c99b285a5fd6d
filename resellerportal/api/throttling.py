"""How often a key may call: settings.API_RATE calls in each minute of the clock.

The count of all processes stands in the key's own row, which authentication has read anyway; to it
comes what this process has not written yet (calls.py). So the limit costs no query, and lets
through at most what other processes answered within the last second.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.throttling import BaseThrottle

from customers.services.api_calls import minute_of

from .calls import waiting


class KeyThrottle(BaseThrottle):
    """429 when the minute's calls are used up; `request.rate` is (limit, remaining, reset)."""

    def __init__(self) -> None:
        self.reset = 0

    def allow_request(self, request: Any, view: Any) -> bool:
        key, limit = request.auth, settings.API_RATE
        if key is None or not limit:
            return True
        now = timezone.now()
        minute = minute_of(now)
        self.reset = 60 - now.second
        before = key.calls if key.calls_minute == minute else 0
        before += waiting.count(key.pk, minute)
        request.rate = (limit, max(0, limit - before - 1), self.reset)
        return bool(before < limit)

    def wait(self) -> float:
        return float(self.reset)


def show_rate(request: Any, response: Any) -> None:
    """Put the state of the limit on the answer (draft-ietf-httpapi-ratelimit-headers)."""
    rate = getattr(request, "rate", None)
    if rate is not None:
        for name, value in zip(("Limit", "Remaining", "Reset"), rate, strict=True):
            response[f"RateLimit-{name}"] = str(value)
