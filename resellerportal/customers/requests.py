"""Account requests (TARs): the queue, and one change with everything that helps to decide it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.actors import ADMIN, DISTRIBUTOR, RESELLER, VENDOR, Actor
from customers.cleaning import countries
from customers.models import Product, TierAccountRequest
from fulfillment.services import nudges

from .. import cells, chains, holders
from ..following import following
from ..generic import Action, Bulk, Fact, PortalDetailView, PortalListView
from ..lists import choices
from ..lists.listing import Column, Filter, Tab, newer
from . import differences, place
from .seen import PENDING


def country_of(path: str) -> Any:
    """Lookup of a country typed as its code or its name."""

    def lookup(text: str) -> Q:
        found = {name.casefold(): code for code, name in countries().items()}
        return Q(**{path: found.get(text.casefold(), text.upper()[:2] if len(text) == 2 else "")})

    return lookup


PRODUCT = Filter("product", gettext_lazy("Product"), "product_id", choices.products)
COUNTRY = Filter("country", gettext_lazy("Country"), country_of("account__country"))
CREATED = newer("created", gettext_lazy("Created"), "created_at")


class RequestList(PortalListView):
    """The queue: what waits first, oldest on top."""

    model = TierAccountRequest
    name = "request"
    walks = True
    title = gettext_lazy("Account requests")
    row_title = "account.name"
    row_label = gettext_lazy("Account")
    row_order = "account__name"
    search_fields = ("account__name", "account__contact_email")
    search_label = gettext_lazy("Account, ID or e-mail")
    empty = gettext_lazy("Changes of accounts appear here once a product is affected by them.")
    #: The party on the other side: the distributor for a vendor, the vendor for everybody else.
    other: tuple[str, Any, Any] = ("vendor", gettext_lazy("Vendor"), choices.vendors)

    tabs = (
        Tab("others", gettext_lazy("Waiting for others"), PENDING),
        Tab("done", gettext_lazy("Done"), ~PENDING),
        Tab("all", gettext_lazy("All")),
    )

    @property
    def waiting(self) -> bool:
        return self.tab is not None and self.tab.where == PENDING

    @property
    def order(self) -> str:  # type: ignore[override]
        return "waiting" if self.waiting else "-waiting"

    @cached_property
    def columns(self) -> tuple[Column, ...]:  # type: ignore[override]
        party, label, _parties = self.other
        # A pending request waits since it was made, so both tabs are ordered by the same index.
        age = gettext_lazy("Waiting") if self.waiting else gettext_lazy("Created")
        return (
            Column("state", gettext_lazy("State"), cells.state),
            Column(
                "changed",
                gettext_lazy("Changed"),
                lambda request: differences.words(request.changed),
                optional=True,
                reads=("changed",),
            ),
            Column(
                "product",
                gettext_lazy("Product"),
                "product.name",
                order="product__name",
                optional=True,
            ),
            Column(party, label, f"{party}.name", order=f"{party}__name", optional=True),
            Column("waiting", age, cells.since("created_at"), order="created_at", num=True),
        )

    @cached_property
    def filters(self) -> tuple[Filter, ...]:  # type: ignore[override]
        party, label, parties = self.other
        return (PRODUCT, Filter(party, label, f"{party}_id", parties), COUNTRY, CREATED)


class VendorRequestList(RequestList):
    """The vendor's own queue; nothing in it waits for anybody else."""

    empty = gettext_lazy(
        "When a company that uses one of your products changes its data, the change waits here."
    )
    other = ("provider", gettext_lazy("Distributor"), choices.distributors)
    bulk = (
        Bulk("ignore", gettext_lazy("Ignore"), "danger"),
        Bulk("accept", gettext_lazy("Accept"), "primary"),
    )
    tabs = (
        Tab("mine", gettext_lazy("Waiting for me"), PENDING),
        Tab("done", gettext_lazy("Done"), ~PENDING),
        Tab("all", gettext_lazy("All")),
    )

    def get_bulk(self) -> tuple[Bulk, ...]:
        return super().get_bulk() if self.waiting else ()


