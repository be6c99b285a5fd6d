"""RQL over what is no query set: shapes that are made already, like the lines of a thread.

The same grammar and the same answers as rql.py: unknown names of filters are ignored and named,
what cannot be compared or ordered that way is 400.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from lark.exceptions import LarkError, VisitError
from py_rql.constants import RQL_EMPTY, RQL_NULL, ListOperators, SearchOperators
from py_rql.transformer import BaseRQLTransformer

from .errors import UNREADABLE, ApiError
from .query import Query
from .rql import RESERVED, STARS

Shape = dict[str, Any]
#: None stands for what is ignored, also within or() and not().
Test = Callable[[Shape], bool] | None
#: Kinds of fields: texts are equal or match a pattern, times are earlier or later.
TEXT: Final = "text"
TIME: Final = "time"
_EQUAL = {"eq": operator.eq, "ne": operator.ne}
_RANGE = {"gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le}
LOOKUPS = {TEXT: _EQUAL, TIME: _EQUAL | _RANGE}


class Narrowing(BaseRQLTransformer):
    """What one query makes of a list of shapes.

    `fields` are the paths that may be filtered by, with their kinds; `ordering` and `search` are
    some of them. After `apply`, `unknown` holds the names that were ignored.
    """

    def __init__(
        self, fields: Mapping[str, str], *, ordering: Sequence[str], search: Sequence[str]
    ) -> None:
        super().__init__(visit_tokens=False)
        self.fields = fields
        self.orderable = ordering
        self.searchable = search
        self.unknown: list[str] = []
        self._order: list[str] = []
        self._selected: list[str] = []

    def apply(self, query: Query, shapes: Sequence[Shape]) -> list[Shape]:
        """Those the query asks for, in its order; fills `query.selected`. Raises ApiError 400."""
        found = list(shapes)
        if query.tree is not None:
            try:
                test = self.transform(query.tree)
            except VisitError as error:
                if isinstance(error.orig_exc, ApiError):
                    raise error.orig_exc from error
                raise _bad() from error
            except (LarkError, RecursionError) as error:
                raise _bad() from error
            query.selected = self._selected
            found = [each for each in found if test is None or test(each)]
        if query.search:
            found = [each for each in found if self._contains(each, query.search.casefold())]
        for prop in reversed(self._order):
            path = self._name(prop.lstrip("+-"))
            found.sort(key=lambda each: _at(each, path) or "")
            if prop.startswith("-"):
                found.reverse()
        return found

    def _contains(self, shape: Shape, words: str) -> bool:
        return any(words in (_at(shape, path) or "").casefold() for path in self.searchable)

    def start(self, args: list[Test]) -> Test:
        return args[0] if args else None

    def comp(self, args: Any) -> Test:
        prop, lookup, value = self._extract_comparison(args)
        return self._test(prop, lookup, [value])

    def listing(self, args: Any) -> Test:
        lookup, prop = self._get_value(args[0]), self._get_value(args[1])
        wanted = self._test(prop, "eq", [self._get_value(each) for each in args[2:]])
        return _not(wanted) if lookup == ListOperators.OUT else wanted

    def searching(self, args: Any) -> Test:
        lookup, prop, value = (self._get_value(each) for each in args[:3])
        return self._test(prop, lookup, [value])

    def tuple(self, args: Any) -> Test:
        raise _bad()

    def logical(self, args: Any) -> Test:
        kind, children = args[0].data, [each for each in args[0].children if each]
        if not children:
            return None
        if kind == "not_op":
            return _not(children[0])
        every = all if kind == "and_op" else any
        return lambda shape: every(child(shape) for child in children)

    def ordering(self, args: Any) -> Test:
        if self._order:
            raise _bad(_("Bad ordering filter: query can contain only one ordering operation."))
        self._order = [str(each) for each in args[1:]]
        for prop in self._order:
            if self._name(prop.lstrip("+-")) not in self.orderable:
                raise _bad(_("Bad ordering filter: %(name)s.") % {"name": prop})
        return None

    def select(self, args: Any) -> Test:
        self._selected = [str(each) for each in args[1:]]
        return None

    def _name(self, prop: str) -> str:
        return prop if prop in self.fields else prop.replace("__", ".")

    def _test(self, prop: str, lookup: str, values: Sequence[str]) -> Test:
        """Whether one of `values` is met; None for what this list does not know."""
        path = self._name(prop)
        kind = self.fields.get(path)
        if kind is None:
            if path not in RESERVED and prop not in self.unknown:
                self.unknown.append(prop)
            return None
        if kind == TEXT and lookup in (SearchOperators.LIKE, SearchOperators.I_LIKE):
            pattern = _pattern(values[0], any_case=lookup == SearchOperators.I_LIKE)
            return lambda shape: pattern.fullmatch(_at(shape, path) or "") is not None
        compare = LOOKUPS[kind].get(lookup)
        if compare is None:
            raise _bad(
                _("%(name)s cannot be asked with %(lookup)s.") % {"name": prop, "lookup": lookup}
            )
        wanted = [_read(value, kind, prop) for value in values]
        if lookup in _RANGE and None in wanted:
            raise _bad(_("%(name)s: a time is expected.") % {"name": prop})

        def test(shape: Shape) -> bool:
            own = _at(shape, path)
            read: Any = datetime.fromisoformat(own) if own and kind == TIME else own or None
            if lookup in _RANGE and read is None:
                return False
            return any(bool(compare(read, value)) for value in wanted)

        return test


def _not(test: Test) -> Test:
    return None if test is None else lambda shape: not test(shape)


def _at(shape: Any, path: str) -> Any:
    """What stands at a dotted path, None where there is nothing."""
    for name in path.split("."):
        shape = shape.get(name) if isinstance(shape, dict) else None
    return shape


def _read(value: str, kind: str, prop: str) -> Any:
    if value in (RQL_NULL, RQL_EMPTY):
        return None
    text = _unquoted(value)
    if kind == TEXT:
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise _bad(_("%(name)s: a time is expected.") % {"name": prop}) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _unquoted(value: str) -> str:
    return value[1:-1] if value[:1] in ("'", '"') else value


def _pattern(value: str, *, any_case: bool) -> re.Pattern[str]:
    """Stars stand for anything, one behind a backslash for itself; without stars: exactly this."""
    parts = re.split(r"(?<!\\)\*", _unquoted(value))
    if len(parts) > STARS + 1 or "" in parts[1:-1]:
        raise _bad(_("Too many stars in one pattern."))
    first, *others = (re.escape(part.replace(r"\*", "*")) for part in parts)
    # Atomic: the first place of each part will do, so that nothing is tried twice.
    between = "".join(f"(?>.*?{part})" for part in others[:-1])
    made = f"{first}{between}.*{others[-1]}" if others else first
    return re.compile(made, re.DOTALL | (re.IGNORECASE if any_case else 0))


def _bad(text: str = "") -> ApiError:
    text = text or _("The query cannot be read; see the documentation of filters.")
    return ApiError(text, code=UNREADABLE)
