"""Wrong links are counted per client address; beyond a number nothing is looked up for a while.

A code has 132 random bits, so nobody finds one by trying. The limit keeps a script that tries
from costing database work, and from telling by timing which requests exist. Only failures count:
a good link may be opened as often as one likes, by mail scanners too. The counters live in
Django's cache, which all processes share; allauth's own limiter is bound to its account settings,
but its adapter says who the client is, behind TRUSTED_PROXIES as at the sign-in. Two failures at
the same instant may count once: this is a brake, not an account.

Mails that the holder of a link has sent to others are counted too, for the hour: whoever gets hold
of links must not be able to use us for mail of his own.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

WINDOW = 600
PER_REQUEST = 10
PER_CLIENT = 60
MAIL_WINDOW = 3600
MAILS_PER_CLIENT = 30


def is_limited(request: HttpRequest, request_id: str) -> bool:
    counts = cache.get_many(_keys(request, request_id))
    return any(counts.get(key, 0) >= most for key, most in _keys(request, request_id).items())


def count_failure(request: HttpRequest, request_id: str) -> None:
    for key in _keys(request, request_id):
        cache.set(key, cache.get(key, 0) + 1, WINDOW)


def mails_too_much(request: HttpRequest) -> bool:
    return bool(cache.get(_mail_key(request), 0) >= MAILS_PER_CLIENT)


def count_mail(request: HttpRequest) -> None:
    key = _mail_key(request)
    cache.set(key, cache.get(key, 0) + 1, MAIL_WINDOW)


def wait_for_mails() -> str:
    return _("Too many mails in a short time; try again in an hour.")


def _mail_key(request: HttpRequest) -> str:
    return f"inquiry-mail:{_slot(MAIL_WINDOW)}:{_client(request)}"


def _keys(request: HttpRequest, request_id: str) -> dict[str, int]:
    """Counter -> its limit, of the present ten minutes."""
    slot, client = _slot(WINDOW), _client(request)
    digest = hashlib.sha256(request_id.encode("utf-8", "replace")).hexdigest()
    return {
        f"inquiry:{slot}:{client}": PER_CLIENT,
        f"inquiry:{slot}:{client}:{digest}": PER_REQUEST,
    }


def _slot(seconds: int) -> int:
    """The number of the present span of so many seconds."""
    return int(time.time()) // seconds


def _client(request: HttpRequest) -> str:
    """The client's address; of IPv6 the network, which is what one customer has."""
    text = get_adapter().get_client_ip(request)
    address = ipaddress.ip_address(text)
    if address.version == 6:
        return str(ipaddress.ip_network(f"{text}/64", strict=False).network_address)
    return text
