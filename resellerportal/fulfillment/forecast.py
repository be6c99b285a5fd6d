"""What an order would set in motion, said before it is placed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Product, TierAccount
from fulfillment.services.purchases import Requirement
from tierconfig import judging, parameters
from tierconfig.parameters import Definition, Values

from .. import tiers
from ..chains import Url
from ..states import DONE, PARKED, WAITING, badge

Raw = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Effect:
    """One consequence; `css` is the meaning of the state it leads to."""

    text: str
    css: str


def effects(
    product: Product,
    customer: TierAccount,
    requirements: Iterable[Requirement],
    asset: Sequence[Definition],
    raw: Raw,
    seen: set[str],
    *,
    known: Values | None = None,
) -> list[Effect]:
    """What happens when the order is placed, in the order in which it happens.

    `asset` are the parameters of the subscription, `raw` the typed values by scope,
    `known` stored ones of the subscription. Addresses of
    accounts that are not in `seen` are not named.
    """
    rows = list(requirements)
    found: list[Effect] = []
    parked = False
    for row in rows:
        given = _judged(row.definitions, raw.get(row.scope, {})).values
        names = ", ".join(map(str, row.asked(given)))
        contact = _contact(row.account, row.account.pk in seen)
        effect = _tier(row, product, contact, names, below=parked)
        parked = parked or effect.css != DONE
        found.append(effect)
    judged = _judged(asset, raw.get("asset", {}), parameters.without_complaints(known or {}))
    return [*found, _order(customer, product, judged, parked)]


def created(accounts: Iterable[TierAccount]) -> list[Effect]:
    """Accounts that begin with the order, the upper one first."""
    text = _("The account of %(name)s is created.")
    return [Effect(text % {"name": account.name}, DONE) for account in accounts]


def checked(product: Product) -> list[Effect]:
    """The draft that comes first where the vendor's service looks at orders."""
    if not product.validates_orders:
        return []
    text = _(
        "A draft is made that nobody else sees, and the service of %(vendor)s checks its values. "
        "What follows happens when you submit it."
    )
    return [Effect(text % {"vendor": product.owner.name}, WAITING)]


def _tier(row: Requirement, product: Product, contact: str, names: str, *, below: bool) -> Effect:
    words = {
        "tier": row.tier_level,
        "name": row.account.name,
        "contact": contact,
        "asked": names,
        "vendor": product.owner.name,
    }
    if row.config is not None and row.config.configured:
        return Effect(
            _("%(name)s is configured for tier %(tier)d already; it is not asked again.") % words,
            DONE,
        )
    if not row.begins:
        text = _("The tier %(tier)d configuration of %(name)s is under way already.")
        return Effect(text % words, PARKED)
    begins = _("A tier %(tier)d configuration of %(name)s begins.") % words
    if below:
        then = (
            _("Once tier 2 is approved, %(contact)s is asked by e-mail for: %(asked)s.")
            if names
            else _("Once tier 2 is approved, %(vendor)s decides about it; nothing is asked.")
        )
        return Effect(f"{begins} {then % words}", PARKED)
    then = (
        _("%(contact)s is asked by e-mail for: %(asked)s.")
        if names
        else _("Nothing is asked; %(vendor)s decides about it.")
    )
    return Effect(f"{begins} {then % words}", WAITING)


def _order(customer: TierAccount, product: Product, judged: judging.Judged, parked: bool) -> Effect:
    lacking = parameters.missing(judged.parameters, judged.known, visible_ordering_only=True)
    names = ", ".join(map(str, lacking))
    words = {"contact": customer.contact_email, "asked": names, "vendor": product.owner.name}
    if parked:
        then = (
            _("Then %(contact)s is asked by e-mail for: %(asked)s.")
            if names
            else _("Then it goes to %(vendor)s.")
        )
        return Effect(_("The order waits until that is approved.") + " " + then % words, PARKED)
    if names:
        return Effect(_("%(contact)s is asked by e-mail for: %(asked)s.") % words, WAITING)
    return Effect(_("Nothing is asked: the order goes straight to %(vendor)s.") % words, DONE)


def _judged(
    own: Sequence[Definition], raw: Mapping[str, Any], known: Values | None = None
) -> judging.Judged:
    return judging.judge(own, known or {}, raw, offer=parameters.visible_ordering)


def _contact(account: TierAccount, seen: bool) -> str:
    if seen:
        return account.contact_email
    return _("the technical contact of %(name)s") % {"name": account.name}


def tiers_to_be(
    customer: TierAccount,
    needs: Iterable[Requirement],
    actor: Actor,
    url: Url,
    *,
    seen: set[str] | None = None,
) -> list[dict[str, Any]]:
    """Nodes for portal/_tiers.html of an order that is not placed yet, as the tree is now.

    `seen` as in tiers.nodes.
    """
    above = customer.parent
    chain = [(0, customer), (1, above), (2, above.parent if above else None)]
    badges = {need.account.pk: _standing(need) for need in needs}
    return tiers.nodes(chain, actor, url, current=customer.pk, badges=badges, seen=seen)


def _standing(need: Requirement) -> Any:
    """The state of a configuration, or that there is none."""
    if need.config is None:
        return format_html('<span class="sub">{}</span>', _("not configured yet"))
    return badge(need.config)
