"""What must hold before an account is written, and who may write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import actors
from ..actors import Actor
from ..errors import field_error
from ..models import AccountAccess, Hub, Marketplace, Partner, TierAccount
from ..permissions import any_of, by_distributor, by_preview_owner, by_reseller

#: Who may create below, edit and move an account (domain 1.3).
may_write: Any = any_of(by_distributor, by_reseller, by_preview_owner)
#: Who may make an account the top of a tree of its own, and take it out of use.
may_uproot: Any = any_of(by_distributor, by_preview_owner)
may_decommission = may_uproot
PREVIEW = TierAccount.Environment.PREVIEW
#: Levels of a tree. Channels have about five; pages draw a way from the top as nested lists.
LEVELS = 50


def mastered(account: TierAccount) -> bool:
    """Whether the account is kept by its hub, so that nobody edits it here."""
    return account.hub is not None and account.hub.type == Hub.Type.COMMERCE


def check_open(node: TierAccount, *, by_hub: bool = False) -> None:
    """Raise ValidationError when the account can no longer, or not here, be changed.

    `by_hub` says that it is the account's own hub that changes it.
    """
    if node.decommissioned_at is not None:
        raise ValidationError(
            _("This account was decommissioned; it can no longer be changed."), code="ended"
        )
    if mastered(node) and not by_hub:
        raise ValidationError(
            _("The hub is the master of this account; change it there."), code="mastered"
        )


def check_may_create(
    actor: Actor,
    provider: Partner,
    parent: TierAccount | None,
    environment: str = TierAccount.Environment.PRODUCTION,
) -> None:
    """Raise PermissionDenied unless the actor may create below `parent`, None for a new tree.

    A vendor creates preview accounts of the distributors that list its products, no others; they
    hang below preview resellers of its own.
    """
    if actor.role in (actors.ADMIN, actors.SYSTEM):
        return
    if actor.role == actors.DISTRIBUTOR and actor.may_act and actor.partner == provider:
        return
    if actor.role == actors.VENDOR:
        own = parent is None or by_preview_owner(parent, actor)
        if own and actor.may_act and environment == PREVIEW and _sells_through(actor, provider):
            return
    if parent is not None and environment != PREVIEW and by_reseller(parent, actor):
        return
    raise PermissionDenied


def _sells_through(vendor: Actor, provider: Partner) -> bool:
    return Marketplace.objects.visible_to(vendor).filter(owner=provider).exists()


def check_environment(environment: str, parent: TierAccount | None) -> None:
    """Raise ValidationError where preview accounts and others would mix in a tree."""
    preview = environment == PREVIEW
    if parent is not None and preview != (parent.environment == PREVIEW):
        text = (
            _("A preview account hangs below preview resellers only.")
            if preview
            else _("Below a preview reseller there are preview accounts only.")
        )
        raise field_error("parent", text, "environment")


def check_hub(hub: Hub | None, provider: Partner, environment: str, actor: Actor) -> None:
    """Raise ValidationError unless the actor may create accounts of this hub."""
    if hub is None:
        return
    if hub.provider_id != provider.pk:
        raise ValidationError({"hub": _("Choose one of your own hubs.")})
    if environment == PREVIEW:
        raise ValidationError({"hub": _("A preview account has no hub.")})
    if hub.type != Hub.Type.API and actor.role not in (actors.ADMIN, actors.SYSTEM):
        raise ValidationError({"hub": _("This hub creates its accounts itself; choose another.")})


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


def check_depth(parent: TierAccount | None, height: int = 1) -> None:
    """Raise ValidationError when a tree of `height` levels below `parent` would go too deep."""
    if parent is not None and parent.level + 1 + height > LEVELS:
        raise field_error("parent", too_deep(), "depth")


def too_deep() -> str:
    return _("A tree has at most %(n)d levels; choose a parent further up.") % {"n": LEVELS}


def _height(node: TierAccount) -> int:
    """Levels of the subtree, the account's own included."""
    subtree = TierAccount._base_manager.filter(
        tree_id=node.tree_id, lft__gte=node.lft, rght__lte=node.rght
    )
    deepest: int = subtree.aggregate(deepest=Max("level"))["deepest"]
    return deepest - node.level + 1


def check_move(node: TierAccount, target: TierAccount | None, actor: Actor) -> None:
    """Raise ValidationError for a place the account cannot have, PermissionDenied for a new tree
    that is not the actor's to begin. Both accounts were read under the tree lock."""
    if target is None:
        if not may_uproot(node, actor):
            raise PermissionDenied
        return
    if target.pk == node.pk or target.is_descendant_of(node):
        raise ValidationError(
            {"parent": _("An account cannot be moved below itself; choose another parent.")}
        )
    if not may_write(target, actor):
        raise ValidationError({"parent": _("Choose one of your own resellers.")})
    check_environment(node.environment, target)
    check_depth(target, _height(node))


def check_type_switch(node: TierAccount, new_type: str) -> None:
    """Raise ValidationError when what depends on the reseller forbids to make it a customer."""
    if new_type == node.type or new_type == TierAccount.Type.RESELLER:
        return
    above = node.participations.filter(tier__gt=0, live=True)
    refuse_switch(
        node.children.order_by().count(),
        above.values("source").distinct().count(),
        AccountAccess.objects.operations().filter(account=node).exists(),
    )


def refuse_switch(children: int, sources: int, operated: bool) -> None:
    """Raise ValidationError when a reseller with so many children, and so many subscriptions and
    configurations in which it is tier 1 or tier 2, or one that a partner operates, cannot become
    a customer."""
    if children:
        text = ngettext(
            "%(n)d account hangs below this reseller; move it to another one first.",
            "%(n)d accounts hang below this reseller; move them to another one first.",
            children,
        )
        raise field_error("type", text % {"n": children}, "children")
    if sources:
        text = ngettext(
            "This reseller is tier 1 or tier 2 of %(n)d live subscription or configuration; as "
            "long as that runs it stays a reseller. Add the customer as an account of its own.",
            "This reseller is tier 1 or tier 2 of %(n)d live subscriptions and configurations; as "
            "long as those run it stays a reseller. Add the customer as an account of its own.",
            sources,
        )
        raise field_error("type", text % {"n": sources}, "takes_part")
    if operated:
        text = _("A reseller operates this account; that access has to end first.")
        raise field_error("type", text, "operated")


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
            errors[name] = not_unique()
    if errors:
        raise ValidationError(errors)


def taken(error: IntegrityError) -> Exception:
    """The field error for a number that a concurrent writer took first; else the error itself."""
    text = str(error)
    for name in ("external_id", "external_uid"):
        if name in text:
            return ValidationError({name: not_unique()})
    return error


def not_unique() -> str:
    return _("This is taken already; it must be unique.")
