"""Texts of control panels, and the language they are in."""

from __future__ import annotations

from django.http import HttpResponse

from ..shaping import Markdown, Ref

#: The language of the platform, in which vendors write.
LOCALE: Ref = {"id": "EN", "name": "English"}


def markdown(text: str) -> HttpResponse:
    """The text as it is; whatever language was asked for, the answer says which one it is in."""
    answer = HttpResponse(text, content_type=f"{Markdown.MEDIA}; charset=utf-8")
    answer["Connect-Localization"] = LOCALE["id"]
    return answer
