"""Tier configurations, rendered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from customers.bulk import among
from tierconfig.models import TierConfig, TierConfigRequest

from ..happenings import Happenings
from ..shaping import NO_CONTRACT, NO_MARKETPLACE, Rendering, named
from ..shared.accounts import Readable, account_ref
from ..shared.connections import connection_shape
from ..shared.params import Params, constants_of
from ..shared.products import Products
from ..shared.templates import template_shape
from .shapes import TierConfigShape

State = TierConfig.State
#: Read once for all, each row of them once, however many configurations share it.
SHARED = ("product__category", "vendor", "provider", "connection__hub", "marketplace", "template")


class ConfigRendering(Rendering[TierConfig]):
    shape = TierConfigShape
    optional = ("product.capabilities",)

    def prepare(self, objects: Sequence[TierConfig]) -> None:
        asked, actor = self.branches.wants, self.actor
        chain = "account__parent" if asked("tiers") else "account"
        prefetch_related_objects(objects, *SHARED, chain)
        products = {each.product_id: each.product for each in objects}
        self.products = Products(products.values())
        self.constants = constants_of(products, actor) if asked("configuration") else {}
        scopes = [(each.product_id, each.scope) for each in objects if asked("params")]
        self.values = Params(actor, scopes)
        accounts = [each.account for each in objects]
        above = [each.parent for each in accounts if asked("tiers")]
        self.readable = Readable(actor, [*accounts, *above])
        self.opened = self._opened(objects) if asked("open_request") else {}
        self.happened = Happenings(objects if asked("events") else [], actor)

    def one(self, config: TierConfig) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": config.pk,
            "name": config.name,
            "status": State.PROCESSING if config.state == State.DRAFT else config.state,
            "tier_level": config.tier_level,
            "account": self._account(config),
            "product": self.products.ref(config.product_id),
            "connection": connection_shape(
                config.connection, config.vendor, config.provider, self.actor
            ),
            "marketplace": named(config.marketplace, NO_MARKETPLACE),
            "contract": {**NO_CONTRACT},
            "params": self._params(config),
            "configuration": {"params": self.constants.get(config.product_id, [])},
            "tiers": self._tiers(config),
            "events": self.happened.of(config),
        }
        template = template_shape(config.template, config.template_text)
        if template is not None:
            found["template"] = template
        if config.pk in self.opened:
            found["open_request"] = {"id": self.opened[config.pk]}
        return found

    def _params(self, config: TierConfig) -> list[dict[str, Any]]:
        if not self.branches.wants("params"):
            return []
        return self.values.of((config.product_id, config.scope), config.params)

    def _account(self, config: TierConfig) -> Any:
        return self.readable.snapshot(config.account) or account_ref(config.account)

    def _tiers(self, config: TierConfig) -> dict[str, Any]:
        if not self.branches.wants("tiers"):
            return {}
        found = {config.scope: self._account(config)}
        if config.tier_level == 1:
            above = self.readable.snapshot(config.account.parent)
            found |= {"tier2": above} if above else {}
        return found

    def _opened(self, objects: Sequence[TierConfig]) -> dict[str, str]:
        """The open request of each, as far as the actor sees it."""
        rows = TierConfigRequest.objects.visible_to(self.actor).filter(
            among("configuration_id", [each.pk for each in objects]),
            state__in=TierConfigRequest.OPEN,
        )
        return dict(rows.values_list("configuration_id", "pk"))
