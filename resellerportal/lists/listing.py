"""What a list page is made of: columns, tabs, filters, order and pages, all of it in the URL.

Pages are found by key, not by offset: the address holds the order value and the primary key of
the row before (`after`) or behind (`before`), so a page a million rows deep costs what the first
one costs. `at` is only the number of rows in front, for the text "51–100 of 418".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.db.models.constants import LOOKUP_SEP
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.actors import Actor
from customers.moments import begins, ends

from ..cells import Cell, esc, field_path, for_page, value, words
from ..frame import ids

SIZES = (10, 25, 100)
DEFAULT_SIZE = 25
#: Counting stops here; the page says "250+". A vendor's count reads several accounts of others
#: for each of its own.
CAP = 250
#: Of what a text found no more is counted, all tabs together: "9+" then stands at a tab of which
#: nine are among the first hundred. Where there is a next page nothing is counted but the rows
#: so far: a frequent word is as quick as a rare one.
FOUND = 100
LETTERS = 3


@dataclass(frozen=True)
class Column:
    """A column: `cell` is an attribute path or a function of the row (see cells.py).

    Rows hold what their columns read and nothing else (rows.py): a function that is none of
    cells.py names the fields and annotations it reads in `reads`. `order` is the field path to
    sort by, no sorting without. `optional` columns vanish on phones, `num` aligns right, `hidden`
    ones are shown to who chooses them. In files stands what `plain` gives, by default the cell's
    words; columns of buttons are not `exported`.
    """

    name: str
    label: Any
    cell: str | Cell
    order: str = ""
    optional: bool = False
    num: bool = False
    reads: tuple[str, ...] = ()
    hidden: bool = False
    plain: Cell | None = None
    exported: bool = True

    @property
    def css(self) -> str:
        return " ".join(name for name in ("optional", "num") if getattr(self, name))

    @property
    def read(self) -> Cell:
        return value(self.cell) if isinstance(self.cell, str) else self.cell

    @property
    def told(self) -> Cell:
        """The value for files, of the rows of one page."""
        own = self.plain or getattr(self.cell, "plain", None)
        if own or isinstance(self.cell, str):
            return own or self.read
        read = for_page(self.cell)
        return lambda obj: words(read(obj))

    @property
    def paths(self) -> tuple[str, ...]:
        """Fields and annotations that the cell reads."""
        if isinstance(self.cell, str):
            return (field_path(self.cell),)
        return (*getattr(self.cell, "reads", ()), *self.reads)


@dataclass(frozen=True)
class Tab:
    """A part of the list; `where` is a condition, or a function of the actor that gives one."""

    name: str
    label: Any
    where: Q | Callable[[Actor], Q] | None = None

    def condition(self, actor: Actor) -> Q:
        if self.where is None:
            return Q()
        return self.where if isinstance(self.where, Q) else self.where(actor)


@dataclass(frozen=True)
class Filter:
    """A filter by one value.

    `choices` are (value, label) pairs or a function of the actor that gives them (narrow it with
    `visible_to`); without choices it is a text field. `lookup` is the field lookup, by default
    the name; a function gets the value and returns a Q.
    """

    name: str
    label: Any
    lookup: str | Callable[[str], Q] = ""
    choices: Iterable[tuple[Any, Any]] | Callable[[Actor], Iterable[tuple[Any, Any]]] | None = None
    #: Stands among those few need, folded away.
    folded: bool = False
    #: Type of the text field.
    kind: str = "text"
    #: Its HTML by language, when it is the same for everybody.
    written: dict[str | None, str] = field(default_factory=dict, compare=False, repr=False)

    def pairs(self, actor: Actor) -> list[tuple[str, str]]:
        found = self.choices(actor) if callable(self.choices) else self.choices or ()
        return [(str(key), str(label)) for key, label in found]

    def html(self, actor: Actor, language: str | None) -> str:
        """The field; the same for everybody unless its choices are the actor's."""
        if callable(self.choices):
            return self._html(actor)
        if language not in self.written:
            self.written[language] = self._html(actor)
        return self.written[language]

    def _html(self, actor: Actor) -> str:
        name, label = f'name="{esc(self.name)}"', esc(self.label)
        if self.folded:
            return f"<label><span>{label}</span>{self._field(actor, name, '')}</label>"
        return self._field(actor, f'{name} aria-label="{label}"', label)

    def _field(self, actor: Actor, attributes: str, label: str) -> str:
        """The input; `label` is written inside of a field that stands in the line."""
        if self.choices is None:
            css = "form-control form-control-sm" if self.folded else "chip"
            hint = f' placeholder="{label}"' if label else ""
            return f'<input class="{css}" type="{self.kind}" {attributes}{hint}>'
        nothing = esc(gettext("any"))
        nothing = f"{label}: {nothing}" if label else nothing
        css = "form-select form-select-sm" if self.folded else "chip"
        sends = "" if self.folded else " data-submit"
        options = f'<option value="">{nothing}</option>{self._options(actor)}'
        return f'<select class="{css}"{sends} {attributes}>{options}</select>'

    def _options(self, actor: Actor) -> str:
        pairs = self.pairs(actor)
        return "".join(
            [f'<option value="{esc(key)}">{esc(label)}</option>' for key, label in pairs]
        )

    def condition(self, wanted: str) -> Q:
        if callable(self.lookup):
            return self.lookup(wanted)
        return Q(**{self.lookup or self.name: wanted})


