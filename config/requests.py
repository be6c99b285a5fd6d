"""Requests are read as UTF-8, whatever their Content-Type says.

Django decodes what was sent with the character set a client names in that header. No browser sends
another one than UTF-8; some of those Python knows are no character sets of text, some give lone
surrogates that no database takes, and a header that cannot be read fails before any middleware.
"""

from typing import Any

from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Utf8Mixin:
    """For Django's request classes; an unreadable Content-Type counts as none."""

    content_type: str
    content_params: dict[str, str]

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        given = meta.get("CONTENT_TYPE", "")
        try:
            self.content_type, self.content_params = parse_header_parameters(given)
        except ValueError:
            self.content_type, self.content_params = "", {}


class Utf8WSGIHandler(WSGIHandler):
    request_class = type("Utf8WSGIRequest", (Utf8Mixin, WSGIRequest), {})


class Utf8ASGIHandler(ASGIHandler):
    request_class = type("Utf8ASGIRequest", (Utf8Mixin, ASGIRequest), {})
