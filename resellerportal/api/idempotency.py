"""POST with the header Idempotency-Key: done once, however often it is sent within a day.

The row is born in the transaction of the act. A process that is killed leaves neither, so that the
repetition acts; once both are there the repetition is answered from the row. Two at the same time
meet at the unique constraint: the second waits there for the first (SQLite: at the write lock).

Steps that ask a vendor's service must run outside of any transaction: their row is committed
before, and a second one is told to wait. What a killed process left so may be tried again after
two minutes; the machine then says whether the step was taken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.response import Response

from customers.models import ServiceUser
from customers.services import idempotent_answers as answers

from .errors import ApiError
from .reading import JsonRenderer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
REUSED = "IDEM_001"
UNDER_WAY = "IDEM_002"


def once(
    request: Any,
    service_user: ServiceUser,
    act: Callable[[], Response],
    *,
    gone: Callable[[Any], Response | None],
    outside: bool = False,
) -> Response:
    """Run `act` and keep its answer, or give the answer that was kept.

    `gone` is asked whether what an answer told of is out of sight, and gives the answer to that.
    Raises ApiError: 400 for a key that is none, 422 when it was used for something else; with
    `outside` no transaction is open around `act`, and 409 says that another one is at it. Answers
    from 400 on, and errors, leave nothing behind.
    """
    name = request.headers[HEADER]
    if not 0 < len(name) <= 255 or not name.isascii() or not name.isprintable():
        raise ApiError(_("Idempotency-Key: between 1 and 255 printable characters of ASCII."))
    fingerprint = _fingerprint(request)
    if outside:
        return _outside(service_user, name, fingerprint, act, gone)
    with transaction.atomic():
        row, fresh = answers.claim(service_user, name, fingerprint)
        if not fresh:
            return _again(row, fingerprint, gone)
        response = act()
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        answers.keep(row, response.status_code, _body(response))
    return response


def _outside(
    service_user: ServiceUser,
    name: str,
    fingerprint: str,
    act: Callable[[], Response],
    gone: Callable[[Any], Response | None],
) -> Response:
    row, fresh = answers.claim_for(service_user, name, fingerprint)
    if not fresh:
        return _again(row, fingerprint, gone)
    response = None
    try:
        response = act()
    finally:
        if response is None or response.status_code >= 400:
            answers.drop(row)
    if response.status_code < 400:
        answers.keep(row, response.status_code, _body(response))
    return response


def _body(response: Response) -> str:
    return "" if response.data is None else JsonRenderer().render(response.data).decode()


def _again(row: Any, fingerprint: str, gone: Callable[[Any], Response | None]) -> Response:
    if row.fingerprint != fingerprint:
        text = _("Idempotency-Key: this key was used for another request already.")
        raise ApiError(text, code=REUSED, status=422)
    if not row.status:
        text = _("The request with this Idempotency-Key is under way; ask again.")
        raise ApiError(text, code=UNDER_WAY, status=409, headers={"Retry-After": "3"})
    data = json.loads(row.body.open()) if row.body else None
    return gone(data) or Response(data, status=row.status, headers={REPLAYED: "true"})


def _fingerprint(request: Any) -> str:
    digest = hashlib.sha256()
    for part in (request.method, request.get_full_path()):
        digest.update(f"{part}\n".encode())
    digest.update(request._request.body)
    return digest.hexdigest()
