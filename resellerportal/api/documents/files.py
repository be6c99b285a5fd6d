"""The document as a file, open to everybody: clients read it before they have a key."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.generic import View

from .document import as_json, as_yaml


class OpenApiFile(View):
    """GET openapi.yml or openapi.json."""

    as_json = False

    def get(self, request: HttpRequest) -> HttpResponse:
        text, kind = (as_json(), "application/json") if self.as_json else (as_yaml(), "text/yaml")
        return HttpResponse(text, content_type=kind, headers={"Cache-Control": "max-age=300"})
