"""Requests through the whole handler, in process, by a signed-in user."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.sessions import SessionStore
from customers.actors import VENDOR, Actor
from customers.models import Membership, Product, TierAccount, TierAccountRequest, User
from fulfillment.models import FulfillmentRequest, Subscription
from tierconfig.models import TierConfig, TierConfigRequest

MODELS = {
    "account": TierAccount,
    "request": TierAccountRequest,
    "config": TierConfig,
    "config-request": TierConfigRequest,
    "subscription": Subscription,
    "order": FulfillmentRequest,
    "product": Product,
}
ROWS = 50
FLOOR_PATH = "/bench-floor/"
RAW_PATH = "/bench-raw/"


@dataclass(frozen=True)
class Page:
    """A page to measure: whose, which, how many rows it shows (0: a detail page), and whether a
    script asks for a piece of it."""

    role: str
    label: str
    path: str
    rows: int = 0
    piece: bool = False


class Browser:
    """A signed-in user without a network: the WSGI handler, called directly."""

    def __init__(self, user: User) -> None:
        session = SessionStore()
        session[SESSION_KEY] = user.pk
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        self.session_key = str(session.session_key)
        cookie = SimpleCookie({settings.SESSION_COOKIE_NAME: self.session_key})
        self.cookie = cookie.output(header="", sep=";").strip()
        self.handler = WSGIHandler()

    def get(self, path: str, piece: bool = False) -> HttpResponse:
        address, _mark, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(b""),
            "HTTP_COOKIE": self.cookie,
            **({"HTTP_HX_REQUEST": "true"} if piece else {}),
        }
        response: HttpResponse = self.handler.get_response(WSGIRequest(environ))
        return response


def pages(role: str, user: User) -> list[Page]:
    """Home, each list at ROWS rows, and the details of the newest row of each."""
    actor = Actor.of(Membership.objects.select_related("user", "partner").get(user=user))
    found = [Page(role, "home", reverse(f"{role}:home"))]
    for name, model in MODELS.items():
        address = reverse(f"{role}:{name}-list")
        found.append(Page(role, f"{name} list", f"{address}?size={ROWS}&tab=all", ROWS))
        newest = model.objects.visible_to(actor).order_by("-pk").first()
        if newest is not None:
            detail = reverse(f"{role}:{name}-detail", args=[newest.pk])
            found.append(Page(role, f"{name} details", detail))
    return [*found, *_forest(role, actor), *_searches(role, actor)]


def _forest(role: str, actor: Actor) -> list[Page]:
    """The page of the hierarchy, and what lies below one account of it."""
    seen = TierAccount.objects.visible_to(actor).order_by("-pk")
    parent = seen.filter(pk__in=seen.exclude(parent=None).values("parent")[:1])[0]
    below = reverse(f"{role}:account-children", args=[parent.pk])
    return [
        Page(role, "account hierarchy", reverse(f"{role}:account-tree")),
        Page(role, "account hierarchy, unfolded", below, piece=True),
    ]


def _searches(role: str, actor: Actor) -> list[Page]:
    """Typed searches of accounts: a word of many names, and what one account only has."""
    newest = TierAccount.objects.visible_to(actor).order_by("-pk")[0]
    found = []
    for what, text in (("frequent", "gmbh"), ("rare", newest.external_id)):
        listed = f"{reverse(f'{role}:account-list')}?{urlencode({'size': ROWS, 'q': text})}"
        found.append(Page(role, f"account search, {what}", listed, ROWS))
        tree = f"{reverse(f'{role}:account-tree')}?{urlencode({'q': text})}"
        found.append(Page(role, f"account hierarchy search, {what}", tree))
        if role != VENDOR:
            query = {"scope": "parents", "field": "parent", "parent_q": text}
            picker = f"{reverse('account-search')}?{urlencode(query)}"
            found.append(Page(role, f"account picker, {what}", picker))
    return found


def queries(browser: Browser, page: Page) -> int:
    with CaptureQueriesContext(connection) as captured:
        browser.get(page.path, page.piece)
    return len(captured)


def cpu(call: Callable[[], object], rounds: int) -> list[float]:
    """CPU milliseconds of each of `rounds` calls."""
    found = []
    for _round in range(rounds):
        start = time.process_time()
        call()
        found.append((time.process_time() - start) * 1000)
    return found
