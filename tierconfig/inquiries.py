"""The code in an inquiry link (decision 18): recomputed, never stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from .models import ProcessedRequest

LENGTH = 22
VALID_FOR = timedelta(days=30)


def code(request: ProcessedRequest) -> str:
    """22 base64url characters bound to the request, its inquiry number and the addressee."""
    text = f"{request.pk}|{request.inquiry_number}|{request.inquiry_email}"
    digest = hmac.new(settings.INQUIRY_KEY.encode(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:LENGTH]


def matches(request: ProcessedRequest, given: str) -> bool:
    """Whether `given` is the code of the present inquiry, compared in constant time."""
    return hmac.compare_digest(code(request).encode(), given.encode("utf-8", "replace"))


def matching_number(request: ProcessedRequest, given: str) -> int:
    """The inquiry number that `given` is the code of, 0 for none.

    Lets the holder of an older link be told that it was answered or replaced.
    """
    present = request.inquiry_number
    try:
        for number in range(present, 0, -1):
            request.inquiry_number = number
            if matches(request, given):
                return number
    finally:
        request.inquiry_number = present
    return 0


def expired(request: ProcessedRequest) -> bool:
    """Whether the link was sent longer ago than VALID_FOR, or never."""
    return request.inquiry_sent_at is None or timezone.now() > request.inquiry_sent_at + VALID_FOR


def begin(request: ProcessedRequest, email: str, message: str = "") -> None:
    """Set the fields of a new inquiry (or a renewed link); saving is the caller's."""
    request.inquiry_number += 1
    request.inquiry_email = email
    request.inquiry_sent_at = timezone.now()
    request.inquiry_message = message
