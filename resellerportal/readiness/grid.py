"""The matrix: resellers below each other, products beside each other."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import ADMIN, DISTRIBUTOR, RESELLER, VENDOR, Actor
from customers.models import Hub, Product, TierAccount
from fulfillment.services import readiness
from fulfillment.services.readiness import (
    NOT_READY,
    PREVIEW,
    PRODUCTION,
    TEST,
    Place,
    State,
    Terms,
)

from .. import cells
from ..customers.requests import country_of
from ..exports import lists
from ..generic import PortalListView
from ..lists.listing import Column, Filter, Tab
from . import shown
from .products import Choice, orderable, pairs
from .scope import REAL, resellers, sides
from .totals import totals, totals_of

#: Whose turn "me" means, by role: what the vendor decides, what the buying side can answer.
TURNS = {
    VENDOR: ("pending",),
    ADMIN: ("pending",),
    DISTRIBUTOR: ("inquiring", "draft"),
    RESELLER: ("inquiring", "draft"),
}
NOT_READY_AT_ALL, UNDER_WAY = "not_ready", "under_way"
#: Words of the filter that stand for several states.
GROUPS = {NOT_READY_AT_ALL: NOT_READY, UNDER_WAY: (State.WAITING, State.MISSING)}
STATES = (
    (NOT_READY_AT_ALL, gettext_lazy("Not ready")),
    (UNDER_WAY, gettext_lazy("Under way")),
    *((str(state), look.label) for state, look in shown.LOOKS.items()),
)
LEVELS = [(str(number), str(number)) for number in range(1, 9)]


def anything(wanted: str) -> Q:
    """For filters that ReadinessList.get_queryset reads itself."""
    return Q()


def level(wanted: str) -> Q:
    return Q(level=int(wanted) - 1)


def hubs(actor: Actor) -> list[tuple[str, str]]:
    rows = Hub.objects.visible_to(actor).order_by("name", "pk").values_list("pk", "name")
    return list(rows[:100])


class ReadinessList(PortalListView):
    """Rows carry their cells by product as `readiness`; the products shown are `choice.page`."""

    template_name = "readiness/matrix.html"
    model = TierAccount
    name = "readiness"
    title = gettext_lazy("Readiness")
    row_title = "name"
    row_label = gettext_lazy("Reseller")
    row_order = "name"
    order = "name"
    reads = ("parent__name", "parent_id", "provider_id", "environment")
    search_fields = ("name", "external_id")
    search_label = gettext_lazy("Reseller, ID or external ID")
    empty = gettext_lazy("Resellers appear here once they are in your hierarchy.")
    tabs = (
        Tab("production", shown.PLACES[PRODUCTION], REAL),
        Tab("test", shown.PLACES[TEST], REAL),
        Tab("preview", shown.PLACES[PREVIEW]),
    )
    usual = (
        Filter("level", gettext_lazy("Level"), level, LEVELS),
        Filter("country", gettext_lazy("Country"), country_of("country")),
        Filter("product", gettext_lazy("Product"), anything, pairs),
    )
    state = Filter("state", gettext_lazy("State"), anything, STATES)
    facts = (
        Column("parent", gettext_lazy("Reseller above"), "parent.name"),
        Column("level", gettext_lazy("Level"), "level", plain=lambda row: row.level + 1),
        Column("country", gettext_lazy("Country"), "country"),
    )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Products are chosen by the address."""
        return self.http_method_not_allowed(request, *args, **kwargs)

    @cached_property
    def place(self) -> Place:
        return Place.of(f"{self.tab.name}:{self.address.clean('hub')}") if self.tab else Place()

    @cached_property
    def choice(self) -> Choice:
        return Choice(orderable(self.actor), self.request.GET, self.address.clean("product"))

    @cached_property
    def filters(self) -> tuple[Filter, ...]:  # type: ignore[override]
        whose = _("me") if self.actor.role != DISTRIBUTOR else _("an answer I can give")
        turn = Filter("turn", _("Waiting for"), anything, (("me", whose),))
        # A state is one of a product: there is none before one is chosen.
        state = (self.state,) if self.choice.only else ()
        several = self.actor.role == DISTRIBUTOR and len(hubs(self.actor)) > 1
        hub = (Filter("hub", _("Hub"), anything, hubs),) if several else ()
        return (*self.usual, *hub, *state, turn)

    @cached_property
    def terms(self) -> Terms:
        """Of the products of this page, or of the file."""
        products = self.choice.chosen if self.address.form else self.choice.page
        return readiness.terms(products, self.place, sides(self.actor))

    # ---- rows ----

    def get_queryset(self) -> QuerySet[Any]:
        rows = resellers(self.actor)
        if self.choice.unknown:
            return rows.none()
        wanted = self.address.clean("state")
        if self.choice.only and wanted in dict(STATES):
            states = GROUPS.get(wanted) or (State(wanted),)
            rows = readiness.narrowed(
                self.actor, rows, self.choice.only, self.place, states, self.terms
            )
        if self.address.clean("turn") == "me":
            keys = [each.pk for each in self.choice.chosen]
            rows = readiness.waiting_for(self.actor, rows, keys, TURNS[self.actor.role])
        return rows

    def prepare(self, found: list[Any]) -> None:
        products = self.terms.products
        matrix = readiness.matrix(self.actor, found, products, self.place, known=self.terms)
        for row in found:
            row.readiness = {each.pk: matrix[row.pk, each.pk] for each in products}
        self.rows = found

    # ---- columns ----

    @cached_property
    def shown(self) -> tuple[Column, ...]:
        if self.address.form:
            # Whom a vendor does not work with has no name for it (decision 4).
            facts = self.facts[1:] if self.actor.role == VENDOR else self.facts
            return (*facts, *(self._column(each) for each in self.choice.chosen))
        return tuple(self._column(each) for each in self.choice.page)

    def _column(self, product: Product) -> Column:
        address = self.url("readiness-cell", "PK", product.pk) + self.at()
        make = lambda: shown.cell_of(product, address)  # noqa: E731
        plain = lambda row: shown.told(row.readiness[product.pk])  # noqa: E731
        return Column(product.pk, product.name, cells.PerPage(make), plain=plain)

    def at(self) -> str:
        """The place, for links that lead away from here."""
        return f"?place={self.place}" if self.place != Place() else ""

    def links(self) -> Any:
        link = super().links()
        at = self.at()
        return lambda row: (link(row)[0] + at, row.pk)

    # ---- page ----

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choice = self.choice
        context = super().get_context_data(**kwargs)
        context["bar"].keep += choice.kept(self.request.GET)
        narrowed, paging = context["narrowed"], context["paging"]
        if narrowed or "next" in paging or "previous" in paging:
            # Of few resellers, which the tab has counted, nothing is kept.
            few = not narrowed and context["total"].isdecimal()
            counts, kept = totals(self.actor, self.terms, few=few)
        else:  # all there are
            counts, kept = totals_of(self.rows, choice.page), False
        return {
            **context,
            "menus": lists.menu(self),
            "products": [self._head(each, counts[each.pk]) for each in choice.page],
            "choice": choice.menu(self.address),
            "breadth": choice.paging(self.request.GET) | {"kept": kept},
            "legend": [(shown.badge(state), look.meaning) for state, look in shown.LOOKS.items()],
        }

    def _head(self, product: Product, counts: Any) -> dict[str, Any]:
        """A product with how many of all resellers are ready for it."""
        unready = sum(counts[state] for state in NOT_READY)
        asked = unready + counts[State.READY]
        ready = _("%(ready)d of %(all)d ready") % {"ready": counts[State.READY], "all": asked}
        missing = self.address.to(product=product.pk, state=NOT_READY_AT_ALL)
        quiet = State.NOT_NEEDED if counts[State.NOT_NEEDED] else State.NOT_OFFERED
        return {
            "name": product.name,
            "owner": "" if self.portal == VENDOR else product.owner.name,
            "text": ready if asked else shown.label(quiet) if sum(counts.values()) else "",
            "url": missing if unready else "",
            "title": _("Show who is not ready for it"),
            "share": round(100 * counts[State.READY] / asked) if asked else "",
        }
