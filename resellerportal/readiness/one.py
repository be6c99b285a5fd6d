"""One reseller and all products, and what all pages about one reseller share."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from customers.actors import VENDOR
from customers.models import Product, TierAccount
from customers.permissions import asking_once
from fulfillment.services import readiness
from fulfillment.services.readiness import NOT_READY, Cell, Place, State, Terms

from ..generic import Action, Fact, PortalObjectView
from . import shown
from .products import orderable
from .scope import resellers
from .work import answerable, below

#: What is shown first: where something can be done.
FIRST = (
    State.MISSING,
    State.REJECTED,
    State.NEVER,
    State.WAITING,
    State.READY,
    State.NOT_NEEDED,
    State.NOT_OFFERED,
)


class ReadinessMixin(PortalObjectView):
    """Pages about one reseller at one place, which the address names (`?place=test`)."""

    model = TierAccount
    name = "readiness"
    title = "name"
    object: TierAccount

    def get_queryset(self) -> QuerySet[Any]:
        visible = TierAccount.objects.visible_to(self.actor).order_by()
        rows = resellers(self.actor).select_related("parent", "provider")
        return rows.annotate(
            sees_parent=Exists(visible.filter(pk=OuterRef("parent_id"))),
            has_resellers=Exists(visible.resellers().filter(parent=OuterRef("pk"))),
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nothing is done by reading: what is offered is asked once."""
        with asking_once(self.actor):
            return super().get(request, *args, **kwargs)

    @cached_property
    def place(self) -> Place:
        return Place.of(self.request.GET.get("place", "")[:60])

    def here(self, name: str, *args: str, **params: str) -> str:
        """An address about this reseller at this place."""
        query = urlencode(self.at(params))
        return self.url(name, self.object.pk, *args) + (f"?{query}" if query else "")

    def at(self, params: dict[str, str]) -> dict[str, str]:
        usual = self.place == Place()
        return params if usual else {"place": str(self.place), **params}

    def places(self) -> list[dict[str, Any]]:
        """The same page at the other places."""
        return [
            {
                "label": str(text),
                "url": f"{self.request.path}?place={kind}",
                "current": kind == self.place.kind,
            }
            for kind, text in shown.PLACES.items()
        ]

    def get_facts(self) -> list[Fact]:
        account = self.object
        facts = [Fact(_("Account"), account.name, self.url("account-detail", account.pk))]
        if account.parent_id:
            above = self.party(account.parent)
            facts.append(Fact(_("Reseller above"), above.name, self.page_of(account.parent)))
        if self.portal != "distributor":
            facts.append(Fact(_("Distributor"), account.provider))
        return [*facts, Fact(_("Where"), shown.place_label(self.place))]

    @cached_property
    def seen(self) -> set[str]:
        """This account and the one above it, as far as the actor sees them."""
        account: Any = self.object
        return {account.pk, account.parent_id} if account.sees_parent else {account.pk}

    def matrix(self, products: list[Product], known: Terms, *, holders: bool) -> Any:
        """Cells of this reseller, and of one below it where the buying side reads them."""
        rows: list[Any] = [self.object]
        if self.portal != VENDOR:
            rows.append(below(self.object))
        return readiness.matrix(
            self.actor, rows, products, self.place, holders=holders, known=known
        )

    def party(self, account: Any) -> Any:
        """The account, without its name for a vendor that does not work with it (decision 4)."""
        if self.portal != VENDOR or account.pk in self.seen:
            return account
        name = _("A company you do not work with")
        return SimpleNamespace(pk=account.pk, name=name, contact_email="")

    def page_of(self, account: Any) -> str:
        return self.url("account-detail", account.pk) if account.pk in self.seen else ""


class ResellerReadiness(ReadinessMixin):
    template_name = "readiness/reseller.html"

    @cached_property
    def terms(self) -> Terms:
        return readiness.terms(orderable(self.actor), self.place, [self.object.provider_id])

    @cached_property
    def cells(self) -> Any:
        return self.matrix(orderable(self.actor), self.terms, holders=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        products, cells = orderable(self.actor), self.cells
        rows = [self._row(each, cells[self.object.pk, each.pk]) for each in products]
        rows.sort(key=lambda row: FIRST.index(row["state"]))
        return super().get_context_data(
            facts=self.get_facts(),
            actions=self._actions(),
            places=self.places(),
            rows=[row for row in rows if row["state"] != State.NOT_OFFERED],
            left_out=[row for row in rows if row["state"] == State.NOT_OFFERED],
            **kwargs,
        )

    def _row(self, product: Product, cell: Cell) -> dict[str, Any]:
        return {
            "state": cell.state,
            "name": product.name,
            "owner": product.owner.name,
            "url": self.here("readiness-cell", product.pk),
            "badge": shown.badge(cell.state),
            "asked": ", ".join(cell.asked) if cell.state in NOT_READY else "",
            "holder": shown.holder(cell.holder),
            "since": cell.holder.since if cell.holder else None,
            "refusal": shown.REFUSALS[cell.offer.refusal] if cell.offer.refusal else "",
        }

    def _actions(self) -> list[Action]:
        if self.portal == VENDOR or not answerable(
            self.actor, self.object, orderable(self.actor), self.cells
        ):
            return []
        text = _("Complete what is missing")
        return [Action(text, self.here("readiness-complete"), "primary", "fa-list-check")]
