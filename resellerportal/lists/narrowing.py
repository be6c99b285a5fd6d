"""What the address of a list asks for: filters, search, tab and order, as rows and as a bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.actors import Actor

from ..access import ScopedMixin
from . import listing
from .keyset import Keyset
from .listing import Column, Filter, Tab


@dataclass
class Bar:
    """The filter bar: fields not used yet, chips of those in use, what the form must keep."""

    fields: list[str] = field(default_factory=list)
    chips: list[tuple[Any, str, str]] = field(default_factory=list)
    keep: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""
    #: Fields that few need, folded away.
    more: list[str] = field(default_factory=list)

    @property
    def shown(self) -> SafeString:
        return SafeString("".join(self.fields))

    @property
    def folded(self) -> SafeString:
        return SafeString("".join(self.more))


@dataclass
class Wanted:
    """What the address asks for: which rows, in which order."""

    bar: Bar
    conditions: list[Callable[[], Q]]
    rows: Callable[[], QuerySet[Any]]
    order: str
    keyset: Keyset


class NarrowedMixin(ScopedMixin):
    """Reads the address; what may be asked for are the declarations of PortalListView."""

    request: HttpRequest
    actor: Actor
    model: type[Model]
    row_order: str = ""
    columns: tuple[Column, ...] = ()
    tabs: tuple[Tab, ...] = ()
    filters: tuple[Filter, ...] = ()
    search_fields: tuple[str, ...] = ()
    order: str = "-pk"
    #: Only the rows are wanted, not the filter bar: its choices may cost queries.
    bare = False
    #: Annotations of get_queryset that can be ordered by, never null, each with its field.
    ranks: Mapping[str, Field[Any, Any]] = {}

    @cached_property
    def address(self) -> listing.Address:
        return listing.Address(self.request.GET)

    @cached_property
    def tab(self) -> Tab | None:
        wanted = self.address.clean("tab")
        return next((tab for tab in self.tabs if tab.name == wanted), next(iter(self.tabs), None))

    @cached_property
    def wanted(self) -> Wanted:
        bar = Bar()
        conditions = [*self._filter(bar), *self._search(bar)]
        names = self._orders()
        order = self.address.clean("order")
        order = order if order.lstrip("-") in names else self.order
        sign = "-" if order[0] == "-" else ""
        keyset = Keyset(self.model, sign + names[order.lstrip("-")], self.ranks)
        rows = cache(lambda: self._narrowed(conditions))
        return Wanted(bar, conditions, rows, order, keyset)

    def in_tab(self) -> QuerySet[Any]:
        """The rows of the present tab, all pages, without order."""
        return self._of_tab(self.wanted.rows())

    def in_tab_now(self) -> QuerySet[Any]:
        """The same, asked for anew: what the actor may see may have changed meanwhile."""
        return self._of_tab(self._narrowed(self.wanted.conditions))

    def _of_tab(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(self.tab.condition(self.actor)) if self.tab else rows

    def _filter(self, bar: Bar) -> Iterator[Callable[[], Q]]:
        """The conditions of the filters in use."""
        language = get_language()
        for each in self.filters:
            wanted = self.address.clean(each.name)
            if self.bare:
                if wanted:
                    yield partial(each.condition, wanted)
                continue
            if not wanted:
                (bar.more if each.folded else bar.fields).append(each.html(self.actor, language))
                continue
            text = dict(each.pairs(self.actor)).get(wanted, wanted)
            bar.chips.append((each.label, text, self.address.to(**{each.name: ""})))
            bar.keep.append((each.name, wanted))
            yield partial(each.condition, wanted)

    def _search(self, bar: Bar) -> Iterator[Callable[[], Q]]:
        text = self.address.clean("q")
        if not text:
            return
        found = listing.search_condition(text, self.search_fields, self.model)
        if found is None:
            bar.note = _("Type at least three letters, or an ID.")
            return
        bar.chips.append((_("Search"), text, self.address.to(q="")))
        yield lambda: found

    def _narrowed(self, conditions: list[Callable[[], Q]]) -> QuerySet[Any]:
        """The visible rows that meet all conditions; none where a value makes no sense."""
        rows = self.get_queryset()
        for condition in conditions:
            try:
                rows = rows.filter(condition())
            except (ValidationError, ValueError):
                return rows.none()
        return rows

    def _orders(self) -> dict[str, str]:
        names = {column.name: column.order for column in self.columns if column.order}
        return {"pk": "pk", **({"name": self.row_order} if self.row_order else {}), **names}
