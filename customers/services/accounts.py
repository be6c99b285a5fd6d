"""Create, edit and move accounts. Tree writes happen here only, under the tree lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from types import EllipsisType
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from mptt.exceptions import InvalidMove

from .. import actors, identifiers, trees
from ..actors import Actor
from ..cleaning import clean_account
from ..events import record
from ..lifecycle import StaleForm, hold
from ..models import AccountVersion, Hub, Partner, TierAccount, TierAccountRequest
from ..permissions import any_of, by_distributor, by_reseller
from ..snapshots import changed_fields, snapshot
from .requests import raise_requests

_TRIES = 3
P = ParamSpec("P")
R = TypeVar("R")

#: Who may create below, edit and move an account (domain 1.3).
may_write: Any = any_of(by_distributor, by_reseller)


class NoChange(ValidationError):
    """The data given equal the data stored, so there is no new version and no request."""

    def __init__(self) -> None:
        super().__init__(_("Nothing was changed."), code="no_change")


def in_tree_transaction(function: Callable[P, R]) -> Callable[P, R]:
    """Run in a transaction of its own, again when a tree moved before its lock was granted.

    After three failures a ValidationError asks the caller to try again.
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        for _attempt in range(_TRIES):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except trees.TreeChanged:
                continue
        raise ValidationError(
            _("The hierarchy is being changed by somebody else; please try again."), code="busy"
        )

    return wrapper


@in_tree_transaction
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

    A reseller creates below accounts it operates only. Raises ValidationError (fields named),
    PermissionDenied.
    """
    values = clean_account(data)
    fresh = trees.lock_accounts(parent.pk if parent else None, new_tree=parent is None)
    target = fresh[parent.pk] if parent else None
    _check_may_create(actor, provider, target)
    _check_parent(values["type"], target, provider)
    if hub is not None and hub.provider_id != provider.pk:
        raise ValidationError({"hub": _("Choose one of your own hubs.")})
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
        raise _taken(error, values) from error
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
) -> tuple[TierAccount, list[TierAccountRequest]]:
    """Change an account; returns it fresh, with the requests that the change raised.

    `data` may be partial. `version` is the one the form was filled from. `parent` moves the
    account as part of the same change. Raises NoChange, StaleForm, PermissionDenied and
    ValidationError (fields named). Locks: the account row, and the trees when it moves or
    changes its type.
    """
    kind = data.get("type", account.type)
    if parent is ... and kind == account.type:
        with transaction.atomic():
            node = hold(account)
            if kind == node.type:  # what the caller read may be old
                return _edit(node, actor=actor, data=data, version=version)
    return _edit_in_tree(account, actor=actor, data=data, version=version, parent=parent)


def move_account(
    account: TierAccount, *, actor: Actor, parent: TierAccount | None, version: int | None = None
) -> tuple[TierAccount, list[TierAccountRequest]]:
    """Hang an account, with everything below it, under `parent` (None: its own tree)."""
    return edit_account(account, actor=actor, data={}, version=version, parent=parent)


@in_tree_transaction
def _edit_in_tree(
    account: TierAccount,
    *,
    actor: Actor,
    data: Mapping[str, Any],
    version: int | None,
    parent: Any,
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
    )


def _edit(
    node: TierAccount,
    *,
    actor: Actor,
    data: Mapping[str, Any],
    version: int | None,
    target: TierAccount | None = None,
    moving: bool = False,
) -> tuple[TierAccount, list[TierAccountRequest]]:
    if not may_write(node, actor):
        raise PermissionDenied
    if node.decommissioned_at is not None:
        raise ValidationError(_("This account was decommissioned and can no longer be edited."))
    if node.hub is not None and node.hub.type == Hub.Type.COMMERCE:
        raise ValidationError(_("The hub is the master of this account; edit it there."))
    values = clean_account(data, current=node)
    before = snapshot(node)
    new_type = values.get("type", node.type)
    if moving:
        _check_move(node, target, actor)
    if moving or new_type != node.type:
        _check_parent(new_type, target if moving else node.parent, node.provider)
    _check_type_switch(node, new_type)
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
        raise _taken(error, {}) from error
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


def _check_may_create(actor: Actor, provider: Partner, parent: TierAccount | None) -> None:
    if actor.role in (actors.ADMIN, actors.SYSTEM):
        return
    if actor.role == actors.DISTRIBUTOR and actor.may_act and actor.partner == provider:
        return
    if parent is not None and by_reseller(parent, actor):
        return
    raise PermissionDenied


def _check_parent(kind: str, parent: TierAccount | None, provider: Partner) -> None:
    if parent is None:
        if kind == TierAccount.Type.CUSTOMER:
            raise ValidationError({"parent": _("A customer needs a reseller as its parent.")})
        return
    # A parent of another distributor is answered like one that does not exist.
    if parent.provider_id != provider.pk:
        raise ValidationError({"parent": _("Choose one of your own resellers.")})
    if parent.type != TierAccount.Type.RESELLER:
        raise ValidationError({"parent": _("The parent must be a reseller.")})
    if parent.decommissioned_at is not None:
        raise ValidationError({"parent": _("This reseller was decommissioned; choose another.")})


def _check_move(node: TierAccount, target: TierAccount | None, actor: Actor) -> None:
    if target is None:
        if not by_distributor(node, actor):
            raise PermissionDenied
        return
    if target.pk == node.pk or target.is_descendant_of(node):
        raise ValidationError(
            {"parent": _("An account cannot be moved below itself; choose another parent.")}
        )
    if not may_write(target, actor):
        raise ValidationError({"parent": _("Choose one of your own resellers.")})


def _check_type_switch(node: TierAccount, new_type: str) -> None:
    if new_type == node.type or new_type == TierAccount.Type.RESELLER:
        return
    if node.children.exists():
        raise ValidationError(
            {"type": _("A reseller with accounts below it cannot become a customer.")}
        )
    if node.participations.filter(tier__gt=0, live=True).exists():
        raise ValidationError(
            {"type": _("This reseller takes part in subscriptions or configurations.")}
        )


def check_externals(
    provider: Partner, hub: Hub | None, values: Mapping[str, Any], node: TierAccount | None = None
) -> None:
    """Raise ValidationError (fields named) when another account has an external id of `values`.

    `node` is the account they are meant for, if it exists already.
    """
    errors = {}
    others = TierAccount._base_manager.filter(provider=provider, hub=hub)
    if node is not None:
        others = others.exclude(pk=node.pk)
    for name in ("external_id", "external_uid"):
        value = values.get(name)
        if value and others.filter(**{name: value}).exists():
            errors[name] = _("Another of your accounts has this already; it must be unique.")
    if errors:
        raise ValidationError(errors)


def _taken(error: IntegrityError, values: Mapping[str, Any]) -> Exception:
    """The field error for a unique constraint that a concurrent writer filled first."""
    text = str(error)
    for name in ("external_id", "external_uid"):
        if name in text:
            return ValidationError(
                {name: _("Another of your accounts has this already; it must be unique.")}
            )
    return error
