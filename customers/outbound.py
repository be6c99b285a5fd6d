"""Calls of addresses that other people typed in: webhooks.

The name is resolved once, what it leads to is checked, and the connection goes to that very
address while certificate and Host stay those of the name; so a name that leads elsewhere a moment
later leads nowhere. Redirects are not followed and answers are read up to a limit.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

import urllib3
from django.conf import settings
from django.utils.translation import gettext as _

MAX_ANSWER = 256 * 1024
#: Bytes of an answer that are read where only its status counts.
MAX_EXCERPT = 2048
_CHUNK = 16 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: Of no use to anybody outside, though not every Python knows it: protocol assignments (RFC 6890;
#: some clouds tell their machines secrets there), relays that are no more (RFC 7526), and what
#: Azure's machines are told things by.
_INSIDE = [
    ipaddress.ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")
]
#: The only part of IPv6 that the internet reaches (RFC 4291, 2.4); the rest is old, local or new.
_UNICAST = ipaddress.ip_network("2000::/3")


class Unreachable(Exception):
    """The call brought no answer; the text says why, for the people whose address it is."""


@dataclass(frozen=True)
class Answer:
    """What came back: the HTTP status, and the JSON of the body, None when it is none."""

    status: int
    body: Any


@dataclass(frozen=True)
class Reply:
    """The HTTP status, and how the body begins when the status tells of a failure."""

    status: int
    text: str


def post_json(
    url: str,
    payload: Any,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Answer:
    """POST `payload` as JSON; never inside a transaction, because it takes its time.

    `timeout` is for all of it, in seconds, by default settings.WEBHOOK_TIMEOUT. Private addresses
    and plain http are refused unless settings.WEBHOOK_ALLOW_PRIVATE. Raises Unreachable.
    """
    with _posted(url, json.dumps(payload).encode(), headers, timeout) as response:
        return Answer(response.status, _read(response))


def post_bytes(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Reply:
    """As post_json, with these very bytes of JSON; an answer is one once its status is there.

    What follows the status is not waited for: a body that never ends changes nothing.
    """
    status, text = 0, b""
    try:
        with _posted(url, body, headers, timeout) as response:
            status = response.status
            if not 200 <= status < 300:
                text = response.read(MAX_EXCERPT)
    except Unreachable:
        # Of a success nothing is read behind the head: the head itself was cut off.
        if status < 300:
            raise
    return Reply(status, text.decode("utf-8", "replace"))


@contextmanager
def _posted(
    url: str, body: bytes, headers: Mapping[str, str] | None, timeout: float | None
) -> Iterator[urllib3.BaseHTTPResponse]:
    """The response with its body still to be read, within what is left of the time."""
    seconds = float(settings.WEBHOOK_TIMEOUT if timeout is None else timeout)
    began = monotonic()
    parts = _checked(url)
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    address = _address(host, port, seconds, private=_private_too(url))
    left = max(0.01, seconds - (monotonic() - began))
    sent = {
        **(headers or {}),
        "Host": parts.netloc.rpartition("@")[2],
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": "Tierdesk",
    }
    pool = _pool(parts.scheme, address, port, host, left)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with _explained(host), _Line(pool, left), pool:
        response = pool.urlopen(
            "POST",
            path,
            body=body,
            headers=sent,
            redirect=False,
            retries=False,
            preload_content=False,
            # Packed answers are not asked for, and not unpacked.
            decode_content=False,
            assert_same_host=False,
        )
        try:
            yield response
        finally:
            response.close()


def check_address(url: str) -> None:
    """Raise Unreachable for an address that is never called, without looking up its name."""
    host = str(_checked(url).hostname)
    if _is_address(host) and not _private_too(url) and not _may_be_called(host):
        raise Unreachable(_private(host))


def _checked(url: str) -> SplitResult:
    schemes = ("https", "http") if _private_too(url) else ("https",)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username is not None or parts.password is not None:
        raise Unreachable(_("The address of the service must begin with https://."))
    return parts


def _private_too(url: str) -> bool:
    """Whether private addresses and plain http are allowed; the demo allows its own receiver."""
    return settings.WEBHOOK_ALLOW_PRIVATE or url in settings.WEBHOOK_OWN_URLS


def _address(host: str, port: int, seconds: float, *, private: bool) -> str:
    """The first address of the name that may be called."""
    found = [str(row[4][0]) for row in _resolved(host, port, seconds)]
    allowed = [each for each in found if private or _may_be_called(each)]
    if allowed:
        return allowed[0]
    if _is_address(host):
        raise Unreachable(_private(host))
    # The same whether the name is unknown or known to the operator's network alone.
    raise Unreachable(_("There is no public server of the name %(host)s.") % {"host": host})


def _private(host: str) -> str:
    return _("%(host)s is an address of a private network; it is not called.") % {"host": host}


def _resolved(host: str, port: int, seconds: float) -> list[Any]:
    """What the name leads to; the resolver knows no time limit, so it is left behind after it."""
    found: list[Any] = []

    def look_up() -> None:
        with suppress(OSError, ValueError):
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

    looking = threading.Thread(target=look_up, daemon=True)
    looking.start()
    looking.join(seconds)
    if looking.is_alive():
        raise Unreachable(_("The service did not answer in time."))
    return found


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _may_be_called(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        # What stands for an address of the older kind is judged as that one.
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
        if inner:
            found = inner
        elif found in _NAT64:
            found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        elif found not in _UNICAST:
            return False
    inside = any(found in network for network in _INSIDE)
    return found.is_global and not found.is_multicast and not inside


def _pool(
    scheme: str, address: str, port: int, host: str, seconds: float
) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(total=seconds)
    if scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, timeout=timeout, maxsize=1)
    return urllib3.HTTPSConnectionPool(
        address,
        port,
        timeout=timeout,
        maxsize=1,
        server_hostname=host,
        assert_hostname=host,
        ssl_context=ssl.create_default_context(),
    )


class _Line:
    """Hangs up when the time of a call is over.

    The timeouts of sockets count from one byte to the next: a service that sends one now and then
    would keep its caller for hours.
    """

    def __init__(self, pool: urllib3.HTTPConnectionPool, seconds: float) -> None:
        self.sockets: list[socket.socket] = []
        self.over = False
        self.timer = threading.Timer(seconds, self._hang_up)
        self.timer.daemon = True
        line = self

        class Connection(pool.ConnectionCls):  # type: ignore[name-defined, misc]
            def _new_conn(self) -> socket.socket:
                made: socket.socket = super()._new_conn()
                # TLS takes `made` over; what is shut down here is the same connection.
                line.sockets.append(made.dup())
                if line.over:
                    line._hang_up()
                return made

        pool.ConnectionCls = Connection

    def __enter__(self) -> None:
        self.timer.start()

    def __exit__(self, *_error: object) -> None:
        self.timer.cancel()
        for each in self.sockets:
            each.close()
        if self.over:
            raise Unreachable(_("The service did not answer in time.")) from None

    def _hang_up(self) -> None:
        self.over = True
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def _read(response: urllib3.BaseHTTPResponse) -> Any:
    """The JSON of the body, read piece by piece so that its size stays within its limit."""
    text = b""
    while piece := response.read(_CHUNK):
        text += piece
        if len(text) > MAX_ANSWER:
            raise Unreachable(_("The answer of the service is too long."))
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


@contextmanager
def _explained(host: str) -> Iterator[None]:
    try:
        yield
    except urllib3.exceptions.NewConnectionError:
        raise Unreachable(_("%(host)s cannot be reached.") % {"host": host}) from None
    except (urllib3.exceptions.TimeoutError, TimeoutError):
        raise Unreachable(_("The service did not answer in time.")) from None
    except urllib3.exceptions.SSLError:
        raise Unreachable(_("The certificate of %(host)s is not valid.") % {"host": host}) from None
    except (urllib3.exceptions.HTTPError, OSError, ValueError):
        raise Unreachable(_("%(host)s cannot be reached.") % {"host": host}) from None
