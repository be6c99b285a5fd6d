"""Answers about somebody are kept by nobody: no cache, and no "back" after signing out."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import has_vary_header


class PrivateAnswersMiddleware:
    """Marks every answer that depends on a cookie, unless the view has said how to keep it.

    Stands before the session's middleware, which adds `Vary: Cookie` on the way out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if has_vary_header(response, "Cookie") and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response
