"""What cannot be read is turned away: requests are read as UTF-8, whatever their type says.

Django decodes what was sent with the character set a client names in that header. No browser sends
another one than UTF-8; some of those Python knows are no character sets of text, some give lone
surrogates that no database takes, and a header that cannot be read fails before any middleware.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import parse_header_parameters

from customers.busy import is_busy
from customers.sealing import Unreadable

logger = logging.getLogger(__name__)


class NulMiddleware:
    """Nothing signed-in people look at has a NUL in its address; PostgreSQL refuses to look for it.

    The lists of the administration filter by whatever stands in the query, unseen; the portals
    read theirs with care. Public pages stand in no namespace and see to it themselves, as the API
    does, which answers in its own way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        space = request.resolver_match.namespace if request.resolver_match else ""
        # Searches of lists and of typed choices see to it themselves.
        filters = [
            text
            for name, values in (request.GET.lists() if space == "admin" else ())
            if name not in ("q", "term")
            for text in (name, *values)
        ]
        if space not in ("", "api") and any("\0" in text for text in (request.path_info, *filters)):
            raise Http404


class BusyMiddleware:
    """Who was too slow for a lock, or lost a dead-lock, is asked to try again: no server error.

    What the database rolled back is gone as a whole, so nothing is half done.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not is_busy(error):
            return None
        logger.warning("busy: %s", error)
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
        # A file cannot be given back, and no page repeats a password.
        whole = not request.FILES and not any("password" in name for name, _value in sent)
        context = {"address": request.get_full_path(), "sent": sent if whole else []}
        page = render_to_string("503.html", context)
        return HttpResponse(page, status=503, headers={"Retry-After": "3"})


class UnreadableMiddleware:
    """Where a page needs a stored secret that no key opens, it says so: no server error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Unreadable):
            return None
        logger.error("%s: %s", request.path, Unreadable())
        page = render_to_string("unreadable.html", {"problem": str(Unreadable())})
        return HttpResponse(page, status=503)


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
