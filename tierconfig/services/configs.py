"""What is begun by hand: setups without an order, changes, adjustments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers import trees
from customers.actors import RESELLER, VENDOR, Actor
from customers.lifecycle import check_revision, hold, write
from customers.models import Connection, Marketplace, Product, TierAccount
from customers.permissions import by_distributor, by_reseller, by_vendor
from customers.standstill import keep_still

from .. import judging, parameters
from ..models import Template, TierConfig, TierConfigRequest
from ..parameters import D, Values
from ..presentation import Presented, presented
from . import openings
from .births import (
    create_request,
    create_setup,
    ensure_config,
    find_config,
    get_or_create,
)
from .needs import read_needs
from .processing import check_template
from .requests import approve_request

__all__ = [
    "adjust_config",
    "begin_setup",
    "change_offer",
    "create_request",
    "ensure_config",
    "find_config",
    "may_request_change",
    "request_change",
    "save_and_apply",
]

State = TierConfigRequest.State
Type = TierConfigRequest.Type


@trees.in_tree_transaction
def begin_setup(
    *,
    product: Product,
    account: TierAccount,
    tier_level: int,
    connection: Connection | None,
    marketplace: Marketplace | None,
    actor: Actor,
    values: Mapping[str, Any] | None = None,
    notes: str = "",
) -> TierConfigRequest:
    """Begin the setup of a configuration without an order (7.42); without a connection in preview.

    A tier 1 setup ensures the tier 2 configuration above it, as an order does. Where the product
    validates setups it is a draft of the actor's partner, and tier 2 is ensured when it is
    submitted. Locks the account's tree (shared), then the configurations, tier 2 first. Raises
    PermissionDenied and ValidationError: by field, or with code "configured" or "open_request"
    and the id in its params.
    """
    fresh = trees.lock_accounts(account.pk, shared=True)[account.pk]
    openings.check_opener(fresh, product, actor)
    keep_still([product.pk])
    openings.check_opening(product, fresh, tier_level, connection, marketplace)
    tiers = (fresh, fresh.parent) if tier_level == 1 else (None, fresh)
    needs = {each.tier_level: each for each in read_needs(product, tiers, connection, marketplace)}
    openings.check_need(needs.get(tier_level), actor)
    place: dict[str, Any] = {
        "product": product,
        "connection": connection,
        "marketplace": marketplace,
    }
    draft = product.validates_setups
    parent = None
    if 2 in needs and tier_level == 1 and not draft:
        above = needs[2].account
        parent = ensure_config(actor=actor, account=above, tier_level=2, **place)
    config = get_or_create(account=fresh, tier_level=tier_level, draft=draft, **place)
    openings.check_free(config, actor)
    return create_setup(
        config,
        actor=actor,
        parent=parent,
        values=values or {},
        notes=notes,
        draft=draft,
        by_hand=True,
    )


def may_request_change(config: TierConfig, actor: Actor) -> bool:
    """Vendor, distributor, or the reseller that operates the account."""
    return by_vendor(config, actor) or by_distributor(config, actor) or by_reseller(config, actor)


@transaction.atomic
def request_change(
    config: TierConfig,
    *,
    actor: Actor,
    values: Mapping[str, Any],
    notes: str = "",
    revision: int | None = None,
) -> TierConfigRequest:
    """Ask for other values of an active configuration; only what differs travels.

    A reseller changes ordering parameters that have a value; nobody while a request is open. An
    optional value may be cleared: it travels as a blank one. Where the product validates updates
    it is a draft, unless the vendor itself asks. Locks the configuration. Raises
    PermissionDenied, StaleForm, and ValidationError: with errors by parameter name, or with code
    "open_request", "state" or "no_change".
    """
    held = hold(config)
    if not may_request_change(held, actor):
        raise PermissionDenied
    openings.check_active(held, actor)
    check_revision(held, revision)
    changed = changes(held, actor, values)
    draft = held.product.validates_updates and actor.role != VENDOR
    if not draft:
        write(held, "process", actor=Actor.system())
    return create_request(held, Type.UPDATE, actor=actor, params=changed, notes=notes, draft=draft)


@transaction.atomic
def adjust_config(
    config: TierConfig,
    *,
    actor: Actor,
    values: Mapping[str, Any],
    template: Template | None = None,
    notes: str = "",
    revision: int | None = None,
) -> TierConfigRequest:
    """The vendor corrects an active configuration: a pending adjustment assigned to it (7.25).

    `template` is kept for the approval. Raises as request_change does.
    """
    held = hold(config)
    if not by_vendor(held, actor):
        raise PermissionDenied
    openings.check_active(held, actor)
    check_revision(held, revision)
    changed = changes(held, actor, values)
    write(held, "process", actor=Actor.system())
    request = create_request(held, Type.ADJUSTMENT, actor=actor, params=changed, notes=notes)
    if template is not None:
        request.template = check_template(template, request, request.template_type)
        request.save()
    return request


@transaction.atomic
def save_and_apply(
    config: TierConfig,
    *,
    actor: Actor,
    values: Mapping[str, Any],
    template: Template | None,
    effective_date: datetime | None = None,
    revision: int | None = None,
) -> TierConfigRequest:
    """Adjust and approve in one step. Raises as adjust_config and approve_request do."""
    request = adjust_config(
        config, actor=actor, values=values, template=template, revision=revision
    )
    return approve_request(request, actor=actor, template=template, effective_date=effective_date)


def change_offer(config: TierConfig, actor: Actor) -> list[Presented]:
    """The parameters this actor may ask to change, as they count now; readonly ones are shown."""
    now = presented(config.definitions(), config.params)
    return list(offer_of(config, actor)(now, config.params))


def offer_of(config: TierConfig, actor: Actor) -> judging.Offer:
    """Which parameters this actor may ask to change: the vendor all of them."""
    if actor.role == RESELLER:
        return parameters.changeable
    return _all if by_vendor(config, actor) else parameters.askable


def changes(
    config: TierConfig, actor: Actor, values: Mapping[str, Any]
) -> dict[str, parameters.Stored]:
    """What differs, complete; ValidationError by parameter name, or with code "no_change"."""
    judged = judging.judge(
        config.definitions(),
        config.params,
        values,
        offer=offer_of(config, actor),
        vendor=by_vendor(config, actor),
    )
    judged.check_complete()
    changed = parameters.differences(config.params, judged.values)
    if not changed:
        raise ValidationError(_("Nothing was changed."), code="no_change")
    return changed


def _all(definitions: Iterable[D], values: Values) -> list[D]:
    return list(definitions)
