"""What waits for whom: few queries over three kinds of requests at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    F,
    Model,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.actors import ADMIN, DISTRIBUTOR, VENDOR, Actor
from customers.models import TierAccountRequest
from fulfillment.models import FulfillmentRequest
from tierconfig.models import TierConfigRequest

from .. import statements

#: Rows shown of what waits for me; rows read to say on whom the others wait.
SHOWN, READ = 8, 100


States = tuple[str, ...]
#: States in which the vendor has to act.
VENDORS = ("pending", "revoking", "scheduled")


@dataclass(frozen=True)
class Kind:
    """A kind of request; `page` is the model part of its URL names, paths lead from its row.

    `many` takes %(count)d; `since` is the start of the present state; `counter` is the account
    that is asked for an answer; `turns` are the states in which somebody has to act.
    """

    page: str
    label: Any
    one: Any
    many: Any
    icon: str
    model: type[Model]
    name: str
    product: str
    counter: str
    turns: States
    decided: States
    since: str = "state_since"


KINDS = {
    kind.page: kind
    for kind in (
        Kind(
            "request",
            gettext_lazy("Account requests"),
            gettext_lazy("Account request"),
            ngettext_lazy("%(count)d account request", "%(count)d account requests", "count"),
            "fa-users",
            TierAccountRequest,
            "account__name",
            "product__name",
            "account__name",
            ("pending",),
            ("accepted", "ignored"),
            "created_at",
        ),
        Kind(
            "config-request",
            gettext_lazy("Configuration requests"),
            gettext_lazy("Configuration request"),
            ngettext_lazy(
                "%(count)d configuration request", "%(count)d configuration requests", "count"
            ),
            "fa-sliders",
            TierConfigRequest,
            "configuration__account__name",
            "configuration__product__name",
            "configuration__account__name",
            ("pending", "inquiring"),
            ("approved", "failed"),
        ),
        Kind(
            "order",
            gettext_lazy("Orders"),
            gettext_lazy("Order"),
            ngettext_lazy("%(count)d order", "%(count)d orders", "count"),
            "fa-box-open",
            FulfillmentRequest,
            "subscription__customer__name",
            "subscription__product__name",
            "subscription__customer__name",
            ("pending", "inquiring", "revoking", "scheduled"),
            ("approved", "failed", "revoked"),
        ),
    )
}


def mine(actor: Actor) -> dict[str, States]:
    """States of rows the actor has to act on, by kind; `where` makes a condition of them.

    Vendors decide what is pending, what its distributor wants back, and what was planned for a
    day that has come; the buying side answers what is inquiring. Orders that were begun and not
    sent wait for whoever began them. A distributor is not asked for the values of its resellers.
    """
    if actor.role in (VENDOR, ADMIN):
        own = ("draft",) if actor.role == VENDOR else ()
        decide: States = ("pending", "revoking", "scheduled", *own)
        return {**dict.fromkeys(KINDS, ("pending",)), "order": decide}
    if actor.role == DISTRIBUTOR:
        return {"order": ("inquiring", "draft")}
    return {"config-request": ("inquiring",), "order": ("inquiring", "draft")}


def where(page: str, states: States) -> Q:
    """Rows of a kind in these states; of the planned orders those whose day has come."""
    if page == "order" and "scheduled" in states:
        return Q(state__in=states) & (~Q(state="scheduled") | Q(due=True))
    return Q(state__in=states)


def others(actor: Actor) -> dict[str, States]:
    """States of rows somebody else has to act on; what is parked waits for these."""
    turns = {page: set(kind.turns) - set(mine(actor).get(page, ())) for page, kind in KINDS.items()}
    return {page: tuple(sorted(states)) for page, states in turns.items() if states}


def visible(page: str, actor: Actor) -> QuerySet[Any]:
    return KINDS[page].model._default_manager.visible_to(actor)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Item:
    """A request that waits: for me, or for `party`."""

    page: str
    mine: bool
    pk: str
    name: str
    product: str
    party: str
    state: str
    since: datetime


def items(actor: Actor) -> list[Item]:
    """The oldest of what waits for me, and what waits longest for others; one query."""

    def build() -> QuerySet[Any]:
        parts = [_part(page, states, True, actor, SHOWN) for page, states in mine(actor).items()]
        parts += [_part(page, states, False, actor, READ) for page, states in others(actor).items()]
        return parts[0].union(*parts[1:], all=True)

    rows = statements.rows("items", actor, build)
    return sorted((Item(*row) for row in rows), key=lambda item: (item.since, item.pk))


def _part(page: str, states: States, own: bool, actor: Actor, limit: int) -> Any:
    """The oldest rows of one kind in columns all kinds share; slicing happens in a subquery,
    because SQLite takes no limit inside of a union."""
    kind = KINDS[page]
    rows = visible(page, actor).filter(where(page, states))
    oldest = rows.order_by(kind.since).values("pk")[:limit]
    text = CharField()
    return (
        kind.model._default_manager.filter(pk__in=oldest)
        .annotate(
            kind=Value(page, text),
            own=Value(own),
            named=F(kind.name),
            sold=F(kind.product),
            party=Case(
                When(state__in=VENDORS, then=F("vendor__name")),
                default=F(kind.counter),
                output_field=text,
            ),
            at=F(kind.since),
        )
        .values_list("kind", "own", "pk", "named", "sold", "party", "state", "at")
    )


@dataclass
class Party:
    """Somebody others wait for: how much of what, and since when."""

    name: str
    counts: dict[str, int]
    since: datetime

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def parties(rows: list[Item], limit: int = 6) -> list[Party]:
    """On whom what is not mine waits, the longest waiting first."""
    found: dict[str, Party] = {}
    for item in (row for row in rows if not row.mine):
        party = found.setdefault(item.party, Party(item.party, {}, item.since))
        party.counts[item.page] = party.counts.get(item.page, 0) + 1
    return sorted(found.values(), key=lambda party: party.since)[:limit]


def waiting(actor: Actor) -> dict[str, QuerySet[Any]]:
    """Rows the actor has to act on, by kind."""
    return {
        page: visible(page, actor).filter(where(page, states))
        for page, states in mine(actor).items()
    }


def longest_waiting(actor: Actor, page: str, cap: int) -> str:
    """The id of what of a kind has waited longest for the actor, "" for none.

    Read with the numbers of the rail, counted up to `cap`, which stand on every page.
    """

    def first() -> QuerySet[Any]:
        return waiting(actor)[page].order_by(KINDS[page].since, "pk")

    build = lambda: list(waiting(actor).values())  # noqa: E731
    *found, pk = statements.counts(("rail", page), actor, build, cap, first)
    actor.memo["queues"] = dict(zip(mine(actor), found, strict=True))
    return pk or ""
