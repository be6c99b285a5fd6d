"""Wrong links are counted per client address; beyond a number nothing is looked up for a while.

A code has 132 random bits, so nobody finds one by trying. The limit keeps a script that tries
from costing database work, and from telling by timing which requests exist. Only failures count:
a good link may be opened as often as one likes, by mail scanners too. The counters live in
Django's cache, which all processes share; allauth's own limiter is bound to its account settings,
but its adapter says who the client is, behind TRUSTED_PROXIES as at the sign-in. Two failures at
the same instant may count once: this is a brake, not an account.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

WINDOW = 600
PER_REQUEST = 10
PER_CLIENT = 60


def is_limited(request: HttpRequest, request_id: str) -> bool:
    counts = cache.get_many(_keys(request, request_id))
    return any(counts.get(key, 0) >= most for key, most in _keys(request, request_id).items())


def count_failure(request: HttpRequest, request_id: str) -> None:
    for key in _keys(request, request_id):
        cache.set(key, cache.get(key, 0) + 1, WINDOW)


def _keys(request: HttpRequest, request_id: str) -> dict[str, int]:
    """Counter -> its limit, of the present ten minutes."""
    slot = int(time.time() / WINDOW)
    client = _client(request)
    digest = hashlib.sha256(request_id.encode("utf-8", "replace")).hexdigest()
    return {
        f"inquiry:{slot}:{client}": PER_CLIENT,
        f"inquiry:{slot}:{client}:{digest}": PER_REQUEST,
    }


def _client(request: HttpRequest) -> str:
    """The client's address; of IPv6 the network, which is what one customer has."""
    text = get_adapter().get_client_ip(request)
    address = ipaddress.ip_address(text)
    if address.version == 6:
        return str(ipaddress.ip_network(f"{text}/64", strict=False).network_address)
    return text
