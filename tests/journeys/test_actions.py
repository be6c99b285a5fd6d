"""A button of a control panel, pressed in a browser, opens the vendor's service in a new tab."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from playwright.sync_api import expect

from customers.actors import Actor
from customers.models import Event, Membership
from tests.journeys.tryit import Visitor
from tierconfig.models import TierConfig
from tierconfig.services.definitions.actions import add_action
from tierconfig.services.definitions.embedding import new_secret, save_embedding


@pytest.fixture
def service() -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """The vendor's address, and what arrives there: (path, Referer). It redirects once more."""
    arrived: list[tuple[str, str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            arrived.append((self.path, self.headers["Referer"]))
            self.send_response(302 if self.path.startswith("/in") else 200)
            self.send_header("Location", "/console")
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>Console</title><h1>Welcome to the console</h1>")

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/in?shop=7", arrived
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_reseller_is_led_to_the_vendor_in_a_new_tab(portal, page, shoot, check_access, service):
    address, arrived = service
    config = TierConfig.objects.visible_to(acting("reseller")).filter(state="active").first()
    assert config is not None
    secret = embed(config, address)
    Visitor(page, portal, shoot).sign_in("reseller@demo.example")
    page.goto(f"{portal}/reseller/configs/{config.pk}/")
    check_access()
    shoot("panel")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Open the console").click()
    console = opened.value
    expect(console.get_by_role("heading")).to_have_text("Welcome to the console")
    assert console.evaluate("window.opener") is None
    assert page.url.endswith(f"/configs/{config.pk}/")
    path, referer = next(each for each in arrived if each[0].startswith("/in"))
    assert referer is None
    query = parse_qs(urlsplit(path).query)
    assert query["shop"] == ["7"]
    said = jwt.decode(query["jwt"][0], secret, algorithms=["HS256"])
    assert (said["tier_config_id"], said["role"]) == (config.pk, "reseller")
    assert Event.objects.about(config).filter(verb="tierconfig.action").count() == 1


def acting(role: str) -> Actor:
    rows = Membership.objects.select_related("user", "partner")
    return Actor.of(rows.filter(user__email=f"{role}@demo.example").order_by("pk")[0])


def embed(config: TierConfig, address: str) -> str:
    """A button of the configuration's tier that leads to `address`; the secret of its tokens."""
    boss = Membership.objects.select_related("user", "partner").filter(partner=config.vendor)[0]
    boss.level = Membership.Level.ADMINISTRATOR
    vendor = Actor.of(boss)
    save_embedding(
        config.product,
        actor=vendor,
        description="",
        getting_started="",
        download_links=[],
        documents=[],
        action_url=address,
    )
    add_action(
        config.product,
        actor=vendor,
        action="sso",
        name="Open the console",
        description="Signs you in",
        scope=config.scope,
    )
    return new_secret(config.product, actor=vendor)
