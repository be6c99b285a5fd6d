"""Requests for tier configurations as a queue: who has to act, since when."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from tierconfig.models import ServiceLevel, TierConfig, TierConfigRequest
from tierconfig.services import waiting

from .. import cells, chains, levels
from ..cells import Cell, esc
from ..generic import Bulk, PortalListView
from ..lists.choices import distributors, products, vendors
from ..lists.listing import Column, Filter, Tab
from ..processing import assigning
from ..queue import bulks
from ..states import labels
from .directory import TIERS

State = TierConfigRequest.State
ENTITY = ServiceLevel.Entity.CONFIG_REQUEST
OPEN = Q(state__in=TierConfigRequest.OPEN)


def product() -> Cell:
    """Name over tier and type."""
    tiers, kinds = labels(TierConfig, "tier_level"), labels(TierConfigRequest, "type")

    def cell(request: Any) -> SafeString:
        config = request.configuration
        below = f"{esc(tiers[config.tier_level])} · {esc(kinds[request.type])}"
        name = cells.clip(config.product.name)
        return SafeString(f'{name}<div class="sub text-nowrap">{below}</div>')

    return cell


def whom(request: Any) -> str:
    return chains.whom(request.chain)


def assigned(request: Any) -> str | None:
    return request.assignee and (request.assignee.name or request.assignee.email)


DRAFT = Q(state=State.DRAFT)
DRAFTS = Tab("drafts", gettext_lazy("Drafts"), DRAFT)


def tabs(mine: Q | None, *, drafts: bool = False) -> tuple[Tab, ...]:
    """The parts of the queue; `mine` is what its reader has to act on, None for nothing.

    With `drafts`, those the reader's own partner began have a part of their own.
    """
    own = [Tab("mine", gettext_lazy("Waiting for me"), OPEN & mine)] if mine is not None else []
    return (
        *own,
        Tab(
            "others",
            gettext_lazy("Waiting for others"),
            OPEN & ~DRAFT & ~mine if mine is not None else OPEN & ~DRAFT,
        ),
        *([DRAFTS] if drafts else []),
        Tab("done", gettext_lazy("Done"), ~OPEN),
        Tab("all", gettext_lazy("All")),
    )


SINCE = Column("since", gettext_lazy("Since"), cells.since("state_since"), "state_since", num=True)
CREATED = Column(
    "created", gettext_lazy("Created"), cells.since("created_at"), "created_at", num=True
)


class ConfigRequestList(PortalListView):
    model = TierConfigRequest
    name = "config-request"
    walks = True
    title = gettext_lazy("Tier configuration requests")
    reads = waiting.OF_CHAINS
    row_title = "configuration.account.name"
    row_label = gettext_lazy("Account")
    row_order = "configuration__account__name"
    columns: tuple[Column, ...] = (
        Column("state", gettext_lazy("State"), cells.state),
        Column("whom", gettext_lazy("Waiting for"), whom, optional=True),
        Column(
            "product",
            gettext_lazy("Product"),
            cells.PerPage(
                product, "type", "configuration__tier_level", "configuration__product__name"
            ),
            "configuration__product__name",
            optional=True,
        ),
    )
    #: Columns of the other side; the ages follow them.
    others: tuple[Column, ...] = ()
    #: What the first tab holds is the reader's own turn.
    decides = False
    filters: tuple[Filter, ...] = (
        Filter("product", gettext_lazy("Product"), "configuration__product", products),
        Filter("state", gettext_lazy("State"), choices=State.choices),
        Filter("type", gettext_lazy("Type"), choices=TierConfigRequest.Type.choices),
        Filter("tier", gettext_lazy("Tier"), "configuration__tier_level", TIERS),
    )
    search_fields = ("configuration__account__name", "configuration__account__external_id")
    search_label = gettext_lazy("Account, ID or external ID")
    order = "since"
    empty = gettext_lazy("What has to be known of a reseller before an order is asked for here.")

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        tab = self.tab.name if self.tab else ""
        # Newest first, by an index; the queues are sorted by how long they have waited.
        self.order = "-created" if tab in ("done", "all") else "since"
        columns = (*type(self).columns, *self.others, *self.ages(tab))
        if tab == "done" or (tab == "mine" and self.decides):
            # Nobody holds it, or the reader does.
            columns = tuple(each for each in columns if each.name != "whom")
        self.columns = columns

    def ages(self, tab: str) -> tuple[Column, ...]:
        return (CREATED,) if tab in ("done", "all") else (SINCE,)

    def prepare(self, found: list[Any]) -> None:
        links = waiting.chains(found)
        for row in found:
            row.chain = links.get(row.pk, [])


ASSIGNEE = Column(
    "assignee",
    gettext_lazy("Assignee"),
    assigned,
    optional=True,
    reads=("assignee__name", "assignee__email"),
)


class LevelledRequestList(ConfigRequestList):
    """What the vendor's service levels say of each request, beside its age."""

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.filters = (*type(self).filters, levels.zone_filter(lambda: self.actor, ENTITY))

    def ages(self, tab: str) -> tuple[Column, ...]:
        return (CREATED,) if tab in ("done", "all") else (levels.COLUMN, levels.MOMENT)

    def prepare(self, found: list[Any]) -> None:
        super().prepare(found)
        if levels.COLUMN in self.shown:
            levels.mark(found, ENTITY)


class VendorRequestList(LevelledRequestList):
    tabs = tabs(Q(state=State.PENDING))
    decides = True
    bulk = bulks.GIVE
    others = (
        Column("provider", gettext_lazy("Distributor"), "provider.name", optional=True),
        ASSIGNEE,
    )
    filters = (
        *ConfigRequestList.filters,
        Filter("provider", gettext_lazy("Distributor"), choices=distributors),
    )

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.filters = (*self.filters, assigning.assignee_filter(self))

    def get_bulk(self) -> tuple[Bulk, ...]:
        offered = self.actor.role == VENDOR and self.tab is not None and self.tab.name != "done"
        return bulks.offered(super().get_bulk(), self.tab) if offered else ()


class DistributorRequestList(LevelledRequestList):
    """A distributor may answer for its resellers, but nothing in this queue waits for it."""

    tabs = tabs(None, drafts=True)
    others = (
        Column("vendor", gettext_lazy("Vendor"), "vendor.name", optional=True),
        ASSIGNEE,
    )
    filters = (
        *ConfigRequestList.filters,
        Filter("vendor", gettext_lazy("Vendor"), choices=vendors),
    )


class ResellerRequestList(ConfigRequestList):
    tabs = tabs(Q(state=State.INQUIRING), drafts=True)


LISTS = {
    VENDOR: VendorRequestList,
    DISTRIBUTOR: DistributorRequestList,
    RESELLER: ResellerRequestList,
}
