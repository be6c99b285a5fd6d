"""Addresses of the API: with or without a slash at the end, never by a redirect."""

from __future__ import annotations

import re
from typing import Any

from django.urls import URLPattern, re_path

from .views import ApiView

#: What stands for a placeholder: anything but a slash.
PART = r"[^/]+"


def route(address: str, view: type[ApiView], name: str = "", **initial: Any) -> URLPattern:
    """`tier/accounts/{pk}` -> its view; a redirect would turn a POST into a GET.

    `name` is made of the address unless it is given: "tier-accounts-pk".
    """
    pattern = re.sub(r"\{(\w+)\}", rf"(?P<\1>{PART})", address)
    made = name or re.sub(r"[^a-zA-Z]+", "-", address).strip("-").lower()
    return re_path(rf"^{pattern}/?$", view.as_view(**initial), name=made)
