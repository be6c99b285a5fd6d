"""The cells of some resellers × some products, in a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from django.db.models import FilteredRelation, Q

from customers.actors import ADMIN, RESELLER, SYSTEM, Actor
from customers.bulk import among
from customers.models import Product, TierAccount
from customers.visibility import operated_ids
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services.needs import Need, Standing, needs
from tierconfig.services.waiting import Link, config_chains

from .offers import Offer, Place, Refusal
from .terms import Terms, terms
from .verdicts import State, status, verdict

DRAFT = TierConfigRequest.State.DRAFT
#: What an Opened holds, in its order.
OPENED = ("pk", "state", "params", "presentation")
#: Ids of configurations whose chains are read at a time.
CHUNK = 10_000


class Reseller(Protocol):
    """What is read of a reseller; light rows do as well as models. So of its parent: pk, name."""

    pk: Any
    name: Any
    parent_id: Any
    parent: Any
    provider_id: Any
    environment: Any


@dataclass(frozen=True)
class Config:
    """What a needs.Standing reads of a configuration; `params` are left out where never asked."""

    pk: str
    configured: bool
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """What a needs.Standing reads of an open request."""

    pk: str
    state: str
    params: dict[str, Any]
    presentation: dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """What an order of one product for a customer of one reseller would meet.

    `needs` come tier 2 first. `asked` are titles of the values that resellers have to give before
    it can go on, as far as the actor may know which are missing. `holder` is the last link of
    the waiting chain where the order would begin nothing.
    """

    state: State
    offer: Offer
    needs: tuple[Need[Any], ...] = ()
    asked: tuple[str, ...] = ()
    holder: Link | None = None

    @property
    def held_by(self) -> str:
        """The configuration whose chain leads to who must act, "" where an order begins one.

        That of tier 1 leads through tier 2 as far as it is parked on it; an answer that is
        missing comes first.
        """
        if self.state not in (State.WAITING, State.MISSING):
            return ""
        unready = [need for need in reversed(self.needs) if not need.ready]
        asked = [need for need in unready if status(need) == TierConfigRequest.State.INQUIRING]
        return str((asked or unready)[0].config.pk)


Matrix = dict[tuple[str, str], Cell]


def matrix(
    actor: Actor,
    resellers: Sequence[Reseller],
    products: Sequence[Product],
    place: Place,
    *,
    holders: bool = True,
    known: Terms | None = None,
) -> Matrix:
    """A cell by (reseller, product); at most six queries for any number of them.

    Drafts count for those only who see them. Without `holders` nobody is named, which saves two.
    `known` are the terms of these products at this place, if they were read already: three less.
    """
    own = known or terms(products, place, {row.provider_id for row in resellers})
    reader = _Reader(actor, resellers, products, own)
    found = {
        (reseller.pk, product.pk): reader.cell(reseller, product)
        for reseller in resellers
        for product in products
    }
    return _with_holders(found, actor) if holders else found


class _Reader:
    """Holds what was read for all cells."""

    def __init__(
        self,
        actor: Actor,
        resellers: Sequence[Reseller],
        products: Sequence[Product],
        known: Terms,
    ) -> None:
        self.terms = known
        authorised = [each.pk for each in products if known.levels(each)]
        accounts = {row.pk for row in resellers} | {row.parent_id for row in resellers}
        sides = {row.provider_id for row in resellers}
        offered = {known.offer(each, side) for each in products for side in sides}
        sold = {offer for offer in offered if offer.refusal is None}
        self.standings = _standings(actor, authorised, accounts - {None}, sold)
        self.memo: dict[tuple[str, int], tuple[str, ...]] = {}
        self.own = set(operated_ids(actor)) if actor.role == RESELLER else None

    def cell(self, reseller: Reseller, product: Product) -> Cell:
        offer = self.terms.offer(product, reseller.provider_id)
        if offer.refusal is not None:
            return Cell(State.NOT_OFFERED, offer)
        if offer.connection and reseller.environment == TierAccount.Environment.PREVIEW:
            return Cell(State.NOT_OFFERED, Offer(refusal=Refusal.PREVIEW_ACCOUNT))
        found = self._needs(reseller, product, offer)
        state = verdict(status(need) for need in found)
        return Cell(state, offer, found, self._asked(product, found))

    def _needs(self, reseller: Reseller, product: Product, offer: Offer) -> tuple[Need[Any], ...]:
        def standing(account: Any, product_id: Any, level: int) -> Standing | None:
            return self.standings.get((account, product_id, level, *offer.key))

        above = reseller.parent if reseller.parent_id else None
        tiers = (reseller, above)
        return tuple(needs(product, tiers, standing, self.terms.of_scope))

    def _asked(self, product: Product, found: Iterable[Need[Any]]) -> tuple[str, ...]:
        titles: list[str] = []
        for need in found:
            if need.config is None:
                key = (product.pk, need.tier_level)
                if key not in self.memo:
                    self.memo[key] = tuple(str(each) for each in need.asked())
                titles += self.memo[key]
            elif not need.ready and self._knows(need):
                titles += [str(each) for each in need.asked()]
        return tuple(titles)

    def _knows(self, need: Need[Any]) -> bool:
        """What an open request lacks tells of its values, which not every reseller may read."""
        return self.own is None or need.begins or need.account.pk in self.own


Key = tuple[str, str, int, str | None, str | None]


def _standings(
    actor: Actor, products: Sequence[str], accounts: set[str], sold: set[Offer]
) -> dict[Key, Standing]:
    """By account, product, tier, and connection or, of previews, marketplace. One query."""
    if not products or not sold:
        return {}
    ways = {offer.connection for offer in sold if offer.connection}
    place: dict[str, Any] = (
        {"connection__in": ways}
        if ways
        else {"connection": None, "marketplace__in": {offer.marketplace for offer in sold}}
    )
    rows = TierConfig.objects.filter(among("account_id", accounts), product__in=products, **place)
    still_open = Q(requests__state__in=TierConfigRequest.OPEN)
    rows = rows.alias(opened=FilteredRelation("requests", condition=still_open))
    read = ("account", "product", "tier_level", "connection", "marketplace", "pk", "state")
    asked = ("configured_at", "opened__creator", *(f"opened__{name}" for name in OPENED))
    found: dict[Key, Standing] = {}
    for account, product, level, way, market, pk, state, *rest in rows.values_list(*read, *asked):
        configured, creator, *values = rest
        opened = None if configured else _opened(actor, creator, values)
        if state == TierConfig.State.DRAFT and opened is None:
            continue
        key = (account, product, level, way, None if way else market)
        found[key] = Standing(Config(pk, configured is not None), opened)
    return found


def _opened(actor: Actor, creator: str | None, values: list[Any]) -> Opened | None:
    """The open request; nothing for who does not see a draft."""
    request = Opened(*values)
    everybody = actor.role in (ADMIN, SYSTEM)
    if request.state == DRAFT and not everybody and (creator or "") != actor.partner_id:
        return None
    return request if request.pk else None


def _with_holders(found: Matrix, actor: Actor) -> Matrix:
    """Name who holds what is under way; two queries for each CHUNK of configurations."""
    waiting = {key: cell.held_by for key, cell in found.items() if cell.held_by}
    # What these are parked on is asked for at once.
    parked = {
        need.config.pk
        for key in waiting
        for need in found[key].needs
        if need.open_request is not None and need.config.pk != waiting[key]
    }
    ids = sorted({*waiting.values(), *parked})
    links: dict[str, list[Link]] = {}
    for start in range(0, len(ids), CHUNK):
        links |= config_chains(ids[start : start + CHUNK], actor)
    for key, config in waiting.items():
        chain = links.get(config, [])
        found[key] = replace(found[key], holder=chain[-1] if chain else None)
    return found
