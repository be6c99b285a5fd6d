"""Markdown that vendors wrote, as HTML of a page."""

from __future__ import annotations

import re

from django.utils.safestring import SafeString

from tierconfig.rendering import to_html

_HEADING = re.compile(r"<(/?)h([1-6])>")


def rendered(markdown: str) -> SafeString:
    """Sanitised HTML; headings go down two levels, because the page has its own."""

    def lower(match: re.Match[str]) -> str:
        return f"<{match[1]}h{min(6, int(match[2]) + 2)}>"

    return SafeString(_HEADING.sub(lower, to_html(markdown)))
