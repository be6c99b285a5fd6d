"""New accounts with those that get to see them, one or several: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from .. import trees
from ..actors import Actor
from ..models import AccountAccess, Hub, Partner, TierAccount
from .access import find_reseller, grant_access
from .accounts import create_account


@dataclass(frozen=True)
class NewAccount:
    """An account to be, as create_account takes it.

    `parent` is an account, the place of an earlier one of the same sequence, or None for the top
    of a new tree.
    """

    provider: Partner
    data: Mapping[str, Any]
    parent: TierAccount | int | None = None
    hub: Hub | None = None
    environment: str = TierAccount.Environment.PRODUCTION
    #: Ids of resellers that get to see this account, and no other.
    access: Sequence[str] = ()


@trees.in_tree_transaction
def create_new(new: NewAccount, *, actor: Actor) -> TierAccount:
    """The account; its parent is no place here. Raises what create_account and grant_access do."""
    return _create(new, None if isinstance(new.parent, int) else new.parent, actor)


@trees.in_tree_transaction
def create_accounts(wanted: Sequence[NewAccount], *, actor: Actor) -> list[TierAccount]:
    """The accounts in the order of `wanted`.

    Raises PermissionDenied, and ValidationError with `[place].field` for the fields of each.
    Locks the trees of all parents first, so that two lists in different order do not meet.
    """
    parents = [new.parent.pk for new in wanted if isinstance(new.parent, TierAccount)]
    trees.lock_accounts(*parents, new_tree=any(new.parent is None for new in wanted))
    made: list[TierAccount] = []
    for place, new in enumerate(wanted):
        parent = made[new.parent] if isinstance(new.parent, int) else new.parent
        try:
            made.append(_create(new, parent, actor))
        except ValidationError as error:
            raise _placed(place, error) from error
    return made


def _create(new: NewAccount, parent: TierAccount | None, actor: Actor) -> TierAccount:
    account = create_account(
        actor=actor,
        provider=new.provider,
        data=new.data,
        parent=parent,
        hub=new.hub,
        environment=new.environment,
    )
    for pk in new.access:
        try:
            partner = find_reseller(pk)
        except ValidationError as error:
            raise ValidationError({"access": error}) from error
        kind = AccountAccess.Kind.SEES
        grant_access(account, actor=actor, partner=partner, kind=kind)
    return account


def _placed(place: int, error: ValidationError) -> ValidationError:
    if not hasattr(error, "error_dict"):
        return error
    return ValidationError(
        {f"[{place}].{name}": errors for name, errors in error.error_dict.items()}
    )
