"""The lines of the rail as HTML: it stands on every page, and template nodes cost more."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ..cells import esc
from .shell import Entry


def lines(entries: list[Entry]) -> SafeString:
    """List items; the present entry shows its pages below it."""
    waiting = esc(_("waiting for you"))
    return SafeString("".join([_line(entry, waiting) for entry in entries]))


def _line(entry: Entry, waiting: str) -> str:
    css = ' class="current"' if entry.current else ' class="apart"' if entry.apart else ""
    here = ' aria-current="page"' if entry.current and not entry.pages else ""
    count = entry.count and (
        f'<span class="count" title="{waiting}">{esc(entry.count)}'
        f'<span class="visually-hidden"> {waiting}</span></span>'
    )
    pages = "".join([_page(page) for page in entry.pages])
    below = f"<ul>{pages}</ul>" if pages else ""
    return (
        f"<li{css}>"
        f'<a href="{esc(entry.url)}"{here}><span><i class="fa-solid {esc(entry.icon)}" '
        f'aria-hidden="true"></i> {esc(entry.label)}</span>{count}</a>{below}</li>\n'
    )


def _page(page: Entry) -> str:
    here = ' aria-current="page"' if page.current else ""
    count = page.count and f'<span class="count">{esc(page.count)}</span>'
    return f'<li><a href="{esc(page.url)}"{here}>{esc(page.label)}{count}</a></li>'
