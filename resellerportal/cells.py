"""Small pieces of HTML that list rows are made of; all escape what they are given.

Rows are rendered here and not in a template loop, because fifty rows of template nodes cost more
than everything else on a list page. For the same reason `esc` stands in for Django's escape,
whose laziness costs more than its escaping; every value passes through it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .states import badge

Cell = Callable[[Any], Any]
NOTHING = format_html('<span class="sub">{}</span>', "–")

state = badge


def esc(text: Any) -> str:
    """`text` as HTML: unchanged when it is HTML already, else escaped."""
    return text.__html__() if hasattr(text, "__html__") else escape(str(text))


def value(path: str) -> Cell:
    """Cell from an attribute path such as "account.parent.name"; a gap on the way is empty."""
    names = path.split(".")
    if len(names) == 1:
        return lambda obj: getattr(obj, path)
    get = attrgetter(path)

    def read(obj: Any) -> Any:
        try:
            return get(obj)
        except AttributeError:
            if any(_at(obj, names[:depth]) is None for depth in range(1, len(names))):
                return None
            raise

    return read


def _at(obj: Any, names: list[str]) -> Any:
    for name in names:
        obj = getattr(obj, name, None)
    return obj


def since(path: str) -> Cell:
    """Cell with the age of the moment at `path`."""
    get = value(path)
    return lambda obj: age(get(obj))


def named(name: str, pk: str) -> Cell:
    """Cell of two lines: a name and the id of the thing under it."""
    get_name, get_pk = value(name), value(pk)

    def two_lines(obj: Any) -> Any:
        if get_pk(obj) is None:
            return None
        return SafeString(f'{esc(get_name(obj))}<div class="id">{esc(get_pk(obj))}</div>')

    return two_lines


def titled(url: str, name: Any, pk: str) -> SafeString:
    """The first cell of a row: what it is called, where it leads, its id."""
    key = esc(pk)
    text = esc(name) if name else key
    return SafeString(f'<a class="title" href="{esc(url)}">{text}</a><div class="id">{key}</div>')


def age(moment: datetime | None) -> Any:
    """`<time>` with a relative text ("6 d") and the absolute moment as its title."""
    if moment is None:
        return None
    text = esc(relative((timezone.now() - moment).total_seconds()))
    exact = moment.isoformat(timespec="seconds")
    return SafeString(f'<time datetime="{exact}" title="{absolute(moment)}">{text}</time>')


def absolute(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def relative(seconds: float) -> str:
    """Age in its largest unit; moments ahead are written "in …"."""
    text = _span(abs(seconds))
    return _("in %(time)s") % {"time": text} if seconds < -60 else text


def _span(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 1:
        return _("now")
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    if minutes < 60 * 24:
        return _("%(n)d h") % {"n": minutes // 60}
    days = minutes // (60 * 24)
    if days < 60:
        return _("%(n)d d") % {"n": days}
    if days < 730:
        return _("%(n)d mo") % {"n": days // 30}
    return ngettext("%(n)d year", "%(n)d years", days // 365) % {"n": days // 365}


def td(cell: Any, css: str = "") -> str:
    """A table cell around escaped content; `css` comes from the column's declaration."""
    shown = NOTHING if cell is None or cell == "" else esc(cell)
    return f'<td class="{css}">{shown}</td>' if css else f"<td>{shown}</td>"
