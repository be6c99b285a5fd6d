"""What vendors want to know of the reseller's own company: the list of its configurations."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig.models import TierConfig

from .. import cells
from ..cells import Cell, esc
from ..lists.choices import products
from ..lists.listing import Column, Filter, Tab
from ..states import labels
from ..tierconfig import shown
from ..tierconfig.directory import TIERS, ConfigList
from . import standing


class ResellerConfigList(ConfigList):
    """Each row leads to what can be done with it; what waits for the reader stands first.

    Requests that were not sent yet count as none. Rows carry `open_id` and `open_state`.
    """

    template_name = "reseller/configs.html"
    title = gettext_lazy("Reseller Authorization")
    row_title = "product.name"
    row_label = gettext_lazy("Product")
    row_order = "product__name"
    tabs = (
        # A rejected set-up asks nothing of anybody; it stands in a tab of its own.
        Tab("all", gettext_lazy("In use"), ~standing.CONDITIONS[standing.NOTHING]),
        Tab(
            "attention",
            gettext_lazy("Requires attention"),
            standing.CONDITIONS[standing.INQUIRING],
        ),
        Tab("ready", gettext_lazy("Ready"), standing.CONDITIONS[standing.READY]),
        Tab(
            "progress",
            gettext_lazy("In progress"),
            standing.CONDITIONS[standing.UPDATING] | standing.CONDITIONS[standing.PROCESSING],
        ),
        Tab("none", gettext_lazy("Not configured"), standing.CONDITIONS[standing.NOTHING]),
    )
    filters = (
        Filter(
            "status",
            gettext_lazy("Status"),
            lambda wanted: standing.CONDITIONS.get(wanted, shown.NOTHING),
            [(key, text) for key, (text, _look) in standing.LABELS.items()],
        ),
        Filter("product", gettext_lazy("Product"), "product_id", products),
        Filter("tier", gettext_lazy("Tier"), "tier_level", TIERS),
    )
    search_fields = ("product__name", "account__name")
    search_label = gettext_lazy("Product, account or ID")
    order = "status"
    ranks = {"rank": standing.rank_field()}
    reads = ("open_id", "open_state", "configured_at", "account__name", "tier_level")
    empty = gettext_lazy(
        "No product needs anything of your company. What vendors have to know of it appears here."
    )

    def get_queryset(self) -> QuerySet[Any]:
        # Not the annotations of the list it extends, which count what was not sent.
        rows = TierConfig.objects.visible_to(self.actor)
        return rows.annotate(
            open_id=shown.open_request(self.actor, "pk", standing.SENT),
            open_state=shown.open_request(self.actor, "state", standing.SENT),
        ).annotate(rank=standing.rank())

    def get_columns(self) -> tuple[Column, ...]:
        return (
            Column("config", _("Configuration ID"), config_id, optional=True, plain=config_key),
            Column(
                "account",
                _("Your account"),
                cells.PerPage(account, "account__name", "tier_level", "provider__name"),
                "account__name",
                optional=True,
            ),
            Column("status", _("Status"), cells.PerPage(self.status), "rank", plain=status_words),
            Column(
                "next", _("Actions"), cells.PerPage(self.next_step), optional=True, exported=False
            ),
            Column("product_id", _("Product ID"), "product_id", hidden=True),
        )

    def links(self) -> Any:
        """The product's id stands under its name; the configuration has a column of its own."""
        link = super().links()
        return lambda row: (link(row)[0], row.product_id)

    def paths(self) -> set[str]:
        return {*super().paths(), "product_id"}

    def status(self) -> Cell:
        """On a phone, where there is no room for more columns, with all that decides."""
        step, tiers = self.next_step(), labels(TierConfig, "tier_level")
        badges = {key: standing.badge(key) for key in standing.LABELS}

        def cell(config: Any) -> SafeString:
            found = badges[of(config)]
            whose = f"{esc(config.account.name)} · {esc(tiers[config.tier_level])}"
            button = f'<div class="mt-1">{step(config)}</div>' if self.asked(config) else ""
            return SafeString(
                f'{found}<div class="d-md-none"><div class="sub">{whose}</div>{button}</div>'
            )

        return cell

    def asked(self, config: Any) -> bool:
        return of(config) == standing.INQUIRING and self.actor.may_act

    def next_step(self) -> Cell:
        answer, page = self.url("config-request-answer", "PK"), self.url("config-detail", "PK")
        urgent, manage = esc(_("Requires attention")), esc(_("Manage"))
        named, later = _("Manage %(name)s"), esc(_("after the first approval"))

        def cell(config: Any) -> SafeString:
            if self.asked(config):
                url = answer.replace("PK", esc(config.open_id))
                return SafeString(
                    f'<a class="btn btn-sm btn-primary text-nowrap" href="{url}">{urgent}</a>'
                )
            if config.configured_at is None:
                return SafeString(
                    '<span class="btn btn-sm btn-outline-secondary disabled" aria-disabled="true">'
                    f'{manage}</span><div class="sub">{later}</div>'
                )
            url = page.replace("PK", esc(config.pk))
            name = esc(named % {"name": config.product.name})
            return SafeString(
                f'<a class="btn btn-sm btn-outline-secondary" href="{url}" aria-label="{name}">'
                f"{manage}</a>"
            )

        return cell


def of(config: Any) -> str:
    return standing.standing(config.open_state, configured=config.configured_at is not None)


def status_words(config: Any) -> str:
    return str(standing.LABELS[of(config)][0])


def config_id(config: Any) -> SafeString:
    return SafeString(f'<div class="id">{esc(config.pk)}</div>')


def config_key(config: Any) -> Any:
    return config.pk


def account() -> Cell:
    """The account over its tier and the distributor: a reseller may have several of each."""
    tiers = labels(TierConfig, "tier_level")

    def cell(config: Any) -> SafeString:
        through = _("%(tier)s · through %(name)s") % {
            "tier": tiers[config.tier_level],
            "name": config.provider.name,
        }
        return cells.two_lines(cells.clip(config.account.name), through)

    return cell
