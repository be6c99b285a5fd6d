"""Who calls: `Authorization: ApiKey SU-…:secret`, and nothing else; no session opens the API."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled

from customers.models import ServiceUser, User
from customers.services import service_users

logger = logging.getLogger("tierdesk.api")


class Failures:
    """Failed attempts of the running minute, per process; the oldest are forgotten first.

    Secrets are 32 random bytes, which nobody guesses: this keeps the attempts themselves cheap,
    so they are counted in memory and not in the database.
    """

    WINDOW = 60.0
    MOST = 20_000

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, address: str, key: str) -> int:
        began, count = self._counts.get((address, key), (0.0, 0))
        return count if time.monotonic() - began < self.WINDOW else 0

    def wait(self, address: str, key: str) -> float:
        """Seconds until the attempts are forgotten."""
        began, _count = self._counts.get((address, key), (0.0, 0))
        return max(1.0, began + self.WINDOW - time.monotonic())

    def add(self, address: str, key: str) -> None:
        with self._lock:
            now = time.monotonic()
            began, count = self._counts.pop((address, key), (now, 0))
            if now - began >= self.WINDOW:
                began, count = now, 0
            self._counts[address, key] = (began, count + 1)
            while len(self._counts) > self.MOST:
                self._counts.popitem(last=False)

    def clear(self) -> None:
        self._counts.clear()


failures = Failures()


class ApiKeyAuthentication(BaseAuthentication):
    """`request.user` is the owner of the key, `request.auth` the key.

    After PER_KEY failures in a minute a client address is not asked for that key again; after
    PER_ADDRESS its failures are answered by 429. Other keys go on opening from there: many
    clients may stand behind one address.
    """

    PER_KEY = 10
    PER_ADDRESS = 100

    def authenticate(self, request: Any) -> tuple[User, ServiceUser]:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        address = client_address(request)
        claimed = service_users.claimed_id(header)
        if claimed and failures.count(address, claimed) >= self.PER_KEY:
            raise Throttled(wait=failures.wait(address, claimed))
        found = service_users.authenticate(header)
        if found is not None:
            return found.owner, found
        if header:
            self._failed(address, claimed)
        raise AuthenticationFailed(
            _("The API key is missing or not valid. Send “Authorization: ApiKey SU-…:secret”.")
        )

    def _failed(self, address: str, claimed: str) -> None:
        if claimed:
            failures.add(address, claimed)
        failures.add(address, "")
        logger.warning("refused key=%s address=%s", claimed or "-", address or "-")
        if failures.count(address, "") > self.PER_ADDRESS:
            raise Throttled(wait=failures.wait(address, ""))

    def authenticate_header(self, request: Any) -> str:
        return "ApiKey"


def client_address(request: Any) -> str:
    """The client's address as sign-in reads it (TRUSTED_PROXIES), empty when there is none."""
    plain: HttpRequest = getattr(request, "_request", request)
    try:
        return str(get_adapter(plain).get_client_ip(plain))
    except PermissionDenied:
        return ""
