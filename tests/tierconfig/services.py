"""A vendor's service on this machine: a real HTTP server that answers what a test wants."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from customers import identifiers
from customers.models import Product
from customers.sealing import Sealed
from tierconfig.models import Webhook

SECRET = "a-secret-of-thirty-two-characters"


@dataclass
class Service:
    """`body` is sent as JSON, bytes as they are; `before` runs before each answer."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    before: Any = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    url: str = ""

    def complain(self, **errors: str) -> None:
        self.body = {"params": [{"id": k, "value_error": text} for k, text in errors.items()]}


@contextmanager
def running(certificate: tuple[Path, Path] | None = None) -> Iterator[Service]:
    """Speaks TLS with a certificate and its key."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            service.asked.append(json.loads(self.rfile.read(length)))
            service.tokens.append(self.headers["Authorization"].removeprefix("Bearer "))
            if service.before:
                service.before()
            raw = service.body
            text = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
            self.send_response(service.status)
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    service.url = f"http://127.0.0.1:{server.server_address[1]}/validate?kind=1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def dripping(start: bytes) -> Iterator[str]:
    """A server that begins its answer with `start` and goes on with a byte now and then."""
    ended = threading.Event()

    def drip() -> None:
        line, _address = listener.accept()
        with line, suppress(OSError):
            line.recv(65536)
            line.sendall(start)
            while not ended.wait(0.05):
                line.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            ended.set()
            thread.join()


def webhook(product: Product, kind: str, service: Service) -> Webhook:
    return identifiers.insert(
        Webhook,
        "WB",
        product=product,
        type=kind,
        label="Check",
        external_url=service.url,
        jwt_secret=Sealed.of(SECRET),
    )
