"""What somebody can complete for a reseller now: set-ups to begin, inquiries to answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from customers.actors import VENDOR, Actor
from customers.models import Marketplace, Product, TierAccount
from fulfillment.services.readiness import Cell, Offer
from tierconfig import parameters
from tierconfig.models import Parameter, TierConfig, TierConfigRequest
from tierconfig.presentation import Presented, possible
from tierconfig.services.configs import begin_setup
from tierconfig.services.needs import Need
from tierconfig.services.openings import may_begin_setup
from tierconfig.services.validation import validated_answer

INQUIRING = TierConfigRequest.State.INQUIRING
#: Stands for the id of an account that is none.
BELOW = ""
#: Never offered from one product to another.
PRIVATE = (Parameter.Type.PASSWORD, Parameter.Type.OBJECT)


@dataclass(frozen=True)
class Task:
    """A configuration of the account that is never asked (`request` None) or asked and waiting."""

    account: TierAccount
    product: Product
    need: Need[Any]
    offer: Offer
    request: TierConfigRequest | None = None

    @property
    def key(self) -> str:
        return f"{self.product.pk}-{self.need.tier_level}"

    @cached_property
    def known(self) -> dict[str, parameters.Stored]:
        request = self.request
        return {**request.base_values(), **request.params} if request else {}

    @cached_property
    def fields(self) -> list[Presented]:
        """What can be filled in, also what another value of the form may show."""
        overrides = self.request.presentation if self.request else None
        shown = possible(self.need.definitions, self.known, overrides)
        return [each for each in parameters.askable(shown, self.known) if not each.readonly]

    @property
    def asked(self) -> list[str]:
        """Names of what is missing."""
        complaints = parameters.complaints(self.known)
        return [*(each.name for each in self.need.asked()), *complaints]

    def perform(self, actor: Actor, values: dict[str, Any], revision: int | None) -> Any:
        """Answer, or begin; what the services raise goes through."""
        if self.request is not None:
            return validated_answer(self.request, actor=actor, values=values, revision=revision)
        way, market = self.offer.connection, self.offer.marketplace
        return begin_setup(
            product=self.product,
            account=self.account,
            tier_level=self.need.tier_level,
            connection=self.product.connections.select_related("hub").get(pk=way) if way else None,
            marketplace=Marketplace.objects.visible_to(actor).get(pk=market),
            actor=actor,
            values=values,
        )


def below(account: TierAccount) -> Any:
    """A reseller that might hang below the account, which is tier 2 then."""
    return SimpleNamespace(
        pk=BELOW,
        name="",
        parent_id=account.pk,
        parent=account,
        provider_id=account.provider_id,
        environment=account.environment,
    )


def answerable(
    actor: Actor, account: Any, products: Sequence[Product], cells: Mapping[Any, Cell]
) -> list[Task]:
    """What the actor can complete for this account, as tier 1 and as tier 2; inquiries first.

    `cells` are those of the account and of one `below` it. The account knows whether it
    `has_resellers`.
    """
    if actor.role == VENDOR or not may_begin_setup(account, actor):
        return []
    found = [
        (product, need, cells[row, product.pk].offer)
        for product in products
        for row in (account.pk, BELOW)
        for need in cells[row, product.pk].needs
        if need.account.pk == account.pk and is_open(need)
    ]
    if not account.has_resellers:
        # Nobody orders through an account as tier 2 that has no reseller below it.
        found = [each for each in found if not _only_for_others(each[1])]
    requests = _requests(actor, [need for _product, need, _offer in found])
    tasks = [
        Task(account, product, need, offer, requests.get(need.config.pk if need.config else ""))
        for product, need, offer in found
        if need.begins or need.config.pk in requests
    ]
    # What somebody waits for comes first.
    return sorted(tasks, key=lambda task: task.request is None)


def is_open(need: Need[Any]) -> bool:
    """Whether somebody can begin or answer it now."""
    if need.begins:
        return True
    return need.open_request is not None and need.open_request.state == INQUIRING and not need.ready


def _only_for_others(need: Need[Any]) -> bool:
    return need.begins and need.tier_level == 2


def _requests(actor: Actor, needs: Iterable[Need[Any]]) -> dict[str, TierConfigRequest]:
    """The inquiries among these needs, by configuration."""
    keys = [need.open_request.pk for need in needs if need.open_request]
    if not keys:
        return {}
    rows = TierConfigRequest.objects.visible_to(actor).filter(pk__in=keys, state=INQUIRING)
    return {row.configuration_id: row for row in rows.select_related("configuration__account")}


@dataclass(frozen=True)
class Known:
    """A value the reseller gave for another product."""

    stored: parameters.Stored
    product: str


def known_of(actor: Actor, account: TierAccount) -> dict[tuple[str, str], Known]:
    """Values the actor may read of this account's approved configurations, by (name, type).

    The latest approval wins; passwords and objects are left out. Two queries.
    """
    configs = list(
        TierConfig.objects.visible_to(actor)
        .filter(account=account)
        .exclude(configured_at=None)
        .select_related("product")
        .order_by("updated_at")
    )
    own: dict[tuple[str, str], list[Parameter]] = {}
    rows = Parameter.objects.visible_to(actor).filter(product__in={c.product_id for c in configs})
    for row in rows.value_holding() if configs else []:
        own.setdefault((row.product_id, row.scope), []).append(row)
    found: dict[tuple[str, str], Known] = {}
    for config in configs:
        definitions = own.get((config.product_id, config.scope), [])
        for each in parameters.readable(definitions, config.params, actor.role):
            stored = config.params.get(each.name)
            if each.type not in PRIVATE and stored and parameters.has_value(stored):
                found[each.name, each.type] = Known(stored, config.product.name)
    return found
