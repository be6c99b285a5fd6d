"""What a move would do, in words: a table of the place and its tiers, and lines with names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actors import VENDOR, Actor
from customers.models import TierAccount
from customers.services.moves import Effects
from fulfillment.models import FulfillmentRequest
from tierconfig.models import TierConfigRequest

from ..states import DONE, PARKED, STOP, WAITING, badge
from .differences import Row
from .seen import named

#: Names in one line; what is more is counted.
NAMED = 5
#: Open requests listed of each kind.
LISTED = 10


@dataclass(frozen=True)
class Line:
    """One consequence; `css` is its meaning (states.py), `links` lead to what it is about."""

    text: str
    css: str = ""
    links: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Touched:
    """Open orders and configuration requests of a subtree, as far as the actor sees them.

    `mark` differs whenever one of them was added, closed or written.
    """

    orders: list[Any]
    setups: list[Any]
    counts: tuple[int, int]
    mark: str


def rows(effects: Effects, actor: Actor) -> list[Row]:
    """The place of the account and the tiers of future orders, now and afterwards."""
    account = effects.account
    if actor.role == VENDOR:
        _unname(effects, actor)
    found = [
        _row(_("Parent"), _parent(account.parent), _parent(effects.parent)),
        _row(_("Level"), *map(str, effects.levels)),
    ]
    for chain in effects.chains:
        labels = (_("Tier 1 of its new orders"), _("Tier 2 of its new orders"))
        if chain.below:
            only = ngettext(
                "Tier 2 of new orders of the %(n)d account directly below",
                "Tier 2 of new orders of the %(n)d accounts directly below",
                chain.count,
            )
            found.append(
                _row(only % {"n": chain.count}, _tier(chain.before[1]), _tier(chain.after[1]))
            )
            continue
        found += [
            _row(label, _tier(before), _tier(after))
            for label, before, after in zip(labels, chain.before, chain.after, strict=True)
        ]
    return found


def lines(effects: Effects, touched: Touched, actor: Actor, url: Callable[..., str]) -> list[Line]:
    """All other consequences, each counted and named."""
    return [
        Line(_moving(effects, actor)),
        *_asking(effects),
        *(_seeing(effects) if actor.role != VENDOR else []),
        *_waiting(touched, url),
    ]


def touched(effects: Effects, actor: Actor) -> Touched:
    """What is open in the subtree. Three queries when nothing is."""
    orders = _open(FulfillmentRequest, "subscription__customer", effects.account, actor)
    setups = _open(TierConfigRequest, "configuration__account", effects.account, actor)
    marks, counts, listed = [], [], []
    for found, related in (
        (orders, ("subscription__product", "subscription__customer")),
        (setups, ("configuration__product", "configuration__account")),
    ):
        sums = found.aggregate(n=Count("pk"), revisions=Sum("revision"))
        counts.append(sums["n"])
        marks.append(f"{sums['n']}-{sums['revisions'] or 0}")
        ordered = found.select_related(*related).order_by("created_at", "pk")
        listed.append(list(ordered[:LISTED]) if sums["n"] else [])
    return Touched(listed[0], listed[1], (counts[0], counts[1]), ".".join(marks))


def _open(model: Any, path: str, account: TierAccount, actor: Actor) -> QuerySet[Any]:
    return model.objects.visible_to(actor).filter(
        **{
            "state__in": model.OPEN,
            f"{path}__tree_id": account.tree_id,
            f"{path}__lft__gte": account.lft,
            f"{path}__rght__lte": account.rght,
        }
    )


def _unname(effects: Effects, actor: Actor) -> None:
    """A vendor moves previews of its own, and reads no names of accounts it does not see."""
    tiers = [each for c in effects.chains for each in (*c.before, *c.after) if each is not None]
    told = named(actor, {each.pk for each in tiers})
    for each in tiers:
        if each.pk not in told:
            each.name = _("A reseller that is not named to you")


def _row(label: str, before: str, after: str) -> Row:
    return Row(label, before, after, before != after)


def _parent(account: TierAccount | None) -> str:
    return account.name if account else _("None, top of its tree")


def _tier(account: TierAccount | None) -> str:
    return account.name if account else _("None")


def _moving(effects: Effects, actor: Actor) -> str:
    name, below = effects.account.name, effects.moved - 1
    if not below:
        return _("%(name)s moves; nothing hangs below it.") % {"name": name}
    children = TierAccount.objects.visible_to(actor).filter(parent=effects.account)
    names = list(children.order_by("name", "pk").values_list("name", flat=True)[:NAMED])
    own = int(effects.account.type == TierAccount.Type.CUSTOMER)
    customers = effects.customers - own
    parts = [
        ngettext("%(n)d reseller", "%(n)d resellers", below - customers) % {"n": below - customers},
        ngettext("%(n)d customer", "%(n)d customers", customers) % {"n": customers},
    ]
    text = ngettext(
        "%(name)s moves with %(n)d account below it (%(parts)s): %(names)s",
        "%(name)s moves with %(n)d accounts below it (%(parts)s): %(names)s",
        below,
    )
    counted = {"name": name, "n": below, "parts": ", ".join(parts)}
    return text % {**counted, "names": _some(names, below)}


def _asking(effects: Effects) -> list[Line]:
    if not effects.asked:
        return [Line(_("No product uses this account, so no vendor is asked."), DONE)]
    pending = _("%(product)s: a request to %(vendor)s, pending.")
    closed = _("%(product)s: a request to %(vendor)s, unsupported; the vendor is not asked.")
    ordered = sorted(effects.asked, key=lambda each: (not each.tier_accounts_sync, each.name))
    return [
        Line(
            (pending if product.tier_accounts_sync else closed)
            % {"product": product.name, "vendor": product.owner.name},
            WAITING if product.tier_accounts_sync else "",
        )
        for product in ordered
    ]


def _seeing(effects: Effects) -> list[Line]:
    found = []
    if effects.losing:
        names = _some([partner.name for partner in effects.losing], len(effects.losing))
        text = _("No longer sees it, nor what is below it, from then on: %(names)s")
        found.append(Line(text % {"names": names}, STOP))
    if effects.gaining:
        names = _some([partner.name for partner in effects.gaining], len(effects.gaining))
        text = _("Sees it, and what is below it, from then on: %(names)s")
        found.append(Line(text % {"names": names}, DONE))
    return found


def _waiting(touched: Touched, url: Callable[..., str]) -> list[Line]:
    found = []
    orders, setups = touched.counts
    if orders:
        text = ngettext(
            "%(n)d open order of these accounts goes on with the tiers it has.",
            "%(n)d open orders of these accounts go on with the tiers they have.",
            orders,
        )
        links = [
            _link(row.pk, row.subscription.customer, url("order-detail", row.pk), row)
            for row in touched.orders
        ]
        found.append(Line(_more(text, orders), PARKED, links))
    if setups:
        text = ngettext(
            "%(n)d open configuration request of these accounts goes on as it is.",
            "%(n)d open configuration requests of these accounts go on as they are.",
            setups,
        )
        links = [
            _link(row.pk, row.configuration.account, url("config-request-detail", row.pk), row)
            for row in touched.setups
        ]
        found.append(Line(_more(text, setups), PARKED, links))
    if not found:
        found.append(Line(_("No open order or configuration request is touched."), DONE))
    return found


def _link(pk: str, account: TierAccount, url: str, row: Any) -> dict[str, Any]:
    return {"pk": pk, "name": account.name, "url": url, "badge": badge(row)}


def _more(text: str, count: int) -> str:
    if count <= LISTED:
        return text % {"n": count}
    return text % {"n": count} + " " + _("The oldest %(n)d:") % {"n": LISTED}


def _some(names: Iterable[str], total: int) -> str:
    shown = list(names)[:NAMED]
    more = total - len(shown)
    if more > 0:
        shown.append(_("and %(n)d more") % {"n": more})
    return ", ".join(shown)
