"""A form that is sent twice at the same moment acts once: the second sending waits for the first.

Sendings one after the other are known by the session; this is for those that meet, in whatever
process: the page's token is claimed in the cache, which is the database's.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

UNDER_WAY = "…"
#: Seconds: a claim whose process died, an outcome that is kept, and how long the second waits.
CLAIM_FOR = 60
KEEP_FOR = 600
WAIT_FOR = 5.0
PAUSE = 0.05


def once(
    request: HttpRequest, act: Callable[[], HttpResponse], otherwise: Callable[[], str]
) -> HttpResponse:
    """What `act` answers; for a second sending of the same page where the first one led.

    What raises or answers an error may be sent again. `otherwise` is where to go when the first
    one leads nowhere, or takes too long.
    """
    token = request.POST.get("token", "")[:64]
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
