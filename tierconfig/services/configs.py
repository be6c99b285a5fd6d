"""The birth of configurations and of the requests that set them up or change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers import identifiers
from customers.actors import RESELLER, VENDOR, Actor
from customers.events import record
from customers.lifecycle import check_revision, hold, write
from customers.models import Connection, Marketplace, Participation, Product, TierAccount
from customers.permissions import by_distributor, by_reseller, by_vendor
from customers.services import participation

from .. import parameters
from ..models import Parameter, TierConfig, TierConfigRequest
from .processing import begin_inquiry, check_complete
from .requests import birth_state

State = TierConfigRequest.State
Type = TierConfigRequest.Type


def find_config(
    account: TierAccount,
    product: Product,
    tier_level: int,
    connection: Connection | None,
    marketplace: Marketplace | None,
) -> TierConfig | None:
    """The one configuration of this key (decision 10), or None."""
    found: TierConfig | None = TierConfig.objects.filter(
        **_key(account, product, tier_level, connection, marketplace)
    ).first()
    return found


def ensure_config(
    *,
    actor: Actor,
    account: TierAccount,
    product: Product,
    tier_level: int,
    connection: Connection | None,
    marketplace: Marketplace | None,
    parent: TierConfig | None = None,
    values: Mapping[str, Any] | None = None,
) -> TierConfig:
    """The configuration of this key, held, with a setup under way unless it is configured.

    Runs in the transaction of an order; tier 2 must be ensured before tier 1. `values` are raw
    ordering values for a setup that begins here; they are refused when none begins.
    """
    config = _get_or_create(account, product, tier_level, connection, marketplace)
    open_request = config.requests.filter(state__in=TierConfigRequest.OPEN).first()
    if config.configured or open_request is not None:
        if any(values.values()) if values else False:
            raise ValidationError(
                _("The tier %(tier)s configuration exists already; its values are not asked again.")
                % {"tier": tier_level},
                code="configured",
            )
        return config
    given = values or {}
    parameters.clean_values(parameters.offered_to_buyer(config.definitions()), given)
    create_request(config, Type.SETUP, actor=actor, parent=parent, values=given)
    return config


def create_request(
    config: TierConfig,
    kind: str,
    *,
    actor: Actor,
    parent: TierConfig | None = None,
    values: Mapping[str, Any],
) -> TierConfigRequest:
    """The birth of a request on a held configuration: computes its state and records it."""
    cleaned = parameters.clean_values(config.definitions(), values)
    tier1, tier2 = _chain(config)
    fields: dict[str, Any] = {
        "pk": f"TCR-{identifiers.digits(config.pk)}-{_last_ordinal(config) + 1:03d}",
        "type": kind,
        "configuration": config,
        "parent_configuration": parent,
        "vendor_id": config.vendor_id,
        "provider_id": config.provider_id,
        "creator": actor.partner,
        "tier1": tier1,
        "tier2": tier2,
        "params": {
            name: stored for name, stored in cleaned.items() if stored or config.params.get(name)
        },
        "environment": config.environment,
        "assignee": actor.user if actor.role == VENDOR else None,
    }
    # A protected state is taken at construction only.
    state = birth_state(TierConfigRequest(**fields))
    request = TierConfigRequest(**fields, state=state)
    data: dict[str, Any] = {"configuration": config.pk, "type": kind}
    if state == State.INQUIRING:
        data |= begin_inquiry(request)
    request.save(force_insert=True)
    record(
        "tierconfigrequest.created",
        request,
        actor=Actor.system() if kind == Type.SETUP else actor,
        to_state=state,
        data=data,
    )
    return request


def _last_ordinal(config: TierConfig) -> int:
    """The highest ordinal used; a recorded or deleted request may have left a gap."""
    used = config.requests.values_list("pk", flat=True)
    return max((int(pk.rsplit("-", 1)[1]) for pk in used), default=0)


def may_request_change(config: TierConfig, actor: Actor) -> bool:
    """Vendor, distributor, or the reseller that operates the account."""
    return by_vendor(config, actor) or by_distributor(config, actor) or by_reseller(config, actor)


@transaction.atomic
def request_change(
    config: TierConfig, *, actor: Actor, values: Mapping[str, Any], revision: int | None = None
) -> TierConfigRequest:
    """Ask for other values of an active configuration; only what differs travels.

    A reseller changes ordering parameters that have a value; nobody while a request is open. An
    optional value may be cleared: it travels as a blank one. Locks the configuration. Raises
    PermissionDenied, StaleForm, and ValidationError: with errors by parameter name, or with code
    "open_request", "state" or "no_change".
    """
    held = hold(config)
    if not may_request_change(held, actor):
        raise PermissionDenied
    open_request = held.requests.filter(state__in=TierConfigRequest.OPEN).first()
    if open_request is not None:
        raise ValidationError(
            _("%(id)s is still open; wait until it is decided.") % {"id": open_request.pk},
            code="open_request",
        )
    if held.state != TierConfig.State.ACTIVE:
        raise ValidationError(_("Only an active configuration can be changed."), code="state")
    check_revision(held, revision)
    offered = change_offer(held, actor)
    cleaned = parameters.clean_changes(offered, values)
    check_complete(offered, {**held.params, **cleaned})
    changed = parameters.differences(held.params, cleaned)
    if not changed:
        raise ValidationError(_("Nothing was changed."), code="no_change")
    write(held, "process", actor=Actor.system())
    raw = {name: values[name] for name in changed}
    return create_request(held, Type.UPDATE, actor=actor, values=raw)


def change_offer(config: TierConfig, actor: Actor) -> list[Parameter]:
    """The parameters this actor may ask to change."""
    own = config.definitions()
    if actor.role == RESELLER:
        return parameters.changeable(own, config.params)
    return own if by_vendor(config, actor) else parameters.askable(own, config.params)


def _key(
    account: TierAccount,
    product: Product,
    tier_level: int,
    connection: Connection | None,
    marketplace: Marketplace | None,
) -> dict[str, Any]:
    key: dict[str, Any] = {"account": account, "product": product, "tier_level": tier_level}
    if connection is not None:
        return {**key, "connection": connection}
    return {**key, "connection": None, "marketplace": marketplace}


def _get_or_create(
    account: TierAccount,
    product: Product,
    tier_level: int,
    connection: Connection | None,
    marketplace: Marketplace | None,
) -> TierConfig:
    found = find_config(account, product, tier_level, connection, marketplace)
    if found is not None:
        return hold(found)
    key = _key(account, product, tier_level, connection, marketplace)
    try:
        config: TierConfig = identifiers.insert(
            TierConfig,
            "TC",
            **{**key, "marketplace": marketplace},
            vendor_id=product.owner_id,
            provider_id=account.provider_id,
        )
    except IntegrityError:
        # Another order was first; its transaction has ended, so the row is there to be held.
        config = TierConfig.objects.get(**key)
        return hold(config)
    participation.join(
        product, config.pk, Participation.Kind.CONFIGURATION, [(account, tier_level)]
    )
    record("tierconfig.created", config, actor=Actor.system(), to_state=config.state)
    return hold(config)


def _chain(config: TierConfig) -> tuple[TierAccount | None, TierAccount | None]:
    """(tier 1, tier 2) from the configuration's account upward."""
    account = config.account
    if config.tier_level == 2:
        return None, account
    return account, account.parent
