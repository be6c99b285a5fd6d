"""Texts that a vendor has written before, offered while it types a complaint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

LIST = "messages-offered"


class Suggested(forms.TextInput):
    """A line of text with suggestions, which browsers show without any script.

    All fields of a form share one list; the widget that has the `texts` writes it.
    """

    template_name = "processing/_suggested.html"

    def __init__(self, texts: Sequence[str] = ()) -> None:
        super().__init__(attrs={"list": LIST})
        self.texts = texts

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context(name, value, attrs)
        found["widget"] |= {"texts": self.texts, "list": LIST}
        return found


def suggested(texts: Sequence[str], *, first: bool) -> forms.TextInput:
    """The widget of one of several fields; without texts an ordinary one."""
    if not texts:
        return forms.TextInput()
    return Suggested(texts if first else ())
