"""A form that is sent twice acts once: the second sending is led where the first one led.

Sendings one after the other are known by the session. For those that meet, in whatever process,
the page's token is claimed in the cache, which is the database's: the second waits for the first.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

#: Outcomes a session keeps.
KEPT = 20
UNDER_WAY = "…"
#: Seconds: a claim whose process died, an outcome that is kept, and how long the second waits.
CLAIM_FOR = 60
KEEP_FOR = 600
WAIT_FOR = 5.0
PAUSE = 0.05


def token_of(request: HttpRequest) -> str:
    """What the form of a page sends to be known again; "" when it sends nothing."""
    return request.POST.get("token", "")[:64]


def led_to(request: HttpRequest) -> str:
    """Where an earlier sending of the same page led, "" for the first one."""
    found: str = request.session.get("sent", {}).get(token_of(request), "")
    return found


def remember(request: HttpRequest, address: str) -> None:
    """Where this sending leads, for those that come later."""
    if token := token_of(request):
        sent = {**request.session.get("sent", {}), token: address}
        request.session["sent"] = dict(list(sent.items())[-KEPT:])


def once(
    request: HttpRequest, act: Callable[[], HttpResponse], otherwise: Callable[[], str]
) -> HttpResponse:
    """What `act` answers; for a second sending of the same page where the first one led.

    What raises or answers an error may be sent again. `otherwise` is where to go when the first
    one leads nowhere, or takes too long.
    """
    token = token_of(request)
    if not token:
        return act()
    key = "sent-" + hashlib.sha256(f"{request.user.pk}/{token}".encode()).hexdigest()
    until = time.monotonic() + WAIT_FOR
    while not cache.add(key, UNDER_WAY, CLAIM_FOR):
        found = cache.get(key)
        if found and found != UNDER_WAY:
            return redirect(found)
        if time.monotonic() > until:
            return redirect(otherwise())
        time.sleep(PAUSE)
    try:
        answer = act()
    except BaseException:
        cache.delete(key)
        raise
    if answer.status_code >= 400:
        cache.delete(key)
    else:
        cache.set(key, answer.headers.get("Location") or otherwise(), KEEP_FOR)
    return answer
