"""Bodies to begin with, for the operations that are called most; capitals have to be put in."""

from __future__ import annotations

from typing import Any

REASON = {"reason": "Why not"}
VALUES = [{"id": "PARAMETER", "value": "VALUE"}]

SAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/tier/accounts"): {
        "type": "customer",
        "name": "Kirlin Logistik GmbH",
        "parent": {"id": "RESELLER"},
        "contact_info": {
            "address_line1": "Hafenstraße 1",
            "postal_code": "24103",
            "city": "Kiel",
            "country": "DE",
            "contact": {
                "first_name": "Ada",
                "last_name": "Lind",
                "email": "ada@kirlin.example",
            },
        },
    },
    ("PUT", "/tier/accounts/{id}"): {"contact_info": {"city": "Kiel"}},
    ("POST", "/tier/account-requests"): {
        "type": "update",
        "account": {"id": "ACCOUNT", "name": "Kirlin Logistik SE"},
    },
    ("POST", "/tier/account-requests/{id}/ignore"): REASON,
    ("POST", "/tier/config-requests"): {
        "configuration": {"id": "CONFIGURATION"},
        "params": VALUES,
    },
    ("PUT", "/tier/config-requests/{id}"): {"params": VALUES},
    ("POST", "/tier/config-requests/{id}/approve"): {"template": {"id": "TEMPLATE"}},
    ("POST", "/tier/config-requests/{id}/fail"): REASON,
    ("POST", "/requests"): {
        "type": "purchase",
        "marketplace": {"id": "MARKETPLACE"},
        "asset": {
            "product": {"id": "PRODUCT"},
            "connection": {"id": "CONNECTION"},
            "external_id": "YOUR-NUMBER",
            "items": [{"id": "ITEM", "quantity": 5}],
            "params": VALUES,
            "tiers": {"customer": {"id": "CUSTOMER"}},
        },
    },
    ("PUT", "/requests/{id}"): {"asset": {"params": VALUES}},
    ("POST", "/requests/{id}/approve"): {"template_id": "TEMPLATE"},
    ("POST", "/requests/{id}/inquire"): {"template_id": "TEMPLATE"},
    ("POST", "/requests/{id}/fail"): REASON,
}
