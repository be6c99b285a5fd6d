"""A partner's server on this machine: it keeps what it is sent, and answers what a test wants."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from customers.actors import Actor
from customers.models import Partner, WebhookEndpoint, WebhookMessage
from customers.services.endpoints import add_endpoint


@dataclass
class Receiver:
    """`free` is cleared to let it hang until it is set again."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    free: threading.Event = field(default_factory=threading.Event)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    most_at_once: int = 0
    url: str = ""

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _body in self.taken]


@contextmanager
def receiving(**answer: Any) -> Iterator[Receiver]:
    receiver, at_once, lock = Receiver(**answer), [0], threading.Lock()
    receiver.free.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                names = {name.lower(): text for name, text in self.headers.items()}
                receiver.taken.append((names, body))
                at_once[0] += 1
                receiver.most_at_once = max(receiver.most_at_once, at_once[0])
            receiver.free.wait(60)
            with lock:
                at_once[0] -= 1
            with suppress(OSError):
                self.send_response(receiver.status)
                for name, text in receiver.headers.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(receiver.body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.free.set()
        server.shutdown()
        server.server_close()
        thread.join()


def administrator(partner: Partner) -> Actor:
    return Actor(role=partner.role, partner=partner, level="administrator")


def endpoint(partner: Partner, url: str, **fields: Any) -> WebhookEndpoint:
    return add_endpoint(actor=administrator(partner), label="Our ERP", url=url, **fields)


def message(to: WebhookEndpoint, **fields: Any) -> WebhookMessage:
    payload = {"type": "order.approved", "timestamp": "2026-01-02T03:04:05Z", "data": {"id": "ä"}}
    return WebhookMessage.objects.create(
        endpoint=to, type="order.approved", payload=payload, **fields
    )
