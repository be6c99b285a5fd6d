"""Any list as a file: the same filters, search, tab, order and columns, all pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.spreadsheets import Sheet
from fulfillment.reporting.kinds import KINDS

from ..cells import esc, value
from . import files
from .files import FORMATS

__all__ = ["FORMATS", "answer", "menu"]


def answer(view: Any, form: str) -> HttpResponseBase:
    """The list of `view` as a file, or back to the list with the reason why not."""
    if files.refused(view.request, view.in_tab()):
        return HttpResponseRedirect(view.address.to())
    columns = [column for column in view.shown if column.exported]
    named = bool(view.row_title)
    head = [_("ID"), *([str(view.row_label or _("Name"))] if named else [])]
    keys = ["id", *(["name"] if named else []), *(column.name for column in columns)]
    head += [str(column.label) for column in columns]
    tab = view.tab.name if view.tab and view.tab != view.tabs[0] else ""
    sheet = Sheet(str(view.title), head, _rows(view, columns), _distinct(keys))
    return files.download(form, f"{view.title} {tab}", [sheet])


def _rows(view: Any, columns: list[Any]) -> Iterator[list[Any]]:
    title = value(view.row_title) if view.row_title else None
    for page in files.pages(view, view.wanted.keyset, view.in_tab_now, view.paths()):
        view.prepare(page)
        reads = [column.told for column in columns]
        for row in page:
            first = [row.pk, title(row)] if title else [row.pk]
            yield [*first, *(read(row) for read in reads)]


def _distinct(keys: list[str]) -> list[str]:
    """A column may be called as the first one is."""
    return [key if key not in keys[:place] else f"{key}_{place}" for place, key in enumerate(keys)]


def menu(view: Any) -> SafeString:
    """The button "Export" and what it offers."""
    before, labels = _texts(get_language())
    here = esc(view.address.to())
    more = "" if here == "?" else "&amp;"
    lines = [f'<a class="line" href="{here}{more}format={f}">{text}</a>' for f, text in labels]
    lines += [
        f'<a class="line" href="{esc(url)}">{esc(text)}</a>'
        for text, url in (*view.get_reports(), *_reports(view))
    ]
    return SafeString(f"{before}{''.join(lines)}</div></details>")


def _reports(view: Any) -> list[tuple[str, str]]:
    """The reports of what the list shows, for who may ask for one."""
    if not view.actor.may_act:
        return []
    return [
        (_("Report “%(name)s” …") % {"name": kind.label}, view.url("report-add", kind.name))
        for kind in KINDS.values()
        if kind.model is view.model
    ]


@lru_cache
def _texts(_language: str | None) -> tuple[str, list[tuple[str, str]]]:
    """The button, and the formats with their labels."""
    note = esc(_("All pages of this list, as it is shown; times in UTC."))
    before = (
        '<details class="menu"><summary class="btn btn-outline-secondary"><i class="fa-solid '
        f'fa-download" aria-hidden="true"></i> {esc(_("Export"))}</summary><div class="sheet">'
        f'<p class="sub px-2 mb-1">{note}</p>'
    )
    return before, [(form, esc(label)) for form, label in FORMATS.items()]
