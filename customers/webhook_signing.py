"""What a webhook consists of: its bytes and its signature (Standard Webhooks 1.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from typing import Any

PREFIX = "whsec_"
#: Of the 24 to 64 bytes that the standard allows.
KEY_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def body_of(payload: Any) -> bytes:
    """The bytes that are signed and sent: the same for every try, whatever order a database keeps
    the keys of JSON in."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def signature(keys: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one signature for each secret, the newest first.

    `timestamp` is that of the try, in seconds.
    """
    content = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_sign(key, content)}" for key in keys)


def headers_of(keys: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(keys, message_id, timestamp, body),
    }


def _sign(key: str, content: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(raw, content, hashlib.sha256).digest()).decode()
