"""Clients of the API: `api("vendor").get("/tier/accounts", "eq(id,TA-1)")`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customers.service_rights import EVERYTHING
from customers.services.service_users import create_service_user, header_of
from tests.resellerportal.api.conforming import check_documented

BASE = "/public/v1"


class ApiClient:
    """Calls with a key of a partner; whatever it is given is what goes over the wire.

    `query` is the raw query string, as a client of the field sends it.
    """

    def __init__(self, header: str = "") -> None:
        self.client = Client()
        self.headers = {"Authorization": header} if header else {}

    def get(self, path: str, query: str = "", **headers: str) -> Any:
        return self.send("GET", path, query=query, **headers)

    def post(self, path: str, body: Any = None, query: str = "", **headers: str) -> Any:
        return self.send("POST", path, body, query, **headers)

    def put(self, path: str, body: Any = None, query: str = "", **headers: str) -> Any:
        return self.send("PUT", path, body, query, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("DELETE", path, **headers)

    def send(
        self, method: str, path: str, body: Any = None, query: str = "", **headers: str
    ) -> Any:
        """`body` is JSON unless it is bytes; headers as keywords: Idempotency_Key="…"."""
        content = body if isinstance(body, bytes) else b"" if body is None else _json(body)
        given = self.headers | {name.replace("_", "-"): text for name, text in headers.items()}
        answer = self.client.generic(
            method,
            BASE + path,
            content,
            content_type=given.pop("Content-Type", "application/json") if content else "",
            headers=given,
            QUERY_STRING=query,
        )
        check_documented(method, path, answer)
        return answer


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


def key_of(cast: Any, name: str, rights: dict[str, str] | None = None) -> str:
    """The header of a new key of the cast's member, who must be an administrator to make it."""
    user = cast.users[name]
    user.memberships.update(level="administrator")
    key, secret = create_service_user(
        actor=cast.actor(name, "administrator"),
        name=f"Key of {name}",
        rights=EVERYTHING if rights is None else rights,
    )
    return header_of(key, secret)


@pytest.fixture
def api(cast: Any) -> Callable[..., ApiClient]:
    """`api("vendor")`; `api("vendor", {"customers": "read"})` with these rights only;
    `api(None)` without a key. One key per member and rights."""
    made: dict[Any, ApiClient] = {}

    def client(name: str | None, rights: dict[str, str] | None = None) -> ApiClient:
        known = (name, tuple(sorted((rights or {}).items())), rights is None)
        if known not in made:
            made[known] = ApiClient(key_of(cast, name, rights) if name else "")
        return made[known]

    return client
