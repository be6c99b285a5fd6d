"""Templates to text: placeholders are filled with values, nothing is evaluated."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_-]+)\s*\}\}")
#: Placeholder of the link to an inquiry form. It is never stored filled (decision 18).
FORM_ADDRESS = "activation_form_url"
_ADDRESS = re.compile(r"\{\{\s*" + FORM_ADDRESS + r"\s*\}\}")
_LINKED = re.compile(r"\[([^\]]*)\]\(<?\s*" + _ADDRESS.pattern + r"\s*>?[^)]*\)")
_ESCAPED = re.compile(r"""([\\`*_\[\]{}<>()#!|&"])""")
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


def fill(body: str, values: Mapping[str, str], *, kept: Container[str] = ()) -> str:
    """`body` with each `{{ name }}` replaced by its value, made harmless for Markdown.

    A value of several lines becomes one line. An unknown or empty one becomes the empty text, as
    the field's recorded data show. Placeholders whose names are `kept` stay for a later filling;
    no value can make another of them.
    """

    def value(match: re.Match[str]) -> str:
        if match.group(1) in kept:
            return match.group(0)
        line = " ".join(values.get(match.group(1), "").split())
        return _LEADING.sub(r"\1\\\2", _ESCAPED.sub(r"\\\1", line))

    return _PLACEHOLDER.sub(value, body)


def fill_address(text: str, address: str) -> str:
    """`text` with the address of the inquiry form where its placeholder was kept."""
    return fill(text, {FORM_ADDRESS: address}) if _ADDRESS.search(text) else text


def without_address(text: str, wording: str) -> str:
    """As fill_address, for readers who get no link: a link to the form becomes its text, the bare
    placeholder `wording`."""
    return _ADDRESS.sub(lambda match: wording, _LINKED.sub(r"\1", text))


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