AGES = (("1", _("today")), ("7", _("7 days")), ("30", _("30 days")), ("365", _("a year")))


def newer(name: str, label: Any, field: str) -> Filter:
    """A filter "not older than …" on a moment."""

    def lookup(days: str) -> Q:
        if days not in dict(AGES):
            raise ValidationError("unknown age")
        return Q(**{f"{field}__gte": timezone.now() - timedelta(days=int(days))})

    return Filter(name, label, lookup, AGES)


def day(name: str, label: Any, field: str, *, until: bool = False) -> Filter:
    """A folded filter "from this day on", or "until this day, with it"; days are the reader's."""

    def lookup(text: str) -> Q:
        moment = (ends if until else begins)(date.fromisoformat(text))
        return Q(**{f"{field}__{'lte' if until else 'gte'}": moment})

    return Filter(name, label, lookup, folded=True, kind="date")


class Address:
    """The query string of the page, and variations of it."""

    #: What stands for an address without parameters.
    bare = "?"

    def __init__(self, params: QueryDict) -> None:
        self.params = params
        places = ("after", "before", "at", "format", "choose")
        self.values = {name: each for name, each in params.lists() if name not in places}
        #: The format of the file that is asked for instead of the page.
        self.form = params.get("format", "")

    def to(self, **changes: str) -> str:
        """This page with `changes`; an empty value drops the parameter, pages start anew."""
        values = dict(self.values)
        for name, wanted in changes.items():
            if wanted:
                values[name] = [wanted]
            else:
                values.pop(name, None)
        return "?" + urlencode(values, doseq=True) if values else self.bare

    def clean(self, name: str) -> str:
        """A parameter without characters that no database takes, at most 200 long."""
        if name not in self.params:
            return ""
        raw = self.params.get(name, "")[:200]
        return "".join(letter for letter in raw if letter.isprintable()).strip()


def search_condition(text: str, fields: Iterable[str], model: type[Model]) -> Q | None:
    """Ids by their beginning (ids.py), everything else by at least three letters; None: too short.

    Fields of different tables are searched each by itself, because no index serves a condition
    that says "in this table or in that one".
    """
    if meant := ids.typed(text):
        return ids.condition(meant, model)
    if len(text) < LETTERS:
        return None
    numbered = ids.by_digits(text, model)
    tables: dict[str, Q] = {"": numbered} if numbered else {}
    for path in fields:
        table = path.rpartition(LOOKUP_SEP)[0]
        tables[table] = tables.get(table, Q()) | Q(**{f"{path}__icontains": text})
    if len(tables) < 2:
        return next(iter(tables.values()), Q(pk__in=[]))
    found = [model._base_manager.filter(where).values("pk") for where in tables.values()]
    return Q(pk__in=found[0].union(*found[1:]))


@dataclass(frozen=True)
class Count:
    """A number of rows; with `more` there are at least so many."""

    least: int
    more: bool = False

    def __str__(self) -> str:
        """Nothing where nothing is known."""
        if not self.more:
            return str(self.least)
        return f"{self.least}+" if self.least else ""


def shown(count: int, cap: int = CAP) -> str:
    return str(Count(min(count, cap), count > cap))
