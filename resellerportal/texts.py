"""What people wrote, as HTML of a page: markdown of vendors, notes of everybody."""

from __future__ import annotations

import re

from django.utils.safestring import SafeString

from tierconfig.rendering import to_html

from .cells import esc

#: An address somebody typed; what ends a sentence or a bracket behind it is not part of it.
_ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]}]", re.IGNORECASE)
_HEADING = re.compile(r"<(/?)h([1-6])>")


def rendered(markdown: str) -> SafeString:
    """Sanitised HTML; headings go down two levels, because the page has its own."""

    def lower(match: re.Match[str]) -> str:
        return f"<{match[1]}h{min(6, int(match[2]) + 2)}>"

    return SafeString(_HEADING.sub(lower, to_html(markdown)))


def linked(text: str) -> SafeString:
    """Plain text in which addresses of web pages, and nothing else, are links."""
    parts, end = [], 0
    for match in _ADDRESS.finditer(text):
        address = esc(match[0])
        parts.append(esc(text[end : match.start()]))
        parts.append(f'<a href="{address}" rel="noopener noreferrer nofollow">{address}</a>')
        end = match.end()
    return SafeString("".join([*parts, esc(text[end:])]))
