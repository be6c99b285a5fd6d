"""Texts of vendors within other objects."""

from __future__ import annotations

from typing import Any, TypedDict

from tierconfig.models import Template


class TemplateShape(TypedDict):
    """`representation` is the template's Markdown with the values in place."""

    id: str
    name: str
    representation: str


def template_shape(
    template: Template | None, text: str, *, key: str = "representation"
) -> dict[str, Any] | None:
    """The template with the text made of it, None where there is neither.

    A text that is no template's (its template was removed, or it came as a text) has no id.
    """
    if template is not None:
        return {"id": template.pk, "name": template.name, key: text}
    return {key: text} if text else None
