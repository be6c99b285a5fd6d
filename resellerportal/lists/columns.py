"""Which columns of a list its reader sees.

Kept is what differs from the list's own choice, because the columns of a list depend on the tab:
names of hidden columns that are shown, and with a dash those that are not, joined by dots. The
address holds it (`?columns=tax_id.-country`), so that a list can be shared as it is; without it
counts what the reader chose last on this list, as long as the session lasts.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..cells import esc
from .listing import Column

if TYPE_CHECKING:
    from .listview import PortalListView

SESSION_KEY = "columns"
#: Menus kept; all are dropped when there are more.
MOST = 500
_written: dict[Hashable, tuple[str, str]] = {}


def chosen(view: PortalListView) -> tuple[Column, ...]:
    words = _wanted(view)
    if not words:
        return tuple(column for column in view.columns if not column.hidden)
    return tuple(
        column
        for column in view.columns
        if (column.name in words if column.hidden else f"-{column.name}" not in words)
    )


def _wanted(view: PortalListView) -> set[str]:
    kept = view.request.session.get(SESSION_KEY, {}).get(_key(view), "")
    return set((view.address.clean("columns") or kept).split(".")) - {""}


def _key(view: PortalListView) -> str:
    return f"{view.portal}:{view.name}"


def choose(view: PortalListView) -> HttpResponse:
    """Keep the names in `column` of the form; `standard` forgets them. Back to the list."""
    post = view.request.POST
    words = "" if "standard" in post else _differences(view, set(post.getlist("column")))
    kept = {**view.request.session.get(SESSION_KEY, {}), _key(view): words}
    view.request.session[SESSION_KEY] = {key: each for key, each in kept.items() if each}
    return redirect(f"{view.request.path}{view.address.to(columns=words)}")


def _differences(view: PortalListView, names: set[str]) -> str:
    here = {column.name for column in view.columns}
    # What this tab lacks stays as it was.
    words = {word for word in _wanted(view) if word.lstrip("-") not in here}
    for column in view.columns:
        if column.hidden == (column.name in names):
            words.add(column.name if column.hidden else f"-{column.name}")
    return ".".join(sorted(words))[:200]


def menu(view: PortalListView) -> SafeString:
    """The button "Columns" and its form."""
    shown = tuple(column.name for column in view.shown)
    names = tuple(column.name for column in view.columns)
    tab = view.tab.name if view.tab else ""
    key = (get_language(), type(view), view.portal, tab, names, shown)
    if key not in _written:
        if len(_written) >= MOST:
            _written.clear()
        _written[key] = _parts(view, shown)
    before, after = _written[key]
    return SafeString(
        f'{before}<form class="sheet" method="post" action="{esc(view.address.to())}"><input '
        f'type="hidden" name="csrfmiddlewaretoken" value="{get_token(view.request)}">{after}'
    )


def _parts(view: PortalListView, shown: tuple[str, ...]) -> tuple[str, str]:
    """What stands before and in the form, the same in every request that shows these columns."""
    boxes = [
        f'<label class="line"><input class="form-check-input mt-0" type="checkbox" name="column" '
        f'value="{column.name}"{" checked" if column.name in shown else ""}> '
        f"{esc(column.label)}</label>"
        for column in view.columns
    ]
    before = (
        '<details class="menu"><summary class="btn btn-outline-secondary"><i class="fa-solid '
        f'fa-table-columns" aria-hidden="true"></i> {esc(_("Columns"))}</summary>'
    )
    after = (
        f'<fieldset class="columns"><legend class="visually-hidden">{esc(_("Columns"))}</legend>'
        f'{"".join(boxes)}</fieldset><div class="d-flex gap-2 p-2">'
        f'<button class="btn btn-sm btn-primary">{esc(_("Show"))}</button>'
        f'<button class="btn btn-sm btn-outline-secondary" name="standard" value="1">'
        f"{esc(_('Standard'))}</button></div></form></details>"
    )
    return before, after
