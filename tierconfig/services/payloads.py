"""A configuration request as JSON, in the names of the field (domain 2.7, 2.14, 2.15)."""

from __future__ import annotations

from typing import Any

from customers.actors import VENDOR, Actor
from customers.models import Partner, TierAccount

from .. import parameters
from ..models import Parameter, TierConfig, TierConfigRequest
from ..presentation import Presented, presented

#: The connection of previews, which is no row (decision 6).
NO_CONNECTION = {"id": "CT-0000-0000-0000", "type": "preview"}
#: What is told of a stored value.
SHOWN = ("value", "structured_value", "value_error", "structured_error")
#: As it is defined, or as it counts for one request.
Definition = Parameter | Presented


def of_request(request: TierConfigRequest, values: parameters.Values) -> dict[str, Any]:
    """The request with `values` for all its parameters, passwords included: the vendor's own.

    The account above is there once the vendor works with it (decision 4), else None.
    """
    config = request.configuration
    own = presented(request.definitions(), values, request.presentation)
    account = reference(config.account)
    tiers = {"tier1": _tier(request, request.tier1), "tier2": _tier(request, request.tier2)}
    found: dict[str, Any] = {
        "id": request.pk,
        "type": request.type,
        "status": request.state,
        "configuration": {
            "id": config.pk,
            "name": config.name,
            "account": account,
            "product": {"id": config.product_id, "name": config.product.name},
            "tier_level": config.tier_level,
            "connection": connection(config),
            "params": [param(each, config.params.get(each.name)) for each in own if config.params],
            "status": config.state,
            "tiers": tiers,
        },
        "params": [param(each, values.get(each.name)) for each in own],
        "environment": request.environment,
        "notes": request.notes,
        "tiers": tiers,
        "events": {"created": {"at": request.created_at.isoformat(timespec="seconds")}},
    }
    if config.marketplace_id:
        found["configuration"]["marketplace"] = {"id": config.marketplace_id}
    if request.parent_configuration_id:
        found["parent_configuration"] = {"id": request.parent_configuration_id}
    return found


def _tier(request: TierConfigRequest, account: TierAccount | None) -> dict[str, Any] | None:
    config = request.configuration
    if account is None or account.pk == config.account_id:
        return reference(account) if account else None
    return reference(account) if works_with(config.product.owner, account) else None


def works_with(vendor: Partner, account: TierAccount) -> bool:
    """Whether the vendor sees the account, as it does once that takes part in something of its."""
    seen = TierAccount.objects.visible_to(Actor(role=VENDOR, partner=vendor))
    return seen.filter(pk=account.pk).exists()


def param(definition: Definition, stored: parameters.Stored | None) -> dict[str, Any]:
    """A value with what its definition says for this request.

    Values of subscriptions are there even when they are blank, with `name` and `value_choices`;
    others are absent until they are given (domain 2.7).
    """
    found: dict[str, Any] = {
        "id": definition.name,
        "title": definition.title,
        "description": definition.description,
        "hint": definition.hint,
        "type": definition.type,
        "scope": definition.scope,
        "phase": definition.phase,
        "constraints": _constraints(definition),
    }
    if definition.scope == "asset":
        found |= {"name": definition.name, "value": "", "value_error": ""}
        found["value_choices"] = found["constraints"].get("choices", [])
    if stored:
        found |= {key: stored[key] for key in SHOWN if key in stored}
    return found


def _constraints(definition: Definition) -> dict[str, Any]:
    own = definition.constraints
    found: dict[str, Any] = {
        "required": definition.required,
        "hidden": definition.hidden,
        "readonly": definition.readonly,
        "unique": definition.unique,
        "reconciliation": bool(own.get("reconciliation")),
    }
    found |= {key: own[key] for key in ("shared", "min_length", "max_length") if own.get(key)}
    if definition.choices:
        found["choices"] = [{"value": value, "label": label} for value, label in definition.choices]
    return found


def connection(config: TierConfig) -> dict[str, Any]:
    """The connection; the one of previews is no row (decision 6)."""
    found = config.connection
    if found is None:
        return dict(NO_CONNECTION)
    return {"id": found.pk, "type": found.type, "status": found.status}


def reference(account: TierAccount) -> dict[str, Any]:
    """An account by the ids its sides know it by."""
    return {
        "id": account.pk,
        "name": account.name,
        "external_id": account.external_id or "",
        "external_uid": account.external_uid or "",
        "tax_id": account.tax_id,
    }
