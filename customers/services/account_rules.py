"""What must hold before an account is written, and who may write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from .. import actors
from ..actors import Actor
from ..models import Hub, Partner, TierAccount
from ..permissions import any_of, by_distributor, by_preview_owner, by_reseller

#: Who may create below, edit and move an account (domain 1.3).
may_write: Any = any_of(by_distributor, by_reseller, by_preview_owner)
may_decommission: Any = any_of(by_distributor, by_preview_owner)


def mastered(account: TierAccount) -> bool:
    """Whether the account is kept by its hub, so that nobody edits it here."""
    return account.hub is not None and account.hub.type == Hub.Type.COMMERCE


def check_open(node: TierAccount) -> None:
    """Raise ValidationError when the account can no longer, or not here, be changed."""
    if node.decommissioned_at is not None:
        raise ValidationError(
            _("This account was decommissioned; it can no longer be changed."), code="ended"
        )
    if mastered(node):
        raise ValidationError(
            _("The hub is the master of this account; change it there."), code="mastered"
        )


def check_may_create(actor: Actor, provider: Partner, parent: TierAccount | None) -> None:
    """Raise PermissionDenied unless the actor may create below `parent`, None for a new tree."""
    if actor.role in (actors.ADMIN, actors.SYSTEM):
        return
    if actor.role == actors.DISTRIBUTOR and actor.may_act and actor.partner == provider:
        return
    if parent is not None and by_reseller(parent, actor):
        return
    raise PermissionDenied


def check_parent(kind: str, parent: TierAccount | None, provider: Partner) -> None:
    """Raise ValidationError unless an account of type `kind` may hang under `parent`."""
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


def check_move(node: TierAccount, target: TierAccount | None, actor: Actor) -> None:
    """Raise ValidationError for a place the account cannot have, PermissionDenied for a new tree
    that is not the actor's to begin. Both accounts were read under the tree lock."""
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


def check_type_switch(node: TierAccount, new_type: str) -> None:
    """Raise ValidationError when what depends on the reseller forbids to make it a customer."""
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


def taken(error: IntegrityError) -> Exception:
    """The field error for a number that a concurrent writer took first; else the error itself."""
    text = str(error)
    for name in ("external_id", "external_uid"):
        if name in text:
            return ValidationError(
                {name: _("Another of your accounts has this already; it must be unique.")}
            )
    return error