class RequestMixin:
    """What every page about one request reads."""

    model = TierAccountRequest
    name = "request"
    select_related: tuple[str, ...] = ("account__parent", "product", "vendor", "provider")


class RequestDetail(RequestMixin, PortalDetailView):
    """The change as a difference table, who is affected, and what else waits."""

    template_name = "portal/request_detail.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().with_change()

    def get_title(self) -> str:
        number = len(self.object.changed)
        return ngettext("%(name)s changed %(n)d field", "%(name)s changed %(n)d fields", number) % {
            "name": self.object.account.name,
            "n": number,
        }

    def get_facts(self) -> list[Fact]:
        request = self.object
        account = self.url("account-detail", request.account_id)
        facts = [
            Fact(_("Account"), request.account.name, account),
            Fact(_("Product"), request.product.name),
        ]
        if self.actor.role != VENDOR:
            facts.append(Fact(_("Vendor"), request.vendor.name))
        if self.actor.role in (VENDOR, ADMIN):
            facts.append(Fact(_("From"), request.provider.name))
        return facts

    def get_actions(self) -> list[Action]:
        return [*following(self), *super().get_actions()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request = self.object
        before, after = request.before or {}, request.after or {}
        parents = differences.parents(before, after)
        above = place.above(self.actor, request.account, parents)
        rows = differences.rows(before, after, above.named)
        running, counts = place.running(self.actor, request.account, request.product)
        waiting = others(request, self.actor)
        links = nudges.chain_of(request, self.actor)
        return super().get_context_data(
            rows=sorted(rows, key=lambda row: not row.changed),
            current=request.version == request.account.version,
            others=[each for each in waiting if each.product_id == request.product_id],
            elsewhere=[each for each in waiting if each.product_id != request.product_id],
            nodes=place.chain(self, request.account, above),
            running=running,
            change_url=self.url("change-detail", request.account_id, request.version),
            part=taking_part(request.product, counts),
            subscriptions_url=self.url("account-detail", request.account_id, "subscriptions"),
            versions_url=self.url("account-detail", request.account_id, "versions")
            + f"?from={request.version}&to={request.account.version}",
            chain=chains.rows(links, self.url, here=request.pk),
            # Why it was ignored stands above the change.
            **{**holders.about(self, links), "asks": "", "why": ""},
            **kwargs,
        )


class RequestNudge(RequestMixin, holders.Nudge):
    roles = (DISTRIBUTOR, RESELLER)

    def get_facts(self) -> list[Fact]:
        request = self.object
        return [
            Fact(_("Account"), request.account.name),
            Fact(_("Changed"), differences.words(request.changed)),
            Fact(_("Product"), request.product.name),
            Fact(_("Vendor"), request.vendor.name),
        ]


def others(request: TierAccountRequest, actor: Actor) -> list[TierAccountRequest]:
    """Open requests of the same account, newest first (3.2: they stay open)."""
    rows = TierAccountRequest.objects.visible_to(actor).filter(
        PENDING, account_id=request.account_id
    )
    rows = rows.exclude(pk=request.pk).select_related("product")
    found = list(rows.order_by("-version", "product__name")[:20])
    for row in found:
        row.newer = row.version > request.version
    return found


def taking_part(product: Product, counts: dict[str, int]) -> str:
    """In how many running subscriptions of the product an account is what, as a sentence."""
    labels = {"customer": _("customer of"), "tier1": _("tier 1 of"), "tier2": _("tier 2 of")}
    parts = [f"{labels[key]} {count}" for key, count in counts.items() if count]
    if not parts:
        return _("No running subscription of %(product)s.") % {"product": product.name}
    joined = parts[0]
    for part in parts[1:]:
        joined = _("%(one)s and %(other)s") % {"one": joined, "other": part}
    text = ngettext(
        "%(parts)s subscription of %(product)s.",
        "%(parts)s subscriptions of %(product)s.",
        sum(counts.values()),
    ) % {"parts": joined, "product": product.name}
    return text[0].upper() + text[1:]
