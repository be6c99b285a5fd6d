"""Create, edit and move accounts. Tree writes happen here only, under the tree lock."""

from __future__ import annotations

from collections.abc import Mapping
from types import EllipsisType
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from mptt.exceptions import InvalidMove

from .. import identifiers, trees
from ..actors import Actor
from ..cleaning import clean_account
from ..events import record
from ..lifecycle import StaleForm, hold
from ..models import AccountVersion, Hub, Partner, TierAccount, TierAccountRequest
from ..snapshots import changed_fields, snapshot
from .account_rules import (
    check_depth,
    check_environment,
    check_externals,
    check_hub,
    check_may_create,
    check_move,
    check_open,
    check_parent,
    check_type_switch,
    may_write,
    taken,
)
from .requests import raise_requests


class NoChange(ValidationError):
    """The data given equal the data stored, so there is no new version and no request."""

    def __init__(self) -> None:
        super().__init__(_("Nothing was changed."), code="no_change")


@trees.in_tree_transaction
def create_account(
    *,
    actor: Actor,
    provider: Partner,
    data: Mapping[str, Any],
    parent: TierAccount | None = None,
    hub: Hub | None = None,
    environment: str = TierAccount.Environment.PRODUCTION,
) -> TierAccount:
    """Create an account as the last child of `parent`, or as the root of a new tree.

    A reseller creates below accounts it operates only, a vendor preview accounts only. Raises
    ValidationError (fields named), PermissionDenied.
    """
    values = clean_account(data)
    fresh = trees.lock_accounts(parent.pk if parent else None, new_tree=parent is None)
    target = fresh[parent.pk] if parent else None
    check_may_create(actor, provider, target, environment)
    check_parent(values["type"], target, provider)
    check_depth(target)
    check_environment(environment, target)
    check_hub(hub, provider, environment, actor)
    check_externals(provider, hub, values)
    owner = actor.partner or provider
    try:
        account = identifiers.insert(
            TierAccount,
            "TA",
            parent=target,
            provider=provider,
            owner=owner,
            hub=hub,
            environment=environment,
            **values,
        )
    except IntegrityError as error:
        raise taken(error) from error
    _add_version(account)
    record("tieraccount.create", account, actor=actor, data={"version": 1})
    return account


def edit_account(
    account: TierAccount,
    *,
    actor: Actor,
    data: Mapping[str, Any],
    version: int | None = None,
    parent: TierAccount | EllipsisType | None = ...,
    by_hub: bool = False,
) -> tuple[TierAccount, list[TierAccountRequest]]:
    """Change an account; returns it fresh, with the requests that the change raised.

    `data` may be partial. `version` is the one the form was filled from. `parent` moves the
    account as part of the same change. `by_hub`: see check_open. Raises NoChange, StaleForm,
    PermissionDenied and ValidationError (fields named). Locks: the account row, and the trees
    when it moves or changes its type.
    """
    kind = data.get("type", account.type)
    if parent is ... and kind == account.type:
        with transaction.atomic():
            node = hold(account)
            if kind == node.type:  # what the caller read may be old
                return _edit(node, actor=actor, data=data, version=version, by_hub=by_hub)
    return _edit_in_tree(
        account, actor=actor, data=data, version=version, parent=parent, by_hub=by_hub
    )


def move_account(
    account: TierAccount, *, actor: Actor, parent: TierAccount | None, version: int | None = None
) -> tuple[TierAccount, list[TierAccountRequest]]:
    """Hang an account, with everything below it, under `parent` (None: its own tree)."""
    return edit_account(account, actor=actor, data={}, version=version, parent=parent)


@trees.in_tree_transaction
def _edit_in_tree(
    account: TierAccount,
    *,
    actor: Actor,
    data: Mapping[str, Any],
    version: int | None,
    parent: Any,
    by_hub: bool,
) -> tuple[TierAccount, list[TierAccountRequest]]:
    target_id = parent.pk if parent is not ... and parent else None
    fresh = trees.lock_accounts(account.pk, target_id, new_tree=parent is None)
    node = hold(fresh[account.pk])
    moving = parent is not ... and target_id != node.parent_id
    target = fresh[target_id] if target_id else None
    return _edit(
        node,
        actor=actor,
        data=data,
        version=version,
        target=target if moving else node.parent,
        moving=moving,
        by_hub=by_hub,
    )


def _edit(
    node: TierAccount,
    *,
    actor: Actor,
    data: Mapping[str, Any],
    version: int | None,
    target: TierAccount | None = None,
    moving: bool = False,
    by_hub: bool = False,
) -> tuple[TierAccount, list[TierAccountRequest]]:
    if not may_write(node, actor):
        raise PermissionDenied
    check_open(node, by_hub=by_hub)
    values = clean_account(data, current=node)
    before = snapshot(node)
    new_type = values.get("type", node.type)
    if moving:
        check_move(node, target, actor)
    if moving or new_type != node.type:
        check_parent(new_type, target if moving else node.parent, node.provider)
    check_type_switch(node, new_type)
    check_externals(node.provider, node.hub, values, node)
    for name, value in values.items():
        setattr(node, name, value)
    node.external_id = node.external_id or None
    if not values.get("external_uid", True):
        node.external_uid = before["external_uid"]
    if moving:
        node.parent = target
    changed = changed_fields(before, snapshot(node))
    if not changed:
        raise NoChange
    if version is not None and version != node.version:
        raise StaleForm
    return _store(node, changed, actor)


def _store(
    node: TierAccount, changed: list[str], actor: Actor
) -> tuple[TierAccount, list[TierAccountRequest]]:
    base = node.version
    node.version += 1
    node.updated_at = timezone.now()
    try:
        with transaction.atomic():
            node.save()
    except InvalidMove as error:
        raise ValidationError({"parent": str(error)}) from error
    except IntegrityError as error:
        raise taken(error) from error
    _add_version(node)
    verb = "tieraccount.move" if changed == ["parent_id"] else "tieraccount.edit"
    record(verb, node, actor=actor, data={"version": node.version, "changed": changed})
    return node, raise_requests(node, base_version=base, changed=changed, actor=actor)


def _add_version(account: TierAccount) -> None:
    AccountVersion.objects.create(
        account=account,
        number=account.version,
        data=snapshot(account),
        created_at=account.updated_at,
    )
