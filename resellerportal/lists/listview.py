"""The list page: title, tabs with counts, filters, rows, pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from .. import statements
from ..access import RoleRequiredMixin
from ..cells import field_path, for_page, td, titled, value
from ..exports import lists
from ..parts import Bulk
from ..queue.place import query_of, suffix
from ..savedviews.menu import SavedViewsMixin
from ..states import state_field
from . import choosing, columns, elsewhere, listing
from .keyset import Keyset, Page
from .listing import Column, Count
from .narrowing import NarrowedMixin


class PortalListView(RoleRequiredMixin, SavedViewsMixin, NarrowedMixin, TemplateView):
    """A list by declaration. `name` is the model part of the URL names.

    The first cell shows `row_title` (an attribute path) over the id and leads to
    `<portal>:<name>-detail`; `row_order` sorts by it. `order` is the column name to start with,
    with "-" for downwards, and "pk" is always possible. Nullable fields cannot be ordered by.
    Rows are light (rows.py); `reads` are fields and annotations needed beyond the columns'.
    Readers choose their columns (columns.py) and take all pages as a file (exports/lists.py).
    What get_queryset and tabs add may depend on the actor and on filters, on nothing else of the
    request: what is unfiltered are statements of statements.py.
    """

    template_name = "portal/list.html"
    name: ClassVar[str]
    title: Any = ""
    row_title: str = ""
    row_label: Any = ""
    reads: tuple[str, ...] = ()
    #: Steps for chosen rows (choosing.py); their page is a bulk.PortalBulkView.
    bulk: tuple[Bulk, ...] = ()
    #: Pages of its rows know the list and lead through it (queue/place.py).
    walks = False
    search_label: Any = ""
    empty: Any = ""

    def get_actions(self) -> list[Any]:
        """Buttons in the head (generic.Action), for example "Add customer"."""
        return []

    def get_reports(self) -> list[tuple[Any, str]]:
        """(label, address) of other files about the same things, for the export menu."""
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.address.form
        if form in lists.FORMATS:
            return lists.answer(self, form)
        if address := self.beginning():
            return redirect(address)
        return self.render_to_response(self.get_context_data(**kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The reader chose columns."""
        self.beginning()
        return columns.choose(self)

    @cached_property
    def shown(self) -> tuple[Column, ...]:
        """The columns the reader sees."""
        return columns.chosen(self)

    def get_bulk(self) -> tuple[Bulk, ...]:
        """The steps offered to this actor for rows of this tab."""
        return self.bulk if self.actor.may_act else ()

    @cached_property
    def size(self) -> int:
        wanted = self.address.clean("size")
        fits = [size for size in listing.SIZES if str(size) == wanted]
        return fits[0] if fits else listing.DEFAULT_SIZE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bar, conditions, keyset = self.wanted.bar, self.wanted.conditions, self.wanted.keyset
        # What no filter narrows is the same statement in every request of the actor's scope.
        name = () if conditions else (type(self),)
        page = keyset.page(
            self.in_tab,
            self.size,
            self.request.GET.get("after", "")[:500],
            self.request.GET.get("before", "")[:500],
            self.paths(),
            name=name and (*name, self.tab.name if self.tab else ""),
            actor=self.actor,
        )
        counts = self._counts(page, name)
        total = counts[self.tabs.index(self.tab)] if self.tab else counts[0]
        tabs = self._tabs(counts)
        for key in ("tab", "size", "order", "columns"):
            if set_to := self.address.clean(key):
                bar.keep.append((key, set_to))
        return super().get_context_data(
            title=self.title,
            total=str(total),
            actions=self.get_actions(),
            menus=self.views_menu() + columns.menu(self) + lists.menu(self),
            tabs=tabs,
            bar=bar,
            heads=self._heads(self.wanted.order),
            rows=choosing.with_boxes(self, page.rows, self._rows(page.rows)),
            bulk=choosing.bar(self, total) if page.rows else None,
            paging=self._paging(page, keyset, total),
            empty=self.empty,
            everything=next((each["url"] for each in tabs if each["elsewhere"]), ""),
            narrowed=bool(bar.chips),
            others=elsewhere.others(self, counts) if bar.chips and not page.rows else [],
            clear=self.address.to(q="", **{each.name: "" for each in self.filters}),
            **kwargs,
        )

    def _counts(self, page: Page, name: tuple[Any, ...]) -> list[Count]:
        """How many rows each tab has, or the only part of a list without tabs: one query."""
        rows, parts = self.wanted.rows, [tab.condition(self.actor) for tab in self.tabs] or [Q()]
        if self.wanted.conditions and self.address.clean("q"):
            return self._found(page, rows, parts)

        def build() -> list[QuerySet[Any]]:
            return [rows().filter(part) for part in parts]

        if name:
            named = (*name, *(tab.name for tab in self.tabs))
            numbers = statements.counts(named, self.actor, build, listing.CAP)
        else:
            numbers = statements.run_counts(statements.build_counts(build(), listing.CAP))
        return [Count(min(count, listing.CAP), count > listing.CAP) for count in numbers]

    def _found(self, page: Page, rows: Callable[[], QuerySet[Any]], parts: list[Q]) -> list[Count]:
        """The same of what a text found: no query where there is more of it than this page."""
        here = self.tabs.index(self.tab) if self.tab else 0
        counts = [Count(0, more=True) for _part in parts]
        if not page.older:
            found, all_read = statements.sampled(rows(), parts, listing.FOUND)
            counts = [Count(min(count, listing.FOUND), not all_read) for count in found]
            if all_read:
                return counts
        counts[here] = Count(self._at(page) + len(page.rows), page.older)
        return counts

    def _tabs(self, counts: list[Count]) -> list[dict[str, Any]]:
        return [
            {
                "label": tab.label,
                "url": self.address.to(tab="" if tab == self.tabs[0] else tab.name),
                "count": str(count),
                "current": tab == self.tab,
                "elsewhere": tab.name == "all" and tab != self.tab and bool(count.least),
            }
            for tab, count in zip(self.tabs, counts, strict=bool(self.tabs))
        ]

    def _heads(self, order: str) -> list[dict[str, Any]]:
        first = Column("name", self.row_label, "pk", order=self.row_order)
        heads = []
        for column in (first, *self.shown):
            here = order.lstrip("-") == column.name
            turned = f"-{column.name}" if here and order[0] != "-" else column.name
            heads.append(
                {
                    "label": column.label,
                    "css": column.css,
                    "url": self.address.to(order=turned) if column.order else "",
                    "sort": ("descending" if order[0] == "-" else "ascending") if here else "",
                }
            )
        return heads

    def paths(self) -> set[str]:
        """What the rows have to hold."""
        own = {*self.reads, state_field(self.model), field_path(self.row_title)} - {""}
        return own.union(*(column.paths for column in self.shown))

    def prepare(self, found: list[Any]) -> None:
        """Give the rows of a page what no column reads from their statement."""

    def links(self) -> Callable[[Any], tuple[str, Any]]:
        """The function that says where a row of this page leads, and the id under its title."""
        shape = reverse(f"{self.portal}:{self.name}-detail", args=["PK"])
        shape += suffix(query_of(self.request)) if self.walks else ""
        return lambda row: (shape.replace("PK", str(row.pk)), row.pk)

    def _rows(self, found: list[Any]) -> list[Any]:
        """The cells of each row as one piece of HTML (see cells.py for the reason)."""
        self.prepare(found)
        link = self.links()
        title = value(self.row_title) if self.row_title else None
        reads = [(for_page(column.read), column.css) for column in self.shown]
        rows = []
        for obj in found:
            url, key = link(obj)
            first = titled(url, title(obj) if title else "", key)
            cells = [td(first), *(td(read(obj), css) for read, css in reads)]
            rows.append(SafeString("".join(cells)))
        return rows

    def _at(self, page: Page) -> int:
        """The number of rows in front of the page, as the address says."""
        raw = self.address.clean("at")
        return int(raw) if raw.isdecimal() and len(raw) < 10 and page.newer else 0

    def _paging(self, page: Page, keyset: Keyset, total: Count) -> dict[str, Any]:
        at = self._at(page)
        paging: dict[str, Any] = {
            "text": _("%(first)s–%(last)s of %(total)s")
            % {
                "first": at + 1,
                "last": at + len(page.rows),
                "total": total,
            },
            "sizes": [
                (
                    size,
                    self.address.to(size="" if size == listing.DEFAULT_SIZE else str(size)),
                    size == self.size,
                )
                for size in listing.SIZES
            ],
        }
        if page.rows and page.older:
            following = str(at + len(page.rows))
            paging["next"] = self.address.to(after=keyset.key(page.rows[-1]), at=following)
        if page.rows and page.newer:
            back = str(max(0, at - self.size))
            paging["previous"] = self.address.to(before=keyset.key(page.rows[0]), at=back)
            paging["start"] = self.address.to()
        return paging
