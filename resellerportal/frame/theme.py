"""The theme switch where no JavaScript runs; with it, theme.js sets the same cookie."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from ..access import local_address
from .shell import THEMES


class SwitchTheme(View):
    """POST `theme`: light, dark or system, kept in a cookie for a year. Open to everybody."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        answer = redirect(local_address(request, request.POST.get("next", "")) or "/")
        if (theme := request.POST.get("theme", "")) in THEMES:
            answer.set_cookie("theme", theme, max_age=31_536_000, samesite="Lax")
        return answer
