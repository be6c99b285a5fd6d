"""The directory of tier configurations; that of resellers is in reseller/configs.py."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customers.actors import DISTRIBUTOR, VENDOR
from customers.models import Connection
from tierconfig.models import TierConfig, TierConfigRequest

from .. import cells
from ..cells import Cell, esc
from ..generic import Action, PortalListView
from ..lists.choices import distributors, products, vendors
from ..lists.listing import Column, Filter, Tab, newer
from ..states import badge, badge_of, labels
from . import shown
from .shown import environment

State = TierConfig.State
RequestState = TierConfigRequest.State
TIERS = TierConfig._meta.get_field("tier_level").choices or ()


def product() -> Cell:
    """Name and tier; the environment too where it is not the usual one."""
    tiers = labels(TierConfig, "tier_level")

    def cell(config: Any) -> SafeString:
        usual = config.connection and config.connection.type == Connection.Type.PRODUCTION
        place = "" if usual else f" · {esc(environment(config))}"
        name, tier = cells.clip(config.product.name), esc(tiers[config.tier_level])
        return SafeString(f'{name}<div class="sub text-nowrap">{tier}{place}</div>')

    return cell


def market(config: Any) -> SafeString:
    place = config.marketplace.name if config.marketplace else "–"
    return cells.two_lines(place, config.provider.name)


MARKET = ("marketplace__name", "provider__name")


class ConfigList(PortalListView):
    """Rows carry the id and state of their open request, as `open_id` and `open_state`."""

    model = TierConfig
    name = "config"
    title = gettext_lazy("Tier configurations")
    row_title = "account.name"
    row_label = gettext_lazy("Account")
    row_order = "account__name"
    tabs: tuple[Tab, ...] = (
        Tab("all", gettext_lazy("All")),
        Tab("active", gettext_lazy("Active"), Q(state=State.ACTIVE)),
        Tab("progress", gettext_lazy("In progress"), shown.IN_PROGRESS),
        Tab("none", gettext_lazy("Not configured"), shown.NOT_CONFIGURED),
    )
    filters: tuple[Filter, ...] = (
        Filter("product", gettext_lazy("Product"), "product_id", products),
        Filter(
            "state",
            gettext_lazy("State"),
            choices=[choice for choice in State.choices if choice[0] != State.DRAFT],
        ),
        Filter(
            "tier",
            gettext_lazy("Tier"),
            "tier_level",
            TIERS,
        ),
        newer("created", gettext_lazy("Created"), "created_at"),
    )
    search_fields = ("account__name", "account__external_id")
    search_label = gettext_lazy("Account, ID or external ID")
    order = "-created"
    empty = gettext_lazy(
        "A configuration appears here with the first order that needs one for its reseller."
    )

    def get_queryset(self) -> QuerySet[Any]:
        return (
            super()
            .get_queryset()
            .annotate(
                open_id=shown.open_request(self.actor, "pk"),
                open_state=shown.open_request(self.actor, "state"),
            )
        )

    def open_request(self) -> Cell:
        shape = self.url("config-request-detail", "PK")
        texts = labels(TierConfigRequest, "state")
        badges = {state: badge_of(state, text) for state, text in texts.items()}

        def cell(config: Any) -> Any:
            if config.open_id is None:
                return None
            key = esc(config.open_id)
            link = f'<a href="{shape.replace("PK", key)}">{key}</a>'
            found = badges[config.open_state]
            return SafeString(f'{found}<div class="id text-nowrap">{link}</div>')

        return cell

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.columns = self.get_columns()

    def get_columns(self) -> tuple[Column, ...]:
        return (
            Column("state", _("State"), cells.PerPage(own_state, "configured_at", "open_state")),
            Column(
                "open",
                _("Request in progress"),
                cells.PerPage(self.open_request, "open_id", "open_state"),
                optional=True,
            ),
            Column(
                "product",
                _("Product"),
                cells.PerPage(product, "product__name", "tier_level", "connection__type"),
                "product__name",
                optional=True,
            ),
            *self.parties(),
            Column(
                "created",
                _("Created"),
                cells.since("created_at"),
                "created_at",
                optional=True,
                num=True,
            ),
        )

    def parties(self) -> tuple[Column, ...]:
        return (Column("market", _("Marketplace"), market, optional=True, reads=MARKET),)


def own_state() -> Cell:
    language, nothing = get_language(), badge_of("", _("Not configured"))

    def cell(config: Any) -> SafeString:
        if config.configured_at is None and config.open_state is None:
            return nothing
        return badge(config, language)

    return cell


class DistributorConfigList(ConfigList):
    def get_actions(self) -> list[Action]:
        if not self.actor.may_act:
            return []
        url = self.url("config-add")
        return [Action(_("Begin a configuration"), url, "primary", "fa-plus")]

    filters = (*ConfigList.filters, Filter("vendor", gettext_lazy("Vendor"), choices=vendors))

    def parties(self) -> tuple[Column, ...]:
        return (
            Column("market", _("Marketplace"), "marketplace.name", optional=True),
            Column("vendor", _("Vendor"), "vendor.name", optional=True),
        )


class VendorConfigList(ConfigList):
    filters = (
        *ConfigList.filters,
        Filter("provider", gettext_lazy("Distributor"), choices=distributors),
    )


LISTS = {
    VENDOR: VendorConfigList,
    DISTRIBUTOR: DistributorConfigList,
}
