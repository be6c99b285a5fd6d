"""Predicates for `@transition(permission=…)`: role, ownership and level, nothing else.

Each takes `(obj, actor)`. An administrator passes `by_vendor` and `by_distributor`, never
`by_reseller` (decision 5); the platform itself passes `by_system` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from . import actors
from .actors import Actor
from .visibility import operated_ids, seen_ids

if TYPE_CHECKING:
    from .models import TierAccount

    Operators = QuerySet[TierAccount]
else:
    Operators = QuerySet

Predicate = Callable[[Any, Actor], bool]
OPERATED = "operated objects"


def by_vendor(obj: Any, actor: Actor) -> bool:
    """The vendor of the object's product."""
    return _side(obj, actor, actors.VENDOR, "vendor_id")


def by_distributor(obj: Any, actor: Actor) -> bool:
    """The distributor whose account or connection the object belongs to."""
    return _side(obj, actor, actors.DISTRIBUTOR, "provider_id")


def by_reseller(obj: Any, actor: Actor) -> bool:
    """The acting partner operates one of `obj.operators()` at this moment."""
    if actor.role != actors.RESELLER or not actor.may_act:
        return False
    from .models import AccountAccess

    told: dict[Any, bool] | None = actor.memo.get(OPERATED)
    key = _key(obj)
    if told is not None and key in told:
        return told[key]
    own = getattr(obj, "operated_account_id", None)
    if told is not None and own:
        return own in operated_ids(actor)
    found = (
        AccountAccess.objects.operating(actor.partner).filter(account__in=obj.operators()).exists()
    )
    if told is not None:
        told[key] = found
    return found


@contextmanager
def asking_once(actor: Actor) -> Iterator[None]:
    """Within it, `by_reseller` reads once per object: for what is offered, never for what is done.

    Services ask afresh, under their locks: an access may end at any moment.
    """
    before = actor.memo.get(OPERATED)
    actor.memo[OPERATED] = {} if before is None else before
    try:
        yield
    finally:
        if before is None:
            del actor.memo[OPERATED]


def seen(obj: Any, actor: Actor, *, visible: bool = True) -> None:
    """Within `asking_once`: whether `visible_to` shows `obj` is known, so it needs no asking.

    A reseller sees by what it operates, but for accounts that are shown to it one by one.
    """
    told: dict[Any, bool] | None = actor.memo.get(OPERATED)
    if told is None or actor.role != actors.RESELLER or not hasattr(obj, "operators"):
        return
    if obj.pk not in seen_ids(actor):
        told[_key(obj)] = visible


def _key(obj: Any) -> tuple[Any, ...]:
    return type(obj), obj.pk


def by_preview_owner(obj: Any, actor: Actor) -> bool:
    """The vendor whose preview account this is (decision 2); being the creator gives no more."""
    return (
        actor.role == actors.VENDOR
        and actor.may_act
        and actor.partner is not None
        and obj.owner_id == actor.partner.pk
        and obj.environment == "preview"
    )


def by_administrator_of(product: Any, actor: Actor) -> bool:
    """An administrator of the product's vendor: capabilities are theirs to set (decision 5)."""
    return by_vendor(product, actor) and actor.level == actors.ADMINISTRATOR


def by_creator(obj: Any, actor: Actor) -> bool:
    """The partner that began the object (`obj.creator`); administrators stand in for it."""
    if actor.role == actors.ADMIN:
        return True
    if not actor.may_act or actor.partner is None:
        return False
    return bool(obj.creator_id == actor.partner.pk)


def by_creator_in_preview(obj: Any, actor: Actor) -> bool:
    """Who began a preview, usually the vendor; production and tests belong to the channel."""
    return obj.environment == "preview" and by_creator(obj, actor)


def by_distributor_in_preview(obj: Any, actor: Actor) -> bool:
    """The distributor, but only of a preview (decision 15)."""
    return obj.environment == "preview" and by_distributor(obj, actor)


def by_contact(obj: Any, actor: Actor) -> bool:
    """The holder of the inquiry link of exactly this object."""
    return actor.role == actors.CONTACT and actor.request_id == obj.pk


def by_owner(obj: Any, actor: Actor) -> bool:
    """The distributor or reseller the object itself belongs to (`obj.partner`); nobody else."""
    if actor.role not in (actors.DISTRIBUTOR, actors.RESELLER) or not actor.may_act:
        return False
    return actor.partner is not None and bool(obj.partner_id == actor.partner.pk)


def by_system(obj: Any, actor: Actor) -> bool:
    """The platform, as a consequence of another step."""
    return actor.role == actors.SYSTEM


def any_of(*predicates: Predicate) -> Predicate:
    """A predicate that holds when one of these does; it is named after them."""

    def allowed(obj: Any, actor: Actor) -> bool:
        return any(predicate(obj, actor) for predicate in predicates)

    allowed.__name__ = "_or_".join(predicate.__name__ for predicate in predicates)
    return allowed


def _side(obj: Any, actor: Actor, role: str, owner: str) -> bool:
    if actor.role == actors.ADMIN:
        return True
    if actor.role != role or not actor.may_act or actor.partner is None:
        return False
    return bool(getattr(obj, owner) == actor.partner.pk)
