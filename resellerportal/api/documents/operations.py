"""One operation of the OpenAPI document, from what its view declares."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from ..shaping import Markdown
from . import answers
from .schemas import Components, name_of

NOTHING = OpenApiResponse(description="Done; there is nothing to say.")
WRITES = ("POST", "PUT")
LOOKUPS = {"null": "null()"}


class ApiSchema(AutoSchema):
    """Reads `module`, `body`, `bodies`, `rendering`, `shape`, `answers` and `filters` of a view.

    `components` collects the schemas of shapes; document.py makes a new one per document.
    """

    components = Components()

    def map_parsers(self) -> list[str]:
        return ["application/json"]

    def map_renderers(self, attribute: str) -> list[str]:
        return ["application/json"]

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        return name_of(type(serializer))

    def get_tags(self) -> list[str]:
        return [self.view.module if hasattr(self.view, "module") else "other"]

    def get_operation_id(self) -> str:
        words = re.sub(r"[^a-zA-Z0-9]+", "_", self._below_base()).strip("_")
        return f"{self.method.lower()}_{words}"

    def get_summary(self) -> str | None:
        handler = getattr(self.view, self.method.lower(), None)
        own = self.view.__class__.__dict__.get(self.method.lower())
        text = getattr(own or handler, "__doc__", "") or ""
        if own is None or not text:
            text = self.view.__class__.__doc__ or ""
        return " ".join(text.split("\n\n")[0].split()) or None

    def get_description(self) -> str:
        return ""

    def get_auth(self) -> list[dict[str, Any]]:
        return [{"ApiKey": []}]

    def get_request_serializer(self) -> Any:
        if self.method not in WRITES:
            return None
        bodies = getattr(self.view, "bodies", {})
        return bodies.get(self.method, self.view.body)

    def get_response_serializers(self) -> Any:
        status, hint, many = self._answer()
        found: Any
        succeeded: Any = status
        if hint is Markdown:
            succeeded, found = (status, Markdown.MEDIA), {"type": "string"}
        elif hint is None:
            found = NOTHING if status == 204 else OpenApiResponse(description="Done.")
        else:
            schema = self.components.of(hint)
            found = {"type": "array", "items": schema} if many else schema
        return {succeeded: found}

    def get_operation(self, *arguments: Any) -> Any:
        """With the headers of its answer, and with all that it may be refused with."""
        made = super().get_operation(*arguments)
        if made is None:
            return None
        names = answers.headers_of_success(self.method, listing=self._lists())
        for answer in made["responses"].values():
            answer["headers"] = answers.referring(names)
        refused = answers.refusals(
            self.view,
            self.method,
            of_object="{" in self.path,
            reads_body="requestBody" in made,
        )
        made["responses"] |= {str(status): answers.reference(status) for status in refused}
        if self.method == "POST":
            made.setdefault("parameters", []).append(answers.KEY_OF_POST)
        return made

    def get_override_parameters(self) -> list[Any]:
        if not self._lists():
            return []
        found = [
            OpenApiParameter("limit", int, description="Objects of a page: 100, at most 1000."),
            OpenApiParameter("offset", int, description="Objects left out before the page."),
        ]
        filters = getattr(self.view, "filters", None)
        return found + (self._filters(filters) if filters else [])

    def _filters(self, filters: Any) -> list[Any]:
        made = filters.over(filters.MODEL._default_manager.none())
        found = [
            OpenApiParameter(name, str, description=_lookups(item, name in made.ordering_filters))
            for name, item in sorted(made.filters.items())
        ]
        found += [
            OpenApiParameter(name, str, description=f"The same as {other}.")
            for name, other in sorted(filters.ALIASES.items())
        ]
        if made.search_filters:
            words = ", ".join(sorted(made.search_filters))
            found.append(OpenApiParameter("search", str, description=f"Contained in {words}."))
        return found

    def _lists(self) -> bool:
        return self.method == "GET" and bool(getattr(self.view, "listing", False))

    def _answer(self) -> tuple[int, Any, bool]:
        """Status, type hint (None for no content) and whether it is a list."""
        declared = getattr(self.view, "answers", {}).get(self.method)
        if declared is not None:
            status, hint = declared
            return status, hint, False
        hint = getattr(self.view, "shape", None)
        if hint is None and hasattr(self.view, "rendering"):
            hint = self.view.rendering.shape
        if self.method == "DELETE":
            return 204, None, False
        created = self.method == "POST" and getattr(self.view, "listing", False)
        return (201 if created else 200), hint, self._lists()

    def _below_base(self) -> str:
        return self.path.removeprefix("/public/v1")


def _lookups(item: Any, ordered: bool) -> str:
    first = item[0] if isinstance(item, list) else item
    names = sorted(LOOKUPS.get(each, each) for each in first.get("lookups", ()))
    return ", ".join(names) + ("; ordering" if ordered else "")
