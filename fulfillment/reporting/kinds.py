"""The reports there are: their columns, parameters and rows.

Titles and their order are those of the field's report templates; other systems read them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import TierAccount
from tierconfig.models import TierConfig, TierConfigRequest

from ..models import FulfillmentRequest, Subscription
from .columns import (
    EXPORTED,
    NOTHING,
    Cell,
    Columns,
    Line,
    account,
    environment,
    hub,
    pair,
    yes,
)
from .kind import Kind
from .told import Told

OrderState = FulfillmentRequest.State
ADDRESS = ("address_line1", "address_line2", "city", "state", "postal_code", "country")
CONTACT = ("contact_first_name", "contact_last_name", "contact_email")
PHONE = ("phone_country_code", "phone_area_code", "phone_number", "phone_extension")


PARTIES = (*pair("Provider", "provider"), *pair("Vendor", "vendor"))
MARKET = (("MarketPlace ID", "marketplace_id"), ("Marketplace", "marketplace__name"))
TIERS = (
    *account("Customer", "customer"),
    *account("Tier 1", "tier1"),
    *account("Tier 2", "tier2"),
)


def _below(columns: Columns, path: str) -> Columns:
    """Plain columns of what a foreign key leads to."""
    return tuple((title, f"{path}__{source}") for title, source in columns)


ORDERS = Kind(
    "orders",
    _("Fulfillment requests"),
    _("Every order with its parties, its product, and how it and its subscription stand."),
    "Fulfillment requests",
    FulfillmentRequest,
    (
        ("Request ID", "pk"),
        ("Request Type", "type"),
        ("Request Status", "state"),
        ("Created At", "created_at"),
        ("Updated At", "updated_at"),
        ("Exported At", EXPORTED),
        *account("Customer", "subscription__customer"),
        *account("Tier 1", "subscription__tier1"),
        *account("Tier 2", "subscription__tier2"),
        *pair("Marketplace", "subscription__marketplace"),
        *PARTIES,
        *pair("Product", "subscription__product"),
        ("Asset ID", "subscription_id"),
        ("Asset External ID", "subscription__external_id"),
        ("Transaction Type", environment("subscription__connection")),
        *hub("subscription__connection"),
        ("Asset Status", "subscription__state"),
    ),
    accounts=tuple(f"subscription__{name}_id" for name in ("customer", "tier1", "tier2")),
    product="subscription__product",
    marketplace="subscription__marketplace",
    types=tuple(FulfillmentRequest.Type.choices),
    states=tuple(OrderState.choices),
    usual=(
        OrderState.TIERS_SETUP,
        OrderState.INQUIRING,
        OrderState.PENDING,
        OrderState.APPROVED,
        OrderState.FAILED,
    ),
)


def _of_subscriptions(lines: list[Line], told: Told) -> None:
    told.look_up_keys({line["product_id"] for line in lines})
    told.look_up_periods([line["pk"] for line in lines])


SUBSCRIPTIONS = Kind(
    "subscriptions",
    _("Subscription list"),
    _("What customers have, over which tiers, with the vendor's own key of each."),
    "Subscriptions",
    Subscription,
    (
        ("Subscription ID", "pk"),
        ("External ID", "external_id"),
        (
            "Vendor primary key",
            Cell(
                lambda line, told: told.key_of(line["product_id"], line["params"]),
                ("product_id", "params"),
            ),
        ),
        ("Type", environment("connection")),
        ("Creation date", "created_at"),
        ("Updated date", "updated_at"),
        ("Status", "state"),
        (
            "Billing Period",
            Cell(lambda line, told: ", ".join(told.periods.get(line["pk"], ()))),
        ),
        # Neither anniversaries nor contracts are kept here.
        ("Anniversary Day", NOTHING),
        ("Anniversary Month", NOTHING),
        ("Contract ID", NOTHING),
        ("Contract Name", NOTHING),
        *TIERS,
        *pair("Provider Account", "provider", name_word="name"),
        *pair("Vendor Account", "vendor"),
        *pair("Product", "product"),
        *hub("connection"),
    ),
    accounts=("customer_id", "tier1_id", "tier2_id"),
    product="product",
    marketplace="marketplace",
    states=tuple(Subscription.State.choices),
    prepare=_of_subscriptions,
)

#: What a configuration is for, in the order both reports of them end with.
SERVICE: Columns = (
    *PARTIES,
    *pair("Product", "product"),
    *hub("connection"),
    ("Contract ID", NOTHING),
    *MARKET,
)

CONFIGURATIONS = Kind(
    "tier-configurations",
    _("Tier configurations"),
    _("Which reseller is configured for which product, at which tier."),
    "Tier configurations",
    TierConfig,
    (
        ("Tier Configuration ID", "pk"),
        ("Tier Level", "tier_level"),
        ("Created At", "created_at"),
        ("Updated At", "updated_at"),
        ("Exported At", EXPORTED),
        ("Status", "state"),
        ("Environment", environment("connection")),
        ("Name", "account__name"),
        ("Tier External ID", "account__external_id"),
        ("Tier ID", "account_id"),
        *SERVICE,
    ),
    product="product",
    marketplace="marketplace",
    states=tuple(
        (value, label)
        for value, label in TierConfig.State.choices
        if value != TierConfig.State.DRAFT
    ),
)


def _parent(path: str, told_as: Callable[[Told, str | None, Any], Any]) -> Cell:
    key, value = "parent_configuration__account_id", f"parent_configuration__{path}"
    return Cell(lambda line, told: told_as(told, line[key], line[value]), (key, value))


CONFIGURATION_REQUESTS = Kind(
    "tier-configuration-requests",
    _("Tier configuration requests"),
    _("Set-ups, updates and adjustments of configurations, with those they waited for."),
    "Tier configuration requests",
    TierConfigRequest,
    (
        ("Request ID", "pk"),
        ("Request Type", "type"),
        ("Created At", "created_at"),
        ("Updated At", "updated_at"),
        ("Exported At", EXPORTED),
        ("Request Status", "state"),
        ("Environment", environment("configuration__connection")),
        ("Tier Configuration ID", "configuration_id"),
        ("Tier Level", "configuration__tier_level"),
        ("Name", "configuration__account__name"),
        ("Tier External ID", "configuration__account__external_id"),
        ("Tier ID", "configuration__account_id"),
        ("Parent Configuration ID", "parent_configuration_id"),
        ("Parent Tier Level", "parent_configuration__tier_level"),
        ("Parent Name", _parent("account__name", Told.account_name)),
        ("Parent External ID", _parent("account__external_id", Told.of_account)),
        ("Parent Tier ID", _parent("account_id", lambda told, pk, _value: told.account_id(pk))),
        *PARTIES,
        *_below(pair("Product", "product"), "configuration"),
        *hub("configuration__connection"),
        ("Contract ID", NOTHING),
        *_below(MARKET, "configuration"),
    ),
    accounts=("parent_configuration__account_id",),
    product="configuration__product",
    marketplace="configuration__marketplace",
    types=tuple(TierConfigRequest.Type.choices),
    states=tuple(TierConfigRequest.State.choices),
)


def _scope(name: str) -> Cell:
    return Cell(lambda line, told: yes(name in told.scopes.get(line["pk"], ())))


def _phone(line: Line, _told: Told) -> str:
    return TierAccount(**{name: line[name] for name in PHONE}).phone


CUSTOMERS = Kind(
    "customers",
    _("Customers list"),
    _("Accounts with their address and contact, and what they are in subscriptions."),
    "Customers",
    TierAccount,
    (
        ("Account ID", "pk"),
        ("External ID", "external_id"),
        ("Customer Scope", _scope("customer")),
        ("Tier 1 Scope", _scope("tier1")),
        ("Tier 2 Scope", _scope("tier2")),
        ("Provider ID", "provider_id"),
        ("Provider Name", "provider__name"),
        ("Name", "name"),
        ("Tax ID", "tax_id"),
        ("Address line 1", "address_line1"),
        ("Address line 2", "address_line2"),
        ("City", "city"),
        ("State", "state"),
        ("Postal Code", "postal_code"),
        ("Country", "country"),
        ("Contact First Name", "contact_first_name"),
        ("Contact last Name", "contact_last_name"),
        ("Contact Email", "contact_email"),
        ("Contact Phone number", Cell(_phone, PHONE)),
        ("Extended Information", Cell(lambda _line, _told: "Available")),
    ),
    tiers=True,
    prepare=lambda lines, told: told.look_up_scopes([line["pk"] for line in lines]),
)

KINDS = {
    kind.name: kind
    for kind in (ORDERS, SUBSCRIPTIONS, CONFIGURATIONS, CONFIGURATION_REQUESTS, CUSTOMERS)
}
