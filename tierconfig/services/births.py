"""The birth of configurations and of their requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from customers import identifiers
from customers.actors import VENDOR, Actor
from customers.events import record
from customers.lifecycle import hold
from customers.models import (
    Connection,
    Event,
    Marketplace,
    Participation,
    Product,
    TierAccount,
)
from customers.services import participation

from .. import judging, parameters
from ..models import TierConfig, TierConfigRequest
from ..parameters import Stored
from .processing import begin_inquiry
from .requests import birth_state
from .submitting import submit_held
from .uniqueness import claim_for
from .updates import cleaned_notes

TRIES = 5
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

    Runs in the transaction of an order; tier 2 must be ensured before tier 1. A draft that is
    there is submitted (decision 13). `values` are raw ordering values for a setup that begins
    here; they are refused when none begins.
    """
    config = get_or_create(account, product, tier_level, connection, marketplace)
    open_request = config.requests.filter(state__in=TierConfigRequest.OPEN).first()
    if config.configured or open_request is not None:
        if any(values.values()) if values else False:
            raise ValidationError(
                _("The tier %(tier)s configuration exists already; its values are not asked again.")
                % {"tier": tier_level},
                code="configured",
            )
        if not config.configured and open_request and open_request.state == State.DRAFT:
            draft = hold(open_request)
            draft.configuration = config
            submit_held(draft, actor=Actor.system(), parent=parent)
        return config
    create_setup(config, actor=actor, parent=parent, values=values or {})
    return config


def create_setup(
    config: TierConfig,
    *,
    actor: Actor,
    parent: TierConfig | None = None,
    values: Mapping[str, Any],
    notes: str = "",
    draft: bool = False,
    by_hand: bool = False,
) -> TierConfigRequest:
    """Begin the setup of a held configuration with what the buying side sends for it."""
    judged = judging.judge(
        config.definitions(), config.params, values, offer=parameters.visible_ordering
    )
    return create_request(
        config,
        Type.SETUP,
        actor=actor,
        parent=parent,
        params=judged.values,
        notes=notes,
        draft=draft,
        by_hand=by_hand,
    )


def create_request(
    config: TierConfig,
    kind: str,
    *,
    actor: Actor,
    parent: TierConfig | None = None,
    params: Mapping[str, Stored],
    notes: str = "",
    draft: bool = False,
    by_hand: bool = True,
) -> TierConfigRequest:
    """The birth of a request on a held configuration: computes its state and records it.

    `params` are stored values. What the platform makes for an order is nobody's doing:
    `by_hand` is False. Raises ValidationError when a unique value is taken.
    """
    fields = _of_configuration(config) | {
        "type": kind,
        "parent_configuration": parent,
        "creator": actor.partner,
        "params": {
            name: stored for name, stored in params.items() if stored or config.params.get(name)
        },
        "notes": cleaned_notes(notes),
        "assignee": actor.user if actor.role == VENDOR else None,
    }
    # A protected state is taken at construction only.
    state = State.DRAFT if draft else birth_state(TierConfigRequest(**fields))
    request = TierConfigRequest(**fields, state=state)
    data = {"configuration": config.pk, "type": kind, "set": sorted(request.params)}
    if state == State.INQUIRING:
        data |= begin_inquiry(request)
    claim_for(request)
    request.save(force_insert=True)
    record(
        "tierconfigrequest.created",
        request,
        actor=actor if by_hand else Actor.system(),
        to_state=state,
        data=data,
    )
    return request


def _of_configuration(config: TierConfig) -> dict[str, Any]:
    """What a request takes over from its configuration."""
    tier1, tier2 = chain_of(config)
    return {
        "pk": next_id("TCR", config.pk, config.requests.values_list("pk", flat=True)),
        "configuration": config,
        "vendor_id": config.vendor_id,
        "provider_id": config.provider_id,
        "tier1": tier1,
        "tier2": tier2,
        "environment": config.environment,
    }


def get_or_create(
    account: TierAccount,
    product: Product,
    tier_level: int,
    connection: Connection | None,
    marketplace: Marketplace | None,
    *,
    draft: bool = False,
) -> TierConfig:
    """The configuration of this key, held; a new one is a draft on request.

    A draft takes part in nothing until it is submitted.
    """
    key = _key(account, product, tier_level, connection, marketplace)
    for attempt in range(TRIES):
        found = find_config(account, product, tier_level, connection, marketplace)
        try:
            if found is not None:
                return hold(found)
            return _create(key | {"marketplace": marketplace}, product, account, draft)
        except (IntegrityError, TierConfig.DoesNotExist):
            # Another one was first, or a draft was just discarded; that transaction has ended.
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def chain_of(config: TierConfig) -> tuple[TierAccount | None, TierAccount | None]:
    """(tier 1, tier 2) from the configuration's account upward."""
    account = config.account
    if config.tier_level == 2:
        return None, account
    return account, account.parent


def _create(
    fields: dict[str, Any], product: Product, account: TierAccount, draft: bool
) -> TierConfig:
    config: TierConfig = identifiers.insert(
        TierConfig,
        "TC",
        **fields,
        vendor_id=product.owner_id,
        provider_id=account.provider_id,
        state=TierConfig.State.DRAFT if draft else TierConfig.State.PROCESSING,
    )
    if not draft:
        participation.join(
            product,
            config.pk,
            Participation.Kind.CONFIGURATION,
            [(account, config.tier_level)],
        )
    record("tierconfig.created", config, actor=Actor.system(), to_state=config.state)
    return hold(config)


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


def next_id(prefix: str, holder: str, used: Iterable[str]) -> str:
    """The id of a new request of a held configuration or subscription: one above the highest
    ordinal `used`. A recorded request may have left a gap, a discarded draft left its events and is
    not reborn.
    """
    ordinal = max((int(pk.rsplit("-", 1)[1]) for pk in used), default=0) + 1
    start = f"{prefix}-{identifiers.digits(holder)}"
    while Event.objects.filter(object_id=f"{start}-{ordinal:03d}").exists():
        ordinal += 1
    return f"{start}-{ordinal:03d}"
