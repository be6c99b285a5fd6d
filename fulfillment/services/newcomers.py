"""Orders for companies that are not known yet: their accounts are created with the order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from customers.actors import Actor
from customers.models import Hub, Partner, TierAccount
from customers.services.accounts import create_account

from ..models import FulfillmentRequest
from .orders import create_purchase, draft_purchase
from .purchases import Purchase


@dataclass(frozen=True)
class Newcomer:
    """The data of a new account, type and external UUID included, as create_account takes them."""

    data: Mapping[str, Any]
    hub: Hub | None = None


@dataclass(frozen=True)
class Newcomers:
    """A new customer below `parent`, or below a new reseller which then hangs below `parent`, or
    below a new one `above` it, which does.

    Without a parent the uppermost new reseller begins a tree of its own.
    """

    provider: Partner
    parent: TierAccount | None
    environment: str
    customer: Newcomer
    reseller: Newcomer | None = None
    above: Newcomer | None = None


@transaction.atomic
def place_purchase(
    purchase: Purchase,
    *,
    actor: Actor,
    newcomers: Newcomers | None = None,
    draft: bool = False,
) -> FulfillmentRequest:
    """Place the order, or keep it as a draft; with `newcomers` for the customer created first.

    `purchase.customer` does not count then. All of it happens or nothing. Raises what
    create_account, create_purchase and draft_purchase do; errors of the data of new accounts are
    by `above.<field>`, `reseller.<field>` and `company.<field>`.
    """
    if newcomers is not None:
        purchase = replace(purchase, customer=_create(newcomers, actor))
    place = draft_purchase if draft else create_purchase
    return place(purchase, actor=actor)


def _create(wanted: Newcomers, actor: Actor) -> TierAccount:
    parent = wanted.parent
    if wanted.above is not None:
        parent = _account(wanted, wanted.above, parent, actor, "above")
    if wanted.reseller is not None:
        parent = _account(wanted, wanted.reseller, parent, actor, "reseller")
    return _account(wanted, wanted.customer, parent, actor, "company")


def _account(
    wanted: Newcomers, new: Newcomer, parent: TierAccount | None, actor: Actor, part: str
) -> TierAccount:
    try:
        return create_account(
            actor=actor,
            provider=wanted.provider,
            data=new.data,
            parent=parent,
            hub=new.hub,
            environment=wanted.environment,
        )
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        named = {f"{part}.{name}": errors for name, errors in error.error_dict.items()}
        raise ValidationError(named) from error
