"""Request ids in every log line and answer, and no inquiry codes or API secrets in the log."""

import contextvars
import logging
import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from customers.masking import masked

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")

# An id from a proxy is taken over only when it cannot carry anything else into the log.
ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """Name each request: X-Request-ID of the proxy if it is harmless, otherwise a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        name = given if ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex[:16]
        token = request_id.set(name)
        request.request_id = name  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = name
        return response


class RequestIdFilter(logging.Filter):
    """Puts the id of the current request on each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class MaskCodesFilter(logging.Filter):
    """Replaces inquiry codes in paths, and secrets of API keys, by an ellipsis."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        shown = masked(message)
        if shown != message:
            record.msg, record.args = shown, ()
        return True
