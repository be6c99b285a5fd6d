"""Templates to text: placeholders are filled with values, nothing is evaluated."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_-]+)\s*\}\}")
_ESCAPED = re.compile(r"""([\\`*_\[\]<>()#!|&"])""")
#: What begins a list, a rule, a fence or the underline of a heading at the start of a line.
_LEADING = re.compile(r"^(\d*)([-+~=.])")
#: Emphasis around a placeholder that had no value; not a rule, which stands alone on its line.
_EMPTY_EMPHASIS = re.compile(r"(?<=[^\s*_\\])([ \t]*)(?:\*{4}|_{4})(?![*_])")


def _picture(_self: Any, tokens: Sequence[Any], number: int, *_rest: Any) -> str:
    """A picture as a link to it: pages and mail load nothing from elsewhere by themselves."""
    token = tokens[number]
    address = str(token.attrs.get("src", ""))
    return f'<a href="{escape(address)}">{escape(token.content or address)}</a>'


_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
_markdown.add_render_rule("image", _picture)


def fill(body: str, values: Mapping[str, str]) -> str:
    """`body` with each `{{ name }}` replaced by its value, made harmless for Markdown.

    A value of several lines becomes one line. An unknown or empty one becomes the empty text, as
    the field's recorded data show.
    """

    def value(match: re.Match[str]) -> str:
        line = " ".join(values.get(match.group(1), "").split())
        return _LEADING.sub(r"\1\\\2", _ESCAPED.sub(r"\\\1", line))

    return _PLACEHOLDER.sub(value, body)


def placeholders_in(body: str) -> list[str]:
    """Names of the placeholders of a template, each once, in the order they are met."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(body)))


def to_html(markdown: str) -> str:
    """Sanitised HTML of a Markdown text; safe to put into a page.

    Emphasis that an empty value left behind ("Number: ****") is not shown.
    """
    return nh3.clean(
        _markdown.render(_EMPTY_EMPHASIS.sub(r"\1", markdown)),
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto"},
    )
