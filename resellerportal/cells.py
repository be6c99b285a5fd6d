"""Small pieces of HTML that list rows are made of; all escape what they are given.

Rows are rendered here and not in a template loop, because fifty rows of template nodes cost more
than everything else on a list page. For the same reason `esc` stands in for Django's escape,
whose laziness costs more than its escaping; every value passes through it.

A cell is a function of the row. It may have `reads`, the field paths it reads; `for_page()`,
which gives a quicker one for the rows of one page: the clock, the time zone and the language are
looked up once then; and `plain()`, what the cell says of a row without HTML, for files.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import escape, unescape
from operator import attrgetter
from typing import Any

from django.db.models import Model
from django.db.models.constants import LOOKUP_SEP
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from customers.moments import dated

from .states import badge, label, labels, state_field

Cell = Callable[[Any], Any]
NOTHING = format_html('<span class="sub">{}</span>', "–")
_BREAKS = re.compile(r"\n|<(?:div|br|p|li)\b[^>]*>")
_TAGS = re.compile(r"<[^>]*>")


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


class PerPage:
    """Cell made anew for each page by `make`, which looks up what is the same in all rows.

    `reads` are the fields and annotations the made cell reads.
    """

    def __init__(self, make: Callable[[], Cell], *reads: str) -> None:
        self.for_page = make
        self.reads = reads

    def __call__(self, obj: Any) -> Any:
        return self.for_page()(obj)


class State(PerPage):
    """The badge of the row; its state field is always read."""

    def __init__(self) -> None:
        super().__init__(self._badge)

    def _badge(self) -> Cell:
        language = get_language()
        return lambda obj: badge(obj, language)

    def plain(self, obj: Any) -> str:
        model = obj.row_of
        name = state_field(model)
        return label(model, name, getattr(obj, name))


state = State()


class Since:
    """Cell with the age of the moment at `path`."""

    def __init__(self, path: str) -> None:
        self.get = value(path)
        self.reads = (field_path(path),)

    def __call__(self, obj: Any) -> Any:
        return age(self.get(obj))

    def plain(self, obj: Any) -> Any:
        return self.get(obj)

    def for_page(self) -> Cell:
        get, dated = self.get, Clock().age
        return lambda obj: dated(get(obj))


class Choice:
    """Cell with the label of the choice in `field` of `model`, at `path` from the row."""

    def __init__(self, model: type[Model], field: str, path: str = "") -> None:
        self.model, self.field = model, field
        self.get = value(path or field)
        self.reads = (field_path(path or field),)

    def __call__(self, obj: Any) -> Any:
        return label(self.model, self.field, self.get(obj))

    def plain(self, obj: Any) -> Any:
        found = self.get(obj)
        return None if found is None else label(self.model, self.field, found)

    def for_page(self) -> Cell:
        get, known = self.get, labels(self.model, self.field)
        return lambda obj: known.get(get(obj))


class Named:
    """Cell of two lines: a name and the id of the thing under it."""

    def __init__(self, name: str, pk: str) -> None:
        self.name, self.key = value(name), value(pk)
        self.reads = (field_path(name), field_path(pk))

    def __call__(self, obj: Any) -> Any:
        key = self.key(obj)
        if key is None:
            return None
        return SafeString(f'{esc(self.name(obj))}<div class="id">{esc(key)}</div>')

    def plain(self, obj: Any) -> Any:
        key = self.key(obj)
        return None if key is None else f"{self.name(obj)} ({key})"


since, choice, named = Since, Choice, Named


def field_path(path: str) -> str:
    return path.replace(".", LOOKUP_SEP)


def for_page(cell: Cell) -> Cell:
    """The function that reads `cell` from the rows of one page."""
    made: Cell = cell.for_page() if hasattr(cell, "for_page") else cell
    return made


def words(shown: Any) -> Any:
    """What a cell says, without its HTML; lines are joined by a comma."""
    if not hasattr(shown, "__html__"):
        return shown
    lines = _TAGS.sub("", _BREAKS.sub("\n", shown.__html__())).split("\n")
    return ", ".join(unescape(line).strip() for line in lines if line.strip())


def clip(text: str) -> SafeString:
    """One line, cut where the column ends; the whole text on hover."""
    whole = esc(text)
    return SafeString(f'<span class="clip" title="{whole}">{whole}</span>')


def two_lines(first: Any, second: Any) -> SafeString:
    return SafeString(f'{esc(first)}<div class="sub">{esc(second)}</div>')


def titled(url: str, name: Any, pk: str) -> SafeString:
    """The first cell of a row: what it is called, where it leads, its id."""
    key = esc(pk)
    text = esc(name) if name else key
    return SafeString(f'<a class="title" href="{esc(url)}">{text}</a><div class="id">{key}</div>')


def pick(pk: str, name: Any, *, chosen: bool) -> SafeString:
    """The box that chooses a row; it belongs to the form of the list's bulk steps."""
    key, checked = esc(pk), " checked" if chosen else ""
    text = esc(_("Choose %(name)s") % {"name": name or pk})
    return SafeString(
        f'<td class="pick"><input class="form-check-input" type="checkbox" form="bulk" name="pk" '
        f'value="{key}" aria-label="{text}"{checked}></td>'
    )


class Clock:
    """Writes ages as of one moment."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.utc = timezone.get_current_timezone_name() == "UTC"
        self.texts: dict[tuple[int, float], str] = {}

    def age(self, moment: datetime | None) -> Any:
        """`<time>` with a relative text ("6 d"), and as its title the moment the reader's clock
        showed."""
        if moment is None:
            return None
        seconds = (self.now - moment).total_seconds()
        unit = 86_400 if seconds >= 86_400 else 60
        key = (unit, seconds // unit)
        text = self.texts.get(key)
        if text is None:
            text = self.texts[key] = esc(relative(seconds))
        exact = moment.isoformat(timespec="seconds")
        if self.utc and exact[19:] == "+00:00":
            title = f"{exact[:10]} {exact[11:16]} UTC"
        else:
            title = dated(moment)
        return SafeString(f'<time datetime="{exact}" title="{title}">{text}</time>')


def age(moment: datetime | None) -> Any:
    return Clock().age(moment)


def absolute(moment: datetime) -> str:
    """The moment in the reader's time zone, which it names."""
    return dated(moment)


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
