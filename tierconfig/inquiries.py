"""The codes in inquiry links (decision 18): recomputed, never stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from .models import Delegation, ProcessedRequest

LENGTH = 22
VALID_FOR = timedelta(days=30)


def code(request: ProcessedRequest) -> str:
    """22 base64url characters bound to the request, its inquiry number and the addressee."""
    return _code(request.pk, request.inquiry_number, request.inquiry_email)


def matches(request: ProcessedRequest, given: str) -> bool:
    """Whether `given` is the code of the present inquiry, compared in constant time."""
    return _same(code(request), given)


def matching_number(
    request: ProcessedRequest, given: str, earlier: Iterable[tuple[int, str]] = ()
) -> int:
    """The inquiry number that `given` is the code of, 0 for none.

    Lets the holder of an older link be told that it was answered or replaced. `earlier` are
    numbers and addressees of inquiries that may have asked somebody else.
    """
    present = request.inquiry_number
    own = ((number, request.inquiry_email) for number in range(present, 0, -1))
    for number, email in (*own, *earlier):
        if 0 < number <= present and _same(_code(request.pk, number, email), given):
            return number
    return 0


def delegation_code(delegation: Delegation) -> str:
    """As `code`, for the colleague of a delegation. Begins unlike any request, so that no
    addressee's name makes one the code of the other."""
    asked = (delegation.request, delegation.inquiry, delegation.pk, delegation.email)
    return _code("delegation", *asked)


def matches_delegation(delegation: Delegation, given: str) -> bool:
    return _same(delegation_code(delegation), given)


def expired(request: ProcessedRequest, now: datetime | None = None) -> bool:
    """Whether the link was sent longer ago than VALID_FOR, or never."""
    sent = request.inquiry_sent_at
    return sent is None or (now or timezone.now()) > sent + VALID_FOR


def begin(request: ProcessedRequest, email: str, message: str = "") -> None:
    """Set the fields of a new inquiry; saving is the caller's."""
    renew(request)
    request.inquiry_email = email
    request.inquiry_message = message
    request.escalated_at = None


def renew(request: ProcessedRequest) -> None:
    """A new link for the same question: the old one dies, reminders are counted anew, and whoever
    heard that nobody answers does not hear it again. Saving is the caller's."""
    request.inquiry_number += 1
    request.inquiry_sent_at = timezone.now()
    request.reminders = 0
    request.reminded_at = None


def _code(*parts: object) -> str:
    text = "|".join(str(part) for part in parts)
    digest = hmac.new(settings.INQUIRY_KEY.encode(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:LENGTH]


def _same(code: str, given: str) -> bool:
    return hmac.compare_digest(code.encode(), given.encode("utf-8", "replace"))
