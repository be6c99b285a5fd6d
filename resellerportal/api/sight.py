"""Whether an answer that was kept may still be given: what it tells of may have gone out of sight.

The actor sees now what GET answers now. So the nearest address that can be read is read: that of
what was made, else that of what the step was about, as it stands in the address of the POST.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.bulk import among

from .errors import NotFound


def gone(view: Any, answered: Any) -> Response | None:
    """What the actor of `view`, a POST, reads now instead of `answered`; None when it sees it."""
    if isinstance(answered, list):
        return _some_gone(view, [each["id"] for each in answered])
    made = answered.get("id") if isinstance(answered, dict) else None
    for address in _addresses(view.request.path, made):
        found = _read(view.request._request, address)
        if found is not None:
            return found if found.status_code == 404 else None
    return None


def _some_gone(view: Any, keys: list[str]) -> Response | None:
    rows = view.model._default_manager.visible_to(view.actor).filter(among("pk", keys))
    seen = set(rows.order_by().values_list("pk", flat=True))
    missing = [pk for pk in keys if pk not in seen]
    return NotFound(missing[0]).response() if missing else None


def _addresses(path: str, made: object) -> Iterator[str]:
    """Of what was made below `path`, then `path` and what is above it."""
    path = path.rstrip("/")
    if isinstance(made, str):
        yield f"{path}/{made}"
    while path:
        yield path
        path = path.rpartition("/")[0]


def _read(request: HttpRequest, address: str) -> Response | None:
    """The answer to a GET with the headers of `request`; None where nothing, or a list, is read.

    No call: it is not logged and not counted.
    """
    try:
        found = resolve(address, getattr(request, "urlconf", None))
    except Resolver404:
        return None
    kind = getattr(found.func, "cls", None)
    if not hasattr(kind, "module") or kind.listing:
        return None
    asked = copy(request)
    asked.method, asked.path, asked.path_info = "GET", address, address
    asked.META = {**request.META, "REQUEST_METHOD": "GET", "QUERY_STRING": ""}
    view = kind(**found.func.initkwargs)
    view.setup(asked, **found.kwargs)
    answer = APIView.dispatch(view, asked, **found.kwargs)
    return None if answer.status_code == 405 else answer
