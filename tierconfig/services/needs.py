"""Which configurations an order needs and how each stands: one rule for all who ask.

`needs` is pure and reads nothing; orders, forecasts, setups begun by hand and the readiness matrix
call it. `read_needs` reads what it takes for a single product and chain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from customers.models import Connection, Marketplace, Product, TierAccount

from .. import parameters
from ..models import Parameter, TierConfig, TierConfigRequest
from ..parameters import Definition, Values
from ..presentation import Presented, presented

DRAFT = TierConfigRequest.State.DRAFT


class Sold(Protocol):
    """What is needed of a product."""

    pk: Any
    authorization_level: int


class Party(Protocol):
    """What is needed of an account."""

    pk: Any


A = TypeVar("A", bound=Party)


@dataclass(frozen=True)
class Standing:
    """A configuration that exists, and its open request.

    `config` has params and `configured`; `open_request`, None when nothing is open, has state,
    params and presentation. Plain values do as well as models.
    """

    config: Any
    open_request: Any = None


@dataclass(frozen=True)
class Need(Generic[A]):
    """A configuration an order needs: whose, at which tier, and how it stands now."""

    account: A
    tier_level: int
    definitions: Sequence[Definition] = field(repr=False)
    standing: Standing | None = None

    @property
    def scope(self) -> str:
        return f"tier{self.tier_level}"

    @property
    def config(self) -> Any:
        return self.standing.config if self.standing else None

    @property
    def open_request(self) -> Any:
        return self.standing.open_request if self.standing else None

    @property
    def ready(self) -> bool:
        """Ever approved: orders do not wait for it, whatever is open (decision 12)."""
        return self.config is not None and bool(self.config.configured)

    @property
    def begins(self) -> bool:
        """Whether an order now would begin its setup, so that values can be sent with it."""
        return not self.ready and self.open_request is None

    @property
    def is_draft(self) -> bool:
        """Whether an order now would submit a draft that is there (decision 13)."""
        return not self.ready and self.open_request is not None and self.open_request.state == DRAFT

    def presented(self, given: Values | None = None) -> list[Presented]:
        """Its parameters as they count with the known values and those `given` now."""
        known: dict[str, Any] = dict(self.config.params) if self.config is not None else {}
        overrides = None
        if self.open_request is not None:
            known |= self.open_request.params
            overrides = self.open_request.presentation
        return presented(self.definitions, known | dict(given or {}), overrides)

    def asked(self, given: Values | None = None) -> list[Presented]:
        """What its technical contact has to be asked for; of a ready one nothing, ever."""
        if self.ready:
            return []
        known: dict[str, Any] = dict(self.config.params) if self.config is not None else {}
        if self.open_request is not None:
            known |= self.open_request.params
        known |= dict(given or {})
        return parameters.missing(self.presented(given), known, visible_ordering_only=True)


def needs(
    product: Sold,
    tiers: tuple[A | None, A | None],
    standing: Callable[[Any, Any, int], Standing | None],
    definitions: Callable[[Any, str], Sequence[Definition]],
) -> list[Need[A]]:
    """The configurations an order of `product` needs, tier 2 first (decision 11).

    `tiers` are (tier 1, tier 2) of the order. `standing(account id, product id, tier)` gives the
    configuration of the connection in question, `definitions(product id, scope)` the parameters
    that hold values. A tier is needed when the product authorises it, the account exists and its
    scope has a parameter.
    """
    found = []
    for level, account in ((2, tiers[1]), (1, tiers[0])):
        if account is None or product.authorization_level < level:
            continue
        own = definitions(product.pk, Parameter.tier_scope(level))
        if own:
            found.append(Need(account, level, own, standing(account.pk, product.pk, level)))
    return found


def read_needs(
    product: Product,
    tiers: tuple[TierAccount | None, TierAccount | None],
    connection: Connection | None,
    marketplace: Marketplace | None,
) -> list[Need[TierAccount]]:
    """The needs of one order on this connection, without one of a preview on the marketplace."""
    place: dict[str, Any] = (
        {"connection": connection}
        if connection is not None
        else {"connection": None, "marketplace": marketplace}
    )
    if product.authorization_level == Product.Authorization.NONE:
        return []
    rows = TierConfig.objects.filter(
        product=product, account__in=[each for each in tiers if each is not None], **place
    )
    configs = {(each.account_id, each.tier_level): each for each in rows}
    opened = {
        each.configuration_id: each
        for each in TierConfigRequest.objects.filter(
            configuration__in=configs.values(), state__in=TierConfigRequest.OPEN
        )
    }

    def standing(account_id: str, product_id: str, level: int) -> Standing | None:
        config = configs.get((account_id, level))
        return None if config is None else Standing(config, opened.get(config.pk))

    return needs(product, tiers, standing, Parameter.objects.of_scope)
