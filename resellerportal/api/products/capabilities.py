"""Capabilities of a product as the field nests them (domain 2.4.1), read and written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from customers.models import Product

from ..errors import ApiError

#: Where a switch of tierconfig.services.definitions.capabilities stands.
PATHS: dict[str, str] = {
    "cart.validation": "validates_orders",
    "inquiring.validation": "validates_order_inquiries",
    "tiers.updates": "tier_accounts_sync",
    "tiers.validation": "validates_setups",
    "tiers.configs.setup.inquiring_validation": "validates_setup_inquiries",
    "tiers.configs.update.validation": "validates_updates",
    "tiers.configs.update.inquiring_validation": "validates_update_inquiries",
    "subscription.hold": "administrative_hold",
    "subscription.change.editable_ordering_parameters": "editable_ordering_parameters",
    "subscription.change.editable_fulfillment_parameters": "editable_fulfillment_parameters",
    "subscription.change.validation": "validates_changes",
    "subscription.change.inquiring_validation": "validates_change_inquiries",
    "subscription.change.scheduling": "schedules_changes",
    "subscription.purchase.scheduling": "schedules_purchases",
    "subscription.suspend.scheduling": "schedules_suspends",
    "subscription.resume.scheduling": "schedules_resumes",
    "subscription.cancel.scheduling": "schedules_cancels",
}
LEVEL = "tiers.configs.level"
#: Names of the switches in errors.
FIELDS = {switch: f"capabilities.{path}" for path, switch in PATHS.items()} | {
    "authorization_level": f"capabilities.{LEVEL}"
}


class ConsumptionCapability(TypedDict):
    consumption: bool


class ValidationCapability(TypedDict):
    validation: bool


class SetupValidation(TypedDict):
    inquiring_validation: bool


class UpdateValidation(TypedDict):
    validation: bool
    inquiring_validation: bool


class TierConfigsCapability(TypedDict):
    """`level` is 1 or 2: the tiers whose resellers need an approved configuration."""

    level: int
    setup: SetupValidation
    update: UpdateValidation


class TiersCapability(TypedDict):
    """`updates` is Tier Accounts Sync; `configs` is null without Reseller Authorization."""

    updates: bool
    configs: TierConfigsCapability | None
    validation: bool


class SchedulingCapability(TypedDict):
    scheduling: bool


class ChangeCapability(TypedDict):
    editable_ordering_parameters: bool
    editable_fulfillment_parameters: bool
    validation: bool
    inquiring_validation: bool
    scheduling: bool
    simultaneous_adjustment: bool


class SubscriptionCapabilities(TypedDict):
    """`hold` is Administrative Hold."""

    hold: bool
    schema: str
    purchase: SchedulingCapability
    change: ChangeCapability
    suspend: SchedulingCapability
    resume: SchedulingCapability
    cancel: SchedulingCapability


class CapabilitiesShape(TypedDict):
    """There is no pay-as-you-go and no consumption here; what renews does so by itself."""

    ppu: None
    reservation: ConsumptionCapability
    cart: ValidationCapability
    inquiring: ValidationCapability
    tiers: TiersCapability
    subscription: SubscriptionCapabilities


def shown(product: Product) -> dict[str, Any]:
    configs = {
        "level": product.authorization_level,
        "setup": {"inquiring_validation": product.validates_setup_inquiries},
        "update": {
            "validation": product.validates_updates,
            "inquiring_validation": product.validates_update_inquiries,
        },
    }
    return {
        "ppu": None,
        "reservation": {"consumption": False},
        "cart": {"validation": product.validates_orders},
        "inquiring": {"validation": product.validates_order_inquiries},
        "tiers": {
            "updates": product.tier_accounts_sync,
            "configs": configs if product.authorization_level else None,
            "validation": product.validates_setups,
        },
        "subscription": {
            "hold": product.administrative_hold,
            "schema": "evergreen",
            "purchase": {"scheduling": product.schedules_purchases},
            "change": {
                "editable_ordering_parameters": product.editable_ordering_parameters,
                "editable_fulfillment_parameters": product.editable_fulfillment_parameters,
                "validation": product.validates_changes,
                "inquiring_validation": product.validates_change_inquiries,
                "scheduling": product.schedules_changes,
                "simultaneous_adjustment": False,
            },
            "suspend": {"scheduling": product.schedules_suspends},
            "resume": {"scheduling": product.schedules_resumes},
            "cancel": {"scheduling": product.schedules_cancels},
        },
    }


def wanted(sent: Any) -> dict[str, Any]:
    """Switches from what was sent; what names none is ignored. Raises ApiError by its path."""
    _check(sent, "")
    found = {}
    for path, switch in PATHS.items():
        value = _at(sent, path)
        if isinstance(value, bool):
            found[switch] = value
        elif value is not None:
            raise ApiError(_("capabilities.%(name)s: true or false is expected.") % {"name": path})
    tiers = sent.get("tiers") or {}
    if "configs" in tiers:
        found["authorization_level"] = _level((tiers["configs"] or {}).get("level"))
    return found


def _level(value: Any) -> int:
    if value is None or value is False:
        return 0
    if isinstance(value, int | str) and str(value) in ("0", "1", "2"):
        return int(value)
    raise ApiError(_("capabilities.%(name)s: 1, 2 or null is expected.") % {"name": LEVEL})


def _check(sent: Any, path: str) -> None:
    """Every branch on the way to a switch must be an object or null."""
    if not isinstance(sent, Mapping):
        place = f"capabilities.{path}".rstrip(".")
        raise ApiError(_("%(name)s: an object is expected.") % {"name": place})
    branches = {p.partition(".")[0] for p in _below(path) if "." in p}
    for name in branches:
        if sent.get(name) is not None:
            _check(sent[name], f"{path}.{name}".lstrip("."))


def _below(path: str) -> list[str]:
    start = f"{path}." if path else ""
    return [each.removeprefix(start) for each in (*PATHS, LEVEL) if each.startswith(start)]


def _at(sent: Mapping[str, Any], path: str) -> Any:
    value: Any = sent
    for part in path.split("."):
        value = (value or {}).get(part)
    return value
