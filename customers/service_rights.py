"""What a key may be allowed, module by module; the modules are parts of the API.

A key holds {module: "read" | "write"}; a module that is missing is closed to it. "write" opens the
module as far as the present level of the key's owner reaches, "read" as a viewer's does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

READ: Final = "read"
WRITE: Final = "write"
LEVELS: Final = (READ, WRITE)

CUSTOMERS: Final = "customers"
TIER_CONFIG: Final = "tier_config"
SUBSCRIPTIONS: Final = "subscriptions"
PRODUCTS: Final = "products"
ACCOUNT: Final = "account"
CONVERSATIONS: Final = "conversations"
WEBHOOKS: Final = "webhooks"


@dataclass(frozen=True)
class Module:
    """A part of the API; `addresses` are the beginnings of the paths below /public/v1 it opens."""

    name: str
    label: Any
    addresses: tuple[str, ...]


MODULES: Final[dict[str, Module]] = {
    each.name: each
    for each in (
        Module(CUSTOMERS, _("Customers"), ("tier/accounts", "tier/account-requests")),
        Module(TIER_CONFIG, _("Tier configurations"), ("tier/configs", "tier/config-requests")),
        Module(
            SUBSCRIPTIONS, _("Subscriptions and orders"), ("requests", "assets", "subscriptions")
        ),
        Module(PRODUCTS, _("Products"), ("products", "templates", "categories", "localization")),
        Module(
            ACCOUNT,
            _("Account"),
            ("accounts", "users", "partners", "hubs", "marketplaces", "agreements"),
        ),
        Module(CONVERSATIONS, _("Conversations"), ("conversations",)),
        Module(WEBHOOKS, _("Webhooks"), ("notifications/webhooks",)),
    )
}

EVERYTHING: Final = dict.fromkeys(MODULES, WRITE)
READ_ONLY: Final = dict.fromkeys(MODULES, READ)
