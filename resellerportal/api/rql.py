"""RQL: what a list is narrowed, searched, ordered and trimmed by. Never whose rows it shows.

The grammar is the field's own library's, its limits too. Around it: the query is decoded once and
`+` stays a plus; what is long or deep is refused before it is parsed; names of old clients with
double underscores count; unknown filter names are ignored, because tools rely on that, and kept in
`unknown`; words of an enumeration count in any case (domain 7.44).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

with warnings.catch_warnings():
    # Its parser imports a module of Python that is about to go.
    warnings.simplefilter("ignore", DeprecationWarning)
    from dj_rql.filter_cls import RQLFilterClass
    from dj_rql.transformer import RQLToDjangoORMTransformer
    from lark.exceptions import LarkError
    from py_rql.constants import RQL_EMPTY, RQL_NULL, ComparisonOperators, FilterLookups
    from py_rql.exceptions import RQLFilterParsingError

from customers.actors import Actor

from .query import Query, too_deep

#: Stars of a pattern.
STARS = 5
#: Names that are no filters: paging, and ordering as very old clients ask for it.
RESERVED = ("limit", "offset", "order_by", "search")
EQ, NE = FilterLookups.EQ, FilterLookups.NE
TEXT = {EQ, NE, FilterLookups.LIKE, FilterLookups.I_LIKE, FilterLookups.IN, FilterLookups.OUT}
RANGE = {
    EQ,
    NE,
    FilterLookups.GT,
    FilterLookups.GE,
    FilterLookups.LT,
    FilterLookups.LE,
    FilterLookups.IN,
    FilterLookups.OUT,
}
FLAG = {EQ, NE}
NULL = FilterLookups.NULL
#: Conditions for no row and for every row; an empty one would be lost in or() and not().
NOTHING = Q(pk__in=[])
EVERYTHING = Q(pk__isnull=False)


def field(
    name: str,
    source: str = "",
    *,
    order: bool = False,
    search: bool = False,
    null: Iterable[str] = (),
    lookups: set[str] | None = None,
) -> dict[str, Any]:
    """A filter on a column: `source` is its path in the models, by default the name's own.

    `null` lists what counts as "none" beside null(): a null object's id, say (decision 6).
    """
    found: dict[str, Any] = {
        "filter": name,
        "source": source or name.replace(".", "__"),
        "ordering": order,
        "search": search,
        "null_values": {RQL_NULL, *null},
    }
    if lookups is not None:
        found["lookups"] = set(lookups)
    return found


def custom(name: str, *, lookups: set[str] = TEXT, order: bool = False) -> dict[str, Any]:
    """A filter that the class answers itself, in `narrow()`; ordered by in `order_name()`."""
    return {"filter": name, "custom": True, "lookups": set(lookups), "ordering": order}


class Filters(RQLFilterClass):
    """Filters of one list; subclasses declare MODEL and FILTERS by `field` and `custom`.

    `ALIASES` are other names for the same filter. After `apply`, `unknown` holds the names that
    were ignored.
    """

    ALIASES: dict[str, str] = {}
    #: The field's names for what is the same for all rows here: ordering by them changes nothing.
    ALIKE: tuple[str, ...] = ()
    #: By role, beginnings of the names of filters it does not have: it does not read those fields.
    HIDDEN: Mapping[str, tuple[str, ...]] = {}
    MAX_ORDERING_LENGTH_IN_QUERY = 5

    #: Whose list it is; set for each list.
    actor: Actor
    _built: Any = None

    @classmethod
    def over(cls, rows: models.QuerySet[Any]) -> Filters:
        """An instance for these rows; what it is made of is put together once per class."""
        if "_built" not in cls.__dict__:
            cls._built = cls(rows.none())
        made = cls(rows, instance=cls._built)
        made.unknown = []
        return made

    unknown: list[str]

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        """The condition of a `custom` filter. `lookup` is one of eq, ne, like, … (`in` and `out`
        come as several eq and ne); `value` is unquoted. Raises ValueError for a bad value."""
        raise LookupError(name)

    def column(self, path: str, lookup: str, value: str) -> Q:
        """For `narrow()`: the condition of a text filter on a column, by eq, like or ilike."""
        if lookup == EQ:
            return Q(**{path: value})
        django_lookup = self._get_searching_django_lookup(lookup, value)
        pattern = self._get_searching_typed_value(django_lookup, value)
        return Q(**{f"{path}__{django_lookup}": pattern})

    def order_name(self, name: str) -> str:
        """The column a `custom` filter is ordered by."""
        raise LookupError(name)

    def build_q_for_filter(self, data: Any) -> Q:
        name = self.known_name(data.filter_name)
        if name not in self.filters:
            asked = data.filter_name
            if name.partition("[")[0] not in RESERVED and asked not in self.unknown:
                self.unknown.append(asked)
            return Q()
        if data.str_value.count("*") > STARS:
            raise RQLFilterParsingError(
                details={"error": _("%(name)s: too many stars in one pattern.") % {"name": name}}
            )
        data.filter_name = data.filter_basename = name
        data.namespace = None
        return super().build_q_for_filter(data)

    def build_q_for_custom_filter(self, data: Any) -> Q:
        value = self.remove_quotes(data.str_value)
        negative = data.operator == ComparisonOperators.NE
        lookup = EQ if negative else data.operator
        try:
            found = self.narrow(data.filter_name, lookup, value)
        except ValueError as error:
            raise RQLFilterParsingError(
                details={"error": f"{data.filter_name}: {error}"}
            ) from error
        return ~found if negative else found

    def build_name_for_custom_ordering(self, filter_name: str) -> str:
        return self.order_name(filter_name)

    def known_name(self, name: str) -> str:
        """The name as it is declared, aliases and double underscores resolved; "" for hidden."""
        if name not in self.filters and "__" in name:
            name = name.replace("__", ".")
        name = self.ALIASES.get(name, name)
        return "" if self.HIDDEN and name.startswith(self.HIDDEN.get(self.actor.role, ())) else name

    @classmethod
    def _convert_value(cls, django_field: Any, str_value: str, use_repr: bool = False) -> Any:
        """Words of an enumeration in any case; one that is not in it is no error, but no row's."""
        choices = getattr(django_field, "choices", None)
        if choices and str_value != RQL_EMPTY:
            value = cls.remove_quotes(str_value)
            known = {str(each).casefold(): each for each, _label in choices}
            if value.casefold() in known or isinstance(django_field, models.CharField):
                return known.get(value.casefold(), value)
        return super()._convert_value(django_field, str_value, use_repr=use_repr)

    @staticmethod
    def _convert_datetime_value(value: str) -> datetime:
        """In UTC; a time without an offset is one of UTC."""
        found = RQLFilterClass._convert_datetime_value(value)
        try:
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except OverflowError as error:
            raise ValueError from error

    @classmethod
    def _is_field_nullable(cls, field: Any) -> bool:
        """What is joined may always be absent."""
        return True

    def _build_django_q(self, item: Any, lookup: str, filter_lookup: str, value: Any) -> Q:
        """Absent texts are empty ones in most columns: both are null() to the API."""
        found = Q(**{f"{item['orm_route']}__{lookup}": value})
        if lookup == "isnull" and isinstance(item["field"], models.CharField | models.TextField):
            found |= Q(**{item["orm_route"]: ""})
        return ~found if filter_lookup == NE else found

    @classmethod
    def remove_quotes(cls, str_value: str) -> str:
        return str(super().remove_quotes(str_value))

    def apply(self, query: Query) -> models.QuerySet[Any]:
        """The rows the query asks for, in its order; raises RQLFilterError on a bad one."""
        rows = self.queryset
        ordering: list[Any] = []
        if query.tree is not None:
            transformer = RQLToDjangoORMTransformer(self)
            try:
                rows = transformer.transform(query.tree)
            except LarkError as error:
                raise _original(error) from error
            except RecursionError as error:
                raise too_deep() from error
            ordering = [
                tuple(self._plain(prop) for prop in props if prop.lstrip("+-") not in self.ALIKE)
                for props in transformer.ordering_filters
            ]
            query.selected = [str(prop) for prop in transformer.select_filters]
        if query.search:
            rows = rows.filter(self.searched(query.search))
        if self._is_distinct:
            rows = rows.distinct()
        return self._apply_ordering(rows, [props for props in ordering if props])

    def searched(self, words: str) -> Q:
        """Rows in which one of the searchable columns contains `words`."""
        found = NOTHING
        for name in sorted(filter(self.known_name, self.search_filters)):
            items = self.filters[name]
            for item in items if isinstance(items, list) else [items]:
                found |= Q(**{f"{item['orm_route']}__icontains": words})
        return found

    def _plain(self, prop: str) -> str:
        sign = "-" if prop.startswith("-") else ""
        name = prop.lstrip("+-")
        known = self.known_name(name)
        if not known:  # hidden ones are as unknown ones
            raise RQLFilterParsingError(details={"error": f"Bad ordering filter: {name}."})
        return sign + known


def _original(error: LarkError) -> Exception:
    """What went wrong inside the walk through the tree."""
    inner = getattr(error, "orig_exc", None)
    if inner is None or isinstance(inner, AssertionError | LarkError):
        return RQLFilterParsingError()
    return inner  # type: ignore[no-any-return]


__all__ = [
    "EQ",
    "EVERYTHING",
    "FLAG",
    "NE",
    "NOTHING",
    "NULL",
    "RANGE",
    "TEXT",
    "Filters",
    "custom",
    "field",
]
